"""A provider that hangs takes no thread that answers people, and what it does not answer is sent by somebody else."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from connectors.ports import ConnectorError, ConnectorType, ErrorCategory, Message, UsageType
from idp.audit.models import Event
from idp.messaging import lanes, pending, sending
from idp.messaging.errors import DeliveryFailed
from idp.messaging.models import Connector, PendingMessage, SentMessage
from idp.verification import services
from idp.verification.models import SmsBudget, VerificationCode
from idp.verification.policy import CodePolicy

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "15551234567"


class Provider:
    """Hangs until it is told how to answer: with nothing, or with an error."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.answer, self.error = threading.Event(), None
        self.entered = threading.Semaphore(0)

    def send(self, message: Message) -> None:
        self.messages.append(message)
        self.entered.release()
        assert self.answer.wait(10)
        if self.error is not None:
            raise self.error

    def answers(self, error: ConnectorError | None = None) -> None:
        self.error = error
        self.answer.set()


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    provider = Provider()
    monkeypatch.setattr(sending, "_sender", lambda connector: provider)
    monkeypatch.setattr(sending, "PATIENCE", 0.2)
    monkeypatch.setattr(sending, "_WAIT", 0.05)
    Connector.objects.create(type="Sms", connector_id="twilio-short-message-service", config={})
    yield provider
    provider.answer.set()
    lanes_are_free()
    sending._resting.clear()


def lanes_are_free() -> None:
    for _ in range(lanes.LANES):
        assert lanes.reserve(wait=10)
    for _ in range(lanes.LANES):
        lanes.release()


def send_code(recipient: str = NUMBER) -> VerificationCode:
    return services.send_code(
        interaction_id="one", channel="phone", recipient=recipient, purpose="SignIn", policy=CodePolicy()
    )


def time_passes(**facts: Any) -> None:
    """As if the lease, or the pause, were over."""
    PendingMessage.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1), **facts)


def refusal(category: ErrorCategory) -> ConnectorError:
    return ConnectorError(category=category, meaning="No.", advice="-")


class TestAProviderThatIsSlow:
    def test_the_person_goes_on_and_the_message_arrives_once(self, provider: Provider) -> None:
        row = send_code()
        assert PendingMessage.objects.get().reference == row.pk
        assert SentMessage.objects.get().status == "pending"
        assert sending.send_due() == 0  # it is under way
        provider.answers()
        lanes_are_free()
        assert not PendingMessage.objects.exists()
        assert SentMessage.objects.get().status == "accepted"
        assert len(provider.messages) == 1
        row.refresh_from_db()
        assert (row.counts_as_send, row.delivered) == (True, True)

    def test_what_finds_no_lane_is_left_to_the_background(self, provider: Provider) -> None:
        for number in range(lanes.LANES):
            send_code(f"1555123450{number}")
        send_code(NUMBER)
        waiting = PendingMessage.objects.get(attempts=0)
        assert waiting.next_attempt_at <= timezone.now()
        assert sending.send_due() == 0  # nor is there one for the background in this process
        provider.answers()
        lanes_are_free()
        assert sending.send_due() == 1
        lanes_are_free()
        assert not PendingMessage.objects.exists()
        assert len(provider.messages) == lanes.LANES + 1
        assert provider.messages[-1].to == "+" + NUMBER

    def test_a_refusal_that_comes_late_takes_the_code_back(self, provider: Provider) -> None:
        row = send_code()
        assert SmsBudget.objects.filter(sent=1).count() == 2
        provider.answers(refusal(ErrorCategory.RECIPIENT))
        lanes_are_free()
        assert not PendingMessage.objects.exists()
        row.refresh_from_db()
        assert (row.counts_as_send, row.delivered) == (False, False)
        assert row.expires_at <= timezone.now()
        assert SmsBudget.objects.filter(sent=0).count() == 2
        assert services.was_lost(row.pk)
        assert Event.objects.filter(key="verification.send_failed", target="interaction:one").count() == 1
        assert services.seconds_until_resend("one", "phone", NUMBER) == 0

    def test_no_answer_is_tried_again_once_and_the_code_stays_good(self, provider: Provider) -> None:
        row = send_code()
        provider.answers(refusal(ErrorCategory.RETRY))
        lanes_are_free()
        assert sending.send_due() == 0  # not at once
        time_passes()
        assert sending.send_due() == 1
        lanes_are_free()
        assert not PendingMessage.objects.exists()
        assert sending.send_due() == 0
        assert len(provider.messages) == 2
        row.refresh_from_db()
        assert (row.counts_as_send, row.delivered) == (False, False)
        assert row.expires_at > timezone.now()  # it may have arrived after all

    def test_the_next_connector_is_asked_in_the_background_too(self, provider: Provider) -> None:
        Connector.objects.create(type="Sms", connector_id="twilio-short-message-service", config={}, position=1)
        send_code()
        provider.answers(refusal(ErrorCategory.RETRY))
        lanes_are_free()
        assert len(provider.messages) == 2
        assert Event.objects.filter(key="connector.failed_over").count() == 1


class TestAWorkerThatIsKilled:
    @pytest.fixture
    def lost(self, provider: Provider) -> PendingMessage:
        """Written, and then the process was gone."""
        provider.answers()
        return write()

    def test_another_sends_it_when_its_time_has_come(self, provider: Provider, lost: PendingMessage) -> None:
        assert sending.send_due() == 0
        time_passes()
        assert sending.send_due() == 1
        lanes_are_free()
        (message,) = provider.messages
        assert (message.to, message.variables, message.language) == ("+" + NUMBER, {"code": "123456"}, "en")
        assert not PendingMessage.objects.exists()

    @pytest.mark.parametrize("facts", [{"attempts": 2}, {"expires_at": timezone.now()}])
    def test_never_a_third_time_and_never_too_late(
        self, provider: Provider, lost: PendingMessage, facts: dict[str, Any]
    ) -> None:
        time_passes(**facts)
        assert sending.send_due() == 0
        lost.refresh_from_db()
        assert not pending.claim(lost)
        assert provider.messages == []

    def test_a_code_that_was_typed_in_is_not_sent_again(self, provider: Provider) -> None:
        provider.answers(refusal(ErrorCategory.RETRY))
        row = VerificationCode.objects.create(
            interaction_id="one", channel="phone", recipient=NUMBER, purpose="SignIn", digest="",
            expires_at=timezone.now() + timedelta(minutes=1),
        )  # fmt: skip
        VerificationCode.objects.update(digest=services._digest(row.pk, "123456"))
        write(reference=row.pk)
        services.check_code(
            interaction_id="one", verification_id=row.pk, channel="phone", recipient=NUMBER, digits="123456",
            prove=lambda: None,
        )  # fmt: skip
        assert not PendingMessage.objects.exists()


def write(reference: str = "code") -> PendingMessage:
    return pending.write(
        type=ConnectorType.SMS, to="+" + NUMBER, usage_type="SignIn", variables={"code": "123456"}, reference=reference,
        expires_at=timezone.now() + timedelta(minutes=1),
    )  # fmt: skip


def test_the_database_knows_neither_the_number_nor_the_digits() -> None:

    write()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM messaging_pendingmessage")
        stored = str(cursor.fetchall())
    assert NUMBER not in stored
    assert "123456" not in stored


def test_code_and_message_are_written_together(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(**_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(pending, "write", breaks)
    with pytest.raises(RuntimeError):
        send_code()
    assert not VerificationCode.objects.exists()


def test_a_message_that_the_limits_refuse_is_not_left_over(provider: Provider, settings: Settings) -> None:
    provider.answers()
    for number in range(services.SENDS_PER_RECIPIENT):
        VerificationCode.objects.update(created_at=timezone.now() - timedelta(minutes=1, seconds=number))
        send_code()
    VerificationCode.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    with pytest.raises(services.TooManySends):
        send_code()
    assert not PendingMessage.objects.exists()


def test_a_refusal_in_time_is_told(provider: Provider) -> None:
    provider.answers(refusal(ErrorCategory.RECIPIENT))
    with pytest.raises(DeliveryFailed) as failed:
        send_code()
    assert failed.value.category == "recipient"
    assert not PendingMessage.objects.exists()


def test_an_administrator_who_tries_a_connector_is_told_when_no_lane_is_free(provider: Provider) -> None:
    message = Message(to="+" + NUMBER, usage_type=UsageType.SIGN_IN, variables={"code": "1"})
    threads = [threading.Thread(target=sending.deliver, args=(provider, message)) for _ in range(lanes.LANES)]
    for thread in threads:
        thread.start()
        assert provider.entered.acquire(timeout=5)
    with pytest.raises(DeliveryFailed):
        sending.deliver(provider, message)
    provider.answers()
    for thread in threads:
        thread.join()
    sending.deliver(provider, message)
