"""Signing keys: two algorithms, and rotation that nobody notices."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from jwcrypto import jwk, jws

from idp.applications.models import Application
from idp.applications.services import update_application
from idp.tokens import errors, keys, rotation
from idp.tokens.models import SigningKey
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.protocol.client import App, header_of

pytestmark = pytest.mark.django_db


def published() -> dict[str, dict[str, str]]:
    return {key["kid"]: key for key in Client().get("/oidc/jwks").json()["keys"]}


def verifies(token: str) -> bool:
    header = header_of(token)
    parsed = jws.JWS()
    parsed.deserialize(token)
    parsed.allowed_algs = [header["alg"]]
    parsed.verify(jwk.JWK(**published()[header["kid"]]))
    return bool(parsed.is_valid)


@pytest.mark.parametrize("algorithm", ["ES384", "RS256"])
def test_the_application_chooses_the_algorithm(app: App, ada: User, native: Application, algorithm: str) -> None:
    update_application(by="x", application=native, algorithm=algorithm)
    token = app.exchange(app.sign_in_with_password("ada", PASSWORD)["code"]).json()["id_token"]
    assert header_of(token)["alg"] == algorithm
    assert verifies(token)


def test_private_keys_are_encrypted_at_rest() -> None:

    keys.ensure_keys()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pem FROM tokens_signingkey")
        assert all("PRIVATE KEY" not in row[0] for row in cursor.fetchall())


def test_a_key_is_read_once_and_forgotten_when_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every half minute somebody's request looks for new keys: it must not pay for the old ones."""
    keys.ensure_keys()
    before = keys.keystore()
    monkeypatch.setattr(keys, "_read_key", lambda row: pytest.fail("read again"))
    keys.forget()
    assert keys.keystore().jwks == before.jwks
    assert {keys.key_id(row) for row in SigningKey.objects.all()} == set(published())
    SigningKey.objects.all().delete()
    keys._load()
    assert keys._read == {}


def test_who_waited_takes_what_was_read_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    keys.ensure_keys()
    fresh, stale = keys._load(), dataclasses.replace(keys._load(), loaded_at=0.0)
    monkeypatch.setattr(keys, "_store", stale)

    class Lock:
        def __enter__(self) -> None:
            keys._store = fresh  # somebody else was quicker

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(keys, "_lock", Lock())
    assert keys.keystore() is fresh


class TestRotation:
    @pytest.fixture
    def old_kid(self, signed_in: dict[str, Any]) -> str:
        return str(header_of(signed_in["id_token"])["kid"])

    def test_a_next_key_is_published_before_it_signs(self, app: App, ada: User, old_kid: str) -> None:
        rotation.rotate(by="x", algorithm="ES384")
        keys.forget()
        assert len(published()) == 3
        token = app.exchange(app.sign_in_with_password("ada", PASSWORD, prompt="login")["code"]).json()["id_token"]
        assert header_of(token)["kid"] == old_kid

    def test_when_its_time_comes_it_signs_and_the_old_one_still_verifies(
        self, app: App, ada: User, signed_in: dict[str, Any], old_kid: str
    ) -> None:
        rotation.rotate(by="x", algorithm="ES384")
        SigningKey.objects.filter(status="next").update(effective_at=timezone.now())
        assert rotation.promote_due() == 1
        token = app.exchange(app.sign_in_with_password("ada", PASSWORD, prompt="login")["code"]).json()["id_token"]
        assert header_of(token)["kid"] != old_kid
        assert verifies(token)
        assert verifies(signed_in["id_token"])

    def test_the_old_key_goes_when_nothing_needs_it(self, old_kid: str) -> None:
        rotation.rotate(by="x", algorithm="ES384", grace=timedelta())
        SigningKey.objects.filter(status="previous").update(retired_at=timezone.now())
        rotation.promote_due()
        assert old_kid not in published()

    def test_a_second_call_keeps_the_waiting_key(self) -> None:
        first = rotation.rotate(by="x", algorithm="ES384")
        assert rotation.rotate(by="x", algorithm="ES384").pk == first.pk

    def test_only_a_previous_key_can_be_deleted(self) -> None:
        current = SigningKey.objects.get(algorithm="ES384")
        with pytest.raises(errors.OnlyPreviousKeysCanBeDeleted):
            rotation.delete_key(by="x", key=current)
        rotation.rotate(by="x", algorithm="ES384", grace=timedelta())
        rotation.delete_key(by="x", key=SigningKey.objects.get(pk=current.pk))
        assert SigningKey.objects.filter(algorithm="ES384").count() == 1
