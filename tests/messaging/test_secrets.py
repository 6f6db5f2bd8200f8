import pytest
from django.db import connection

from connectors.registry import kind
from idp.messaging.errors import InvalidConfig
from idp.messaging.models import Connector
from idp.messaging.secrets import MASK, masked, unmasked
from idp.messaging.services import save_connector

SMTP = kind("simple-mail-transfer-protocol")
TWILIO = kind("twilio-short-message-service")
STORED = {
    "host": "smtp.example.com",
    "port": 587,
    "auth": {"user": "ada", "pass": "hush"},
    "fromEmail": "a@example.com",
}


def test_what_is_shown_holds_no_secret() -> None:
    shown = masked(SMTP, STORED)
    assert shown["auth"] == {"user": MASK, "pass": MASK}
    assert shown["host"] == "smtp.example.com"
    assert masked(TWILIO, {"accountSID": "AC1", "authToken": "hush"}) == {"accountSID": "AC1", "authToken": MASK}


def test_a_mask_that_comes_back_is_the_stored_secret() -> None:
    posted = {**masked(SMTP, STORED), "fromEmail": "b@example.com"}
    assert unmasked(SMTP, posted, STORED) == {**STORED, "fromEmail": "b@example.com"}


def test_a_new_secret_takes_its_place() -> None:
    posted = {**STORED, "auth": {"user": MASK, "pass": "new"}}
    assert unmasked(SMTP, posted, STORED)["auth"] == {"user": "ada", "pass": "new"}


@pytest.mark.parametrize("change", [{"host": "evil.example"}, {"port": 2525}])
def test_stored_secrets_do_not_follow_to_another_server(change: dict[str, object]) -> None:
    with pytest.raises(InvalidConfig) as refused:
        unmasked(SMTP, {**masked(SMTP, STORED), **change}, STORED)
    assert [problem.path for problem in refused.value.problems] == ["$.auth"]
    assert unmasked(SMTP, {**STORED, **change}, STORED)["auth"] == STORED["auth"]


@pytest.mark.django_db
def test_the_database_holds_no_readable_secret() -> None:

    templates = [
        {"usageType": usage, "content": "{{code}}"} for usage in ("SignIn", "Register", "ForgotPassword", "Generic")
    ]
    config = {"accountSID": "AC1", "authToken": "hush-hush", "fromMessagingServiceSID": "MG1", "templates": templates}
    save_connector(by="x", connector_id=TWILIO.id, config=config)
    assert Connector.objects.get().config["authToken"] == "hush-hush"
    with connection.cursor() as cursor:
        cursor.execute("SELECT config FROM messaging_connector")
        assert "hush-hush" not in cursor.fetchone()[0]
