"""One-time codes: bound, counted, limited, used once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from idp.audit.caller import Caller, set_caller
from idp.messaging import sending as messaging
from idp.messaging.errors import ConnectorMissing, DeliveryFailed
from idp.messaging.models import OutboxMessage
from idp.verification import errors, services
from idp.verification.models import VerificationCode
from idp.verification.policy import CodePolicy
from tests.signin.helpers import code_in_outbox

pytestmark = pytest.mark.django_db
PHONE = "15551234567"


def send(interaction_id: str = "one", recipient: str = PHONE, **changes: Any) -> VerificationCode:
    return services.send_code(
        interaction_id=interaction_id, channel="phone", recipient=recipient, purpose="SignIn",
        **{"policy": CodePolicy(), **changes},
    )  # fmt: skip


def check(row: VerificationCode, digits: str, prove: Callable[[], None] = lambda: None, **changes: str) -> None:
    facts = {"interaction_id": "one", "channel": "phone", "recipient": PHONE, **changes}
    services.check_code(verification_id=row.pk, digits=digits, prove=prove, **facts)


def other_than(digits: str) -> str:
    return "000000" if digits != "000000" else "111111"


def test_the_right_digits_prove_once() -> None:
    row, proofs = send(), []
    check(row, code_in_outbox(), prove=lambda: proofs.append(PHONE))
    with pytest.raises(errors.CodeNotFound):
        check(row, code_in_outbox(), prove=lambda: proofs.append(PHONE))
    assert proofs == [PHONE]


def test_the_database_does_not_know_the_digits() -> None:
    row = send()
    assert code_in_outbox() not in str(vars(row))


def test_wrong_digits_say_how_many_tries_are_left() -> None:
    row = send()
    wrong = other_than(code_in_outbox())
    with pytest.raises(errors.CodeMismatch) as refused:
        check(row, wrong)
    assert refused.value.tries_left == 9
    for _ in range(8):
        with pytest.raises(errors.CodeMismatch):
            check(row, wrong)
    with pytest.raises(errors.TooManyTries):
        check(row, wrong)
    with pytest.raises(errors.TooManyTries):
        check(row, code_in_outbox())


def test_an_expired_code() -> None:
    row = send()
    VerificationCode.objects.update(expires_at=timezone.now())
    with pytest.raises(errors.CodeExpired):
        check(row, code_in_outbox())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"interaction_id": "two"}, errors.CodeNotFound),
        ({"recipient": "15550000000"}, errors.RecipientMismatch),
        ({"channel": "email"}, errors.RecipientMismatch),
    ],
)
def test_a_code_is_bound_to_its_interaction_and_recipient(changes: dict[str, str], error: type[Exception]) -> None:
    row = send()
    with pytest.raises(error):
        check(row, code_in_outbox(), **changes)


def test_lifetime_and_tries_follow_the_policy() -> None:
    row = send(policy=CodePolicy(lifetime=timedelta(minutes=2), max_tries=2))
    assert row.expires_at - timezone.now() < timedelta(minutes=2)
    wrong = other_than(code_in_outbox())
    with pytest.raises(errors.CodeMismatch) as refused:
        check(row, wrong)
    assert refused.value.tries_left == 1
    for digits in (wrong, code_in_outbox()):
        with pytest.raises(errors.TooManyTries):
            check(row, digits)


class TestPace:
    def test_a_second_code_must_wait(self) -> None:
        row = send()
        with pytest.raises(errors.ResendTooSoon) as refused:
            send()
        assert 55 <= refused.value.seconds <= 60
        assert refused.value.verification_id == row.pk
        assert OutboxMessage.objects.count() == 1

    def test_after_a_minute_a_new_one_goes_out_and_the_old_one_still_counts(self) -> None:
        row = send()
        digits = code_in_outbox()
        VerificationCode.objects.update(created_at=timezone.now() - timedelta(seconds=61))
        send()
        check(row, digits)

    def test_ten_per_recipient_in_ten_minutes(self) -> None:
        for number in range(10):
            send(str(number))
        with pytest.raises(errors.TooManySends):
            send("eleven")
        send("eleven", recipient="15550000000")
        VerificationCode.objects.update(created_at=timezone.now() - timedelta(minutes=11))
        send("eleven")

    def test_a_limit_per_address(self, settings: Settings) -> None:
        settings.SENDS_PER_ADDRESS = 3
        set_caller(Caller("203.0.113.9"))
        try:
            for number in range(3):
                send(str(number), recipient=f"1555000000{number}")
            with pytest.raises(errors.TooManySends):
                send("four", recipient="15550000004")
            set_caller(Caller("203.0.113.10"))
            send("five", recipient="15550000005")
            set_caller(Caller("10.0.0.7"))  # a proxy of our own says nothing about who is behind it
            for number in range(5):
                send(f"behind {number}", recipient=f"1555000001{number}")
        finally:
            set_caller(Caller())


class TestFailures:
    def test_a_failed_send_does_not_count_and_may_be_repeated(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_: Any) -> None:
            raise DeliveryFailed

        with monkeypatch.context() as patch:
            patch.setattr(messaging, "send", refuse)
            for _ in range(12):
                with pytest.raises(DeliveryFailed):
                    send()
        send()

    def test_production_has_no_outbox(self, settings: Settings) -> None:
        settings.PRODUCTION = True
        with pytest.raises(ConnectorMissing):
            send()
        assert not OutboxMessage.objects.exists()

    def test_a_suppressed_send_looks_like_any_other_but_nothing_goes_out(self) -> None:
        row = send(deliver=False)
        assert row.expires_at > timezone.now()
        assert not OutboxMessage.objects.exists()
        with pytest.raises(errors.ResendTooSoon):
            send(deliver=False)
