"""`manage.py reencrypt`: no value is forgotten, none is lost."""

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models
from pytest_django import Settings

from idp.audit.models import Event
from idp.deployment import reencryption
from idp.deployment.reencryption import encrypted_columns, reencrypt
from idp.messaging.models import Connector
from idp.mfa.models import TotpDevice
from idp.tokens.models import SigningKey
from idp.users.models import User
from tests.deployment.rows import populate

pytestmark = pytest.mark.django_db
NEW, OLD = (Fernet.generate_key().decode() for _ in range(2))


def run(*options: str) -> str:
    out = StringIO()
    call_command("reencrypt", *options, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _old_key(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    SigningKey.objects.all().delete()


def test_no_column_is_forgotten() -> None:
    """By the text of the tables: whatever looks like a Fernet token is in a column that the command knows."""
    populate()
    found = set()
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.TextField):
                with connection.cursor() as cursor:
                    cursor.execute(f'SELECT "{field.column}" FROM "{model._meta.db_table}"')
                    if any(str(value).startswith("gAAAAA") for (value,) in cursor.fetchall()):
                        found.add(f"{model._meta.db_table}.{field.name}")
    assert found >= {"messaging_connector.config", "mfa_totpdevice.secret", "tokens_signingkey.pem"}
    known = {str(column) for column in encrypted_columns()}
    assert found <= known
    assert known >= {
        "users_userimport.rows", "users_userimport.problems", "messaging_connector.config", "messaging_pendingmessage.body",
        "applications_applicationsecret.value", "tokens_personalaccesstoken.value", "tokens_signingkey.pem",
        "verification_captchaprovider.config", "mfa_totpdevice.secret",
    }  # fmt: skip


def test_everything_is_under_the_newest_key(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reencryption, "_BATCH", 3)
    populate()
    people = User.objects.bulk_create(User(username=f"u{number}") for number in range(10))
    TotpDevice.objects.bulk_create(TotpDevice(user=user, secret=f"S-{user.username}", last_step=0) for user in people)
    run("--check")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    with pytest.raises(CommandError, match="15 values are under older keys"):
        run("--check")
    assert "15 values were encrypted anew." in run()
    assert Event.objects.get(key="encryption.renewed").data == {"values": 15}
    settings.ENCRYPTION_KEYS = [NEW]
    run("--check")
    assert sorted(TotpDevice.objects.values_list("secret", flat=True)) == sorted(
        ["JBSWY3DPEHPK3PXP", *(f"S-u{number}" for number in range(10))]
    )
    assert Connector.objects.get().config == {"authToken": "secret", "n": [1, None]}


def test_a_second_run_changes_nothing(settings: Settings) -> None:
    populate()
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    run()
    before = list(SigningKey.objects.order_by("pk").values("pem"))
    assert "0 values were encrypted anew." in run()
    assert list(SigningKey.objects.order_by("pk").values("pem")) == before
    assert Event.objects.filter(key="encryption.renewed").count() == 1


def test_a_value_that_no_key_opens_is_told_and_left(settings: Settings) -> None:
    populate()
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(CommandError, match="No key in ENCRYPTION_KEYS opens 5 values"):
        run()
    settings.ENCRYPTION_KEYS = [OLD]
    assert TotpDevice.objects.get().secret == "JBSWY3DPEHPK3PXP"


def test_a_value_that_changes_meanwhile_is_not_overwritten(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = User.objects.create(username="ada")
    device = TotpDevice.objects.create(user=ada, secret="FIRST", last_step=0)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    real = reencryption.renew

    def renew(token: str) -> Any:
        TotpDevice.objects.filter(pk=device.pk).update(secret="SECOND")
        return real(token)

    monkeypatch.setattr(reencryption, "renew", renew)
    column = next(column for column in encrypted_columns() if column.model is TotpDevice)
    assert reencrypt(column) == 0
    device.refresh_from_db()
    assert device.secret == "SECOND"
