import re
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from idp.lib import encryption, ids
from idp.lib.local_secrets import local_secret


class TestEncryption:
    def test_a_secret_is_not_readable_at_rest(self) -> None:
        assert "hush" not in encryption.encrypt("hush")
        assert encryption.decrypt(encryption.encrypt("hush")) == "hush"

    def test_an_old_key_still_opens_and_the_new_one_encrypts(self, settings: Settings) -> None:
        old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
        settings.ENCRYPTION_KEYS = [old]
        stored = encryption.encrypt("hush")
        settings.ENCRYPTION_KEYS = [new, old]
        assert encryption.decrypt(stored) == "hush"
        settings.ENCRYPTION_KEYS = [new]
        assert encryption.decrypt(encryption.encrypt("hush")) == "hush"

    def test_a_wrong_key_fails_closed(self, settings: Settings) -> None:
        stored = encryption.encrypt("hush")
        settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
        with pytest.raises(ImproperlyConfigured):
            encryption.decrypt(stored)


class TestLocalSecrets:
    def test_made_once_and_private(self, tmp_path: Path) -> None:
        values = iter(("first", "second"))
        make = values.__next__
        assert local_secret(tmp_path / "new", "key", make, allowed=True) == "first"
        assert local_secret(tmp_path / "new", "key", make, allowed=True) == "first"
        assert stat.S_IMODE((tmp_path / "new" / "key").stat().st_mode) == 0o600

    def test_production_makes_none(self, tmp_path: Path) -> None:
        assert local_secret(tmp_path, "key", lambda: "x", allowed=False) == ""
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("make", "pattern"),
    [
        (ids.standard_id, r"[0-9a-z]{21}"),
        (ids.short_id, r"[0-9a-z]{12}"),
        (ids.client_secret, r"[0-9A-Za-z]{32}"),
        (ids.opaque_token, r"[0-9A-Za-z_-]{43}"),
    ],
)
def test_ids_have_the_forms_that_clients_know(make: object, pattern: str) -> None:

    assert callable(make)
    assert re.fullmatch(pattern, make())
    assert make() != make()
