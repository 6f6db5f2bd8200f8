"""Which connector sends, what is kept about it, and what its provider reports: through Twilio's own SDK."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from connectors.default_templates import sms_templates
from connectors.ports import ConnectorType
from idp.audit.models import Event
from idp.deployment.upkeep import purge
from idp.messaging import delivery_log, pending, prices, sending
from idp.messaging.errors import DeliveryFailed
from idp.messaging.models import Connector, SentMessage, SmsPrice
from idp.messaging.services import save_connector
from tests.support.twilio_emulator import ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID, Report, TwilioEmulator

pytestmark = pytest.mark.django_db
TWILIO = "twilio-short-message-service"
NUMBER = "+14155550100"


@pytest.fixture
def twilio(settings: Settings) -> Iterator[TwilioEmulator]:
    accounts = {ACCOUNT_SID: AUTH_TOKEN, "ACsecond": "second-token"}
    with TwilioEmulator(accounts=accounts) as emulator:
        settings.TWILIO_API_BASE_URL = emulator.base_url
        settings.STATUS_CALLBACKS = True
        yield emulator


@pytest.fixture(autouse=True)
def _rested() -> Iterator[None]:
    yield
    sending._resting.clear()


@pytest.fixture
def first(twilio: TwilioEmulator) -> Connector:
    return connector()


@pytest.fixture
def second(first: Connector) -> Connector:
    return connector(accountSID="ACsecond", authToken="second-token")


def connector(**changes: str) -> Connector:
    config = {"accountSID": ACCOUNT_SID, "authToken": AUTH_TOKEN, "fromMessagingServiceSID": SERVICE_SID}
    return save_connector(by="test", connector_id=TWILIO, config={**config, "templates": sms_templates(), **changes})


def send(to: str = NUMBER, type: ConnectorType = ConnectorType.SMS) -> None:
    row = pending.write(
        type=type, to=to, usage_type="SignIn", variables={"code": "123456"}, reference="code",
        expires_at=timezone.now() + timedelta(minutes=10),
    )  # fmt: skip
    sending.send(row)


class TestFailover:
    @pytest.mark.parametrize("code", [20003, 21408, 21703, 20429, 30002])
    def test_trouble_at_one_provider_is_left_to_the_next(
        self, twilio: TwilioEmulator, first: Connector, second: Connector, code: int
    ) -> None:
        twilio.fail_next(code)
        send()
        assert [message.account_sid for message in twilio.messages] == ["ACsecond"]
        refused, accepted = SentMessage.objects.order_by("created_at")
        assert (refused.connector, refused.status, refused.error_code) == (first.pk, "refused", str(code))
        assert (accepted.connector, accepted.status) == (second.pk, "accepted")
        event = Event.objects.get(key="connector.failed_over")
        assert (event.target, event.data["to"]) == (f"connector:{first.pk}", f"connector:{second.pk}")

    @pytest.mark.parametrize(("code", "category"), [(21211, "recipient"), (21610, "recipient"), (30450, "fraud")])
    def test_what_is_the_same_everywhere_is_not_tried_again(
        self, twilio: TwilioEmulator, first: Connector, second: Connector, code: int, category: str
    ) -> None:
        twilio.fail_next(code)
        with pytest.raises(DeliveryFailed) as failed:
            send()
        assert failed.value.category == category
        assert twilio.messages == []
        assert SentMessage.objects.get().connector == first.pk

    def test_all_of_them_in_trouble(self, twilio: TwilioEmulator, first: Connector, second: Connector) -> None:
        twilio.fail_next(20003)
        twilio.fail_next(20429)
        with pytest.raises(DeliveryFailed) as failed:
            send()
        assert failed.value.category == "retry"
        assert SentMessage.objects.filter(status="refused").count() == 2

    def test_who_was_in_trouble_is_asked_last_for_a_minute(
        self, twilio: TwilioEmulator, first: Connector, second: Connector, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        twilio.fail_next(20003)
        send()
        send()
        assert [message.account_sid for message in twilio.messages] == ["ACsecond", "ACsecond"]
        monkeypatch.setitem(sending._resting, first.pk, 0.0)
        send()
        assert twilio.messages[-1].account_sid == ACCOUNT_SID

    def test_a_package_that_is_gone_is_passed_over(
        self, twilio: TwilioEmulator, first: Connector, second: Connector
    ) -> None:
        Connector.objects.filter(pk=first.pk).update(connector_id="carrier-pigeon")
        send()
        assert twilio.messages[0].account_sid == "ACsecond"


class TestRecord:
    def test_the_recipient_is_found_but_not_readable(self, first: Connector) -> None:
        send()
        send("Ada@example.com", ConnectorType.EMAIL)
        message = SentMessage.objects.get()
        assert (message.recipient_hint, message.country) == ("+1 ••• 00", "US")
        assert NUMBER[1:] not in str(vars(message))
        assert "123456" not in str(vars(message))
        assert list(SentMessage.objects.to([NUMBER])) == [message]
        assert not SentMessage.objects.to(["+14155550101"]).exists()

    def test_the_providers_name_for_it_is_kept(self, twilio: TwilioEmulator, first: Connector) -> None:
        send()
        message = delivery_log.status_of("code")
        assert message is not None
        assert message.provider_id == twilio.messages[0].sid
        assert twilio.messages[0].status_callback == delivery_log.status_url(message.pk)

    def test_nothing_is_asked_of_a_provider_that_cannot_reach_us(
        self, twilio: TwilioEmulator, first: Connector, settings: Settings
    ) -> None:
        settings.STATUS_CALLBACKS = False
        send()
        assert twilio.messages[0].status_callback == ""


class TestReports:
    @pytest.fixture
    def message(self, first: Connector) -> SentMessage:
        send()
        return SentMessage.objects.get()

    def post(self, report: Report, **changes: str) -> int:
        path = report.url.removeprefix("http://localhost:3001")
        assert path.startswith("/api/webhooks/messages/")
        headers = {"X-Twilio-Signature": report.signature}
        return Client().post(path, {**report.fields, **changes}, headers=headers).status_code

    def test_delivered(self, twilio: TwilioEmulator, message: SentMessage) -> None:
        assert self.post(twilio.report(twilio.messages[0], "delivered")) == 204
        message.refresh_from_db()
        assert message.status == "delivered"

    def test_undelivered_says_why(self, twilio: TwilioEmulator, message: SentMessage) -> None:
        assert self.post(twilio.report(twilio.messages[0], "undelivered", 30006)) == 204
        message.refresh_from_db()
        assert (message.status, message.error_code, message.error_category) == ("failed", "30006", "recipient")
        assert message.error_meaning == "The recipient's number cannot take text messages."

    @pytest.mark.parametrize("later", ["queued", "sent", "undelivered", "something-new", ""])
    def test_a_report_that_comes_late_takes_nothing_back(
        self, twilio: TwilioEmulator, message: SentMessage, later: str
    ) -> None:
        self.post(twilio.report(twilio.messages[0], "delivered"))
        assert self.post(twilio.report(twilio.messages[0], later)) == 204
        message.refresh_from_db()
        assert (message.status, message.error_code) == ("delivered", "")

    @pytest.mark.django_db(transaction=True)  # it comes by another connection
    def test_a_report_before_the_answer(
        self, twilio: TwilioEmulator, first: Connector, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Twilio may call before the request that created the message has ended."""
        original = sending._sender

        def eager(connector: Connector) -> Any:
            sender = original(connector)

            class Eager:
                def send(self, message: Any) -> Any:
                    receipt = sender.send(message)
                    report = twilio.report(twilio.messages[0], "delivered")
                    delivery_log.note_status(
                        message_id=report.url.rpartition("/")[2], fields=report.fields,
                        headers={"X-Twilio-Signature": report.signature},
                    )  # fmt: skip
                    return receipt

            return Eager()

        monkeypatch.setattr(sending, "_sender", eager)
        send()
        message = SentMessage.objects.get()
        assert (message.status, message.provider_id) == ("delivered", twilio.messages[0].sid)

    @pytest.mark.parametrize("changes", [{"MessageStatus": "failed"}, {"Extra": "1"}])
    def test_what_was_not_signed_is_refused(
        self, twilio: TwilioEmulator, message: SentMessage, changes: dict[str, str]
    ) -> None:
        assert self.post(twilio.report(twilio.messages[0], "delivered"), **changes) == 403
        assert Client().post(f"/api/webhooks/messages/{message.pk}").status_code == 403
        message.refresh_from_db()
        assert message.status == "accepted"

    def test_the_report_of_another_message_is_refused(self, twilio: TwilioEmulator, message: SentMessage) -> None:
        send("+14155550102")
        other = twilio.report(twilio.messages[1], "delivered")
        url = f"/api/webhooks/messages/{message.pk}"
        answer = Client().post(url, other.fields, headers={"X-Twilio-Signature": other.signature})
        assert answer.status_code == 403

    def test_nothing_happens_for_a_message_or_a_connector_that_is_gone(
        self, twilio: TwilioEmulator, message: SentMessage
    ) -> None:
        assert Client().post("/api/webhooks/messages/unknown").status_code == 204
        Connector.objects.all().delete()
        assert self.post(twilio.report(twilio.messages[0], "delivered")) == 204
        message.refresh_from_db()
        assert message.status == "accepted"


class TestPrices:
    """A messaging service picks the sender, so the price is known some time after the message was taken."""

    @pytest.fixture
    def message(self, twilio: TwilioEmulator, first: Connector) -> SentMessage:
        send()
        message = SentMessage.objects.get()
        assert message.price is None
        assert prices.ask_due() == 0
        self.let_pass(minutes=3)
        return message

    def let_pass(self, **delta: float) -> None:
        passed = timedelta(**delta)
        SentMessage.objects.update(price_due_at=F("price_due_at") - passed, created_at=F("created_at") - passed)

    def test_learnt(self, twilio: TwilioEmulator, message: SentMessage) -> None:
        twilio.price = "-0.0075"
        assert prices.ask_due() == 1
        message.refresh_from_db()
        assert (message.price, message.currency, message.segments) == (Decimal("0.0075"), "USD", 1)
        assert prices.last_known("US", "USD") == 7500
        assert prices.last_known("US", "EUR") is None
        self.let_pass(hours=1)
        assert prices.ask_due() == 0

    def test_asked_again_until_it_is_given_up(self, message: SentMessage) -> None:
        assert prices.ask_due() == 1
        assert prices.ask_due() == 0
        self.let_pass(minutes=3)
        assert prices.ask_due() == 1
        self.let_pass(hours=7)
        assert prices.ask_due() == 1
        self.let_pass(hours=7)
        assert prices.ask_due() == 0

    def test_a_provider_in_trouble_is_left_alone_until_the_next_round(
        self, twilio: TwilioEmulator, message: SentMessage
    ) -> None:
        send()
        self.let_pass(minutes=3)
        Connector.objects.all().delete()
        connector(accountSID="ACsecond", authToken="second-token")
        SentMessage.objects.update(connector=Connector.objects.get().pk)
        twilio.accounts["ACsecond"] = "changed"
        assert prices.ask_due() == 1
        assert not SmsPrice.objects.exists()

    def test_a_connector_that_is_gone(self, message: SentMessage) -> None:
        Connector.objects.all().delete()
        assert prices.ask_due() == 1
        message.refresh_from_db()
        assert message.price_due_at is None


def test_messages_are_forgotten_after_a_month(first: Connector) -> None:

    send()
    SentMessage.objects.update(created_at=timezone.now() - timedelta(days=31))
    purge()
    assert not SentMessage.objects.exists()
