"""Limits of the SMS fraud guard are not passed by asking at the same moment."""

from collections.abc import Callable
from typing import Any

from idp.audit.models import Event
from idp.messaging.models import OutboxMessage
from idp.verification import services
from idp.verification.models import SmsAlert, SmsBudget, VerificationCode
from idp.verification.policy import CodePolicy, SmsGuardPolicy

AtOnce = Callable[..., list[Any]]


def sender(guard: SmsGuardPolicy) -> Callable[[int], Any]:
    return lambda number: services.send_code(
        interaction_id=str(number), channel="phone", recipient=f"4917012{number:05}", purpose="SignIn",
        policy=CodePolicy(sms=guard),
    )  # fmt: skip


def sent(answers: list[Any]) -> int:
    refused = [answer for answer in answers if not isinstance(answer, VerificationCode)]
    assert {getattr(answer, "code", answer) for answer in refused} <= {"request.message_rate_limited"}
    return len(answers) - len(refused)


def test_a_budget_is_spent_to_the_last_message_and_no_further(at_once: AtOnce, db: Any) -> None:
    assert sent(at_once(sender(SmsGuardPolicy(per_hour=5, per_day=4)), times=16)) == 4
    assert OutboxMessage.objects.count() == 4
    assert {row.pk.split()[0]: row.sent for row in SmsBudget.objects.all()} == {"hour": 4, "day": 4}
    assert Event.objects.filter(key="sms.budget_used_up").count() == SmsAlert.objects.count()


def test_the_money_of_an_hour_is_not_overspent(at_once: AtOnce, db: Any) -> None:
    policy = SmsGuardPolicy(cost_per_hour=1, price_per_message=0.3)
    assert sent(at_once(sender(policy), times=16)) == 3
    assert {row.pk.split()[0]: row.cost for row in SmsBudget.objects.all()} == {"hour": 900_000, "day": 900_000}
    alert = SmsAlert.objects.get()
    assert (alert.kind, alert.sent, alert.currency) == (SmsAlert.Kind.HOUR_COST, 1, "USD")


def test_numbers_of_one_prefix(at_once: AtOnce, db: Any) -> None:
    assert sent(at_once(sender(SmsGuardPolicy(numbers_per_prefix=5)), times=16)) <= 5
    assert OutboxMessage.objects.count() <= 5
