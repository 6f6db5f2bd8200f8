"""What a connector sent, filtered and in numbers; and what is said before one is deleted."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.views import connector_log
from idp.messaging.models import Connector, SentMessage
from idp.signin.experience import update_experience
from idp.statistics import counting
from tests.console.connector_forms import sms_by_code
from tests.console.pages import page
from tests.console.people import staff_client

pytestmark = pytest.mark.django_db
URL = "/console/connectors/sms1/messages"


@pytest.fixture
def client() -> Client:
    Connector.objects.create(pk="sms1", type="Sms", connector_id="twilio-short-message-service")
    return staff_client()


def message(hint: str, *, hours: float = 1, connector: str = "sms1", status: str = "delivered", **facts: Any) -> None:
    SentMessage.objects.create(
        type="Sms", usage_type="SignIn", connector=connector, kind="twilio", recipient="x", recipient_hint=hint,
        status=status, created_at=timezone.now() - timedelta(hours=hours), **{"country": "US", **facts},
    )  # fmt: skip


def test_numbers_and_messages(client: Client) -> None:
    message("+1 ••• 01", verified_at=timezone.now())
    message("+1 ••• 02", status="refused", error_meaning="No such number.")
    message("+1 ••• 03", connector="other")
    counting.advance()
    shown = page(client.get(URL))
    assert "+1 ••• 01" in shown
    assert "No such number." in shown
    assert "+1 ••• 03" not in shown
    assert "Today: sent 1, delivered 1, verified 1." in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"01", "02", "03"}), ("?status=verified", {"01"}), ("?status=failed", {"02"}), ("?country=DE", {"03"}),
        ("?country=DE&status=failed", set()), ("?status=nonsense", set()),
    ],
)  # fmt: skip
def test_filters(client: Client, query: str, found: set[str]) -> None:
    message("to 01", verified_at=timezone.now())
    message("to 02", status="failed")
    message("to 03", country="DE")
    counting.advance()
    shown = page(client.get(URL + query))
    assert {number for number in ("01", "02", "03") if f"to {number}" in shown} == found


def test_pages_lose_and_repeat_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connector_log, "PAGE_SIZE", 2)
    at = timezone.now()
    for number in range(5):
        message(f"to {number}")
    SentMessage.objects.update(created_at=at)  # all of one moment
    seen: list[str] = []
    address: str | None = URL
    while address:
        shown = client.get(address).context
        seen += [one.recipient_hint for one in shown["page"].rows]
        address = URL + shown["page"].older if shown["page"].older else None
    assert sorted(seen) == [f"to {number}" for number in range(5)]
    assert client.get(f"{URL}?before=unheard-of").status_code == 200


def test_what_deleting_means(client: Client) -> None:
    delete = reverse("console:connector-delete", args=["sms1"])
    alone = page(client.get(delete))
    assert "It was given nothing to send in the last seven days." in alone
    assert "There is no other connector that could send instead." in alone
    message("to 1")
    message("to 2", hours=7 * 24 + 1)
    Connector.objects.create(pk="sms2", type="Sms", connector_id="gone-kind", position=1)
    both = page(client.get(delete))
    assert "It was given 1 message to send in the last seven days." in both
    assert "gone-kind sends first from then on." in both
    second = page(client.get(reverse("console:connector-delete", args=["sms2"])))
    assert "Twilio SMS goes on sending first." in second
    assert "It stands by as number 2 of 2." in second


def test_what_depends_on_it(client: Client) -> None:
    delete = reverse("console:connector-delete", args=["sms1"])
    update_experience(by="test", forgot_password_methods=[])
    assert "Nothing sends messages through it at the moment." in page(client.get(delete))
    update_experience(by="test", mfa={"factors": ["PhoneVerificationCode"], "policy": "NoPrompt"})
    assert "Its messages are for the second step (MFA)." in page(client.get(delete))
    update_experience(by="test", mfa={"factors": [], "policy": "NoPrompt"}, forgot_password_methods=None)
    sms_by_code()
    Connector.objects.update(config={"templates": [{"language": "de"}, {"language": "pt-BR"}, {}, "x"]})
    for address in (delete, reverse("console:connector-detail", args=["sms1"])):
        shown = page(client.get(address))
        assert (
            "Its messages are for signing in with a code; proving the address or number of new accounts; "
            "resetting a forgotten password." in shown
        )
        assert "de, pt-BR" in shown
    assert "from the moment it is saved" in shown
