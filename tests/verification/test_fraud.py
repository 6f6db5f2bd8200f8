"""The SMS fraud guard: what is refused, what is counted, and what starts again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from idp.audit.caller import Caller, set_caller
from idp.audit.models import Event
from idp.messaging import prices
from idp.messaging import sending as messaging
from idp.messaging.errors import DeliveryFailed
from idp.messaging.models import OutboxMessage
from idp.verification import errors, fraud, services
from idp.verification.models import SmsAlert, SmsBudget, VerificationCode
from idp.verification.policy import CodePolicy, SmsGuardPolicy

pytestmark = pytest.mark.django_db


def send(number: int, *, prefix: str = "4917012", deliver: bool = True, **guard: Any) -> VerificationCode:
    return services.send_code(
        interaction_id=str(number), channel="phone", recipient=f"{prefix}{number:05}", purpose="SignIn",
        policy=CodePolicy(sms=SmsGuardPolicy(**guard)), deliver=deliver,
    )  # fmt: skip


def later(**delta: float) -> None:
    """As if everything so far had been sent this much earlier."""
    for row in VerificationCode.objects.all():
        VerificationCode.objects.filter(pk=row.pk).update(created_at=row.created_at - timedelta(**delta))


class TestTheNumberItself:
    @pytest.mark.parametrize(
        ("number", "country"),
        [("4917012345678", "DE"), ("436641234567", "AT"), ("15551234567", "US"), ("14165550123", "CA")],
    )
    def test_only_allowed_countries(self, number: str, country: str) -> None:
        fraud.require_served(number, SmsGuardPolicy(countries=(country,)))
        with pytest.raises(errors.NumberNotServed):
            fraud.require_served(number, SmsGuardPolicy(countries=("FR",)))
        fraud.require_served(number, SmsGuardPolicy(countries=("FR",), enabled=False))

    @pytest.mark.parametrize("number", ["499001234567", "19002345678", "448712345678", "491801234567"])
    def test_numbers_that_cost_extra(self, number: str) -> None:
        with pytest.raises(errors.NumberNotServed):
            fraud.require_served(number, SmsGuardPolicy())
        fraud.require_served(number, SmsGuardPolicy(block_special_numbers=False))

    def test_nothing_is_written_or_sent(self) -> None:
        with pytest.raises(errors.NumberNotServed):
            send(1, countries=("FR",))
        assert not VerificationCode.objects.exists()

    def test_email_knows_no_countries(self) -> None:
        services.send_code(
            interaction_id="one", channel="email", recipient="ada@example.com", purpose="SignIn",
            policy=CodePolicy(sms=SmsGuardPolicy(countries=("FR",), per_hour=1, per_day=1)),
        )  # fmt: skip
        assert not SmsBudget.objects.exists()


class TestBudget:
    def test_messages_of_an_hour(self) -> None:
        for number in range(3):
            send(number, per_hour=3)
        with pytest.raises(errors.SendingRefused) as refused:
            send(4, per_hour=3)
        assert (refused.value.code, refused.value.status) == ("request.message_rate_limited", 429)
        assert refused.value.data == {}
        assert OutboxMessage.objects.count() == 3
        assert SmsAlert.objects.get().kind == "hour"
        with pytest.raises(errors.SendingRefused):
            send(5, per_hour=3)
        assert Event.objects.filter(key="sms.budget_used_up").count() == 1

    def test_what_the_day_refuses_leaves_the_hour(self) -> None:
        send(1, per_day=1)
        with pytest.raises(errors.SendingRefused):
            send(2, per_day=1)
        assert {row.pk.split()[0]: row.sent for row in SmsBudget.objects.all()} == {"hour": 1, "day": 1}

    def test_money_by_the_price_that_the_provider_named_last(self) -> None:
        prices.note(country="DE", price=Decimal("0.9"), currency="USD")
        prices.note(country="DE", price=Decimal("0.4"), currency="USD")
        prices.note(country="DE", price=Decimal("5"), currency="EUR")  # of another bill
        guard = {"cost_per_hour": 1, "price_per_message": 0.01}
        for number in range(2):
            send(number, **guard)
        with pytest.raises(errors.SendingRefused):
            send(3, **guard)
        with pytest.raises(errors.SendingRefused):
            send(4, **guard, deliver=False)
        send(5, prefix="4366412", **guard)  # a country without a known price
        assert SmsBudget.objects.get(pk__startswith="hour").cost == 810_000
        alert = SmsAlert.objects.get()
        assert (alert.kind, alert.sent, alert.currency) == ("hourcost", 1, "USD")

    def test_money_of_a_day(self) -> None:
        send(1, cost_per_day=1, price_per_message=0.6)
        with pytest.raises(errors.SendingRefused):
            send(2, cost_per_day=1, price_per_message=0.6)
        assert {row.cost for row in SmsBudget.objects.all()} == {600_000}
        assert SmsAlert.objects.get().kind == "daycost"

    def test_a_failed_send_is_given_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_: Any) -> None:
            raise DeliveryFailed

        with monkeypatch.context() as patch:
            patch.setattr(messaging, "send", refuse)
            with pytest.raises(DeliveryFailed):
                send(1, per_hour=1)
        assert {(row.sent, row.cost) for row in SmsBudget.objects.all()} == {(0, 0)}
        send(2, per_hour=1)

    def test_a_suppressed_message_costs_nothing_and_is_refused_alike(self) -> None:
        send(1, per_hour=1, deliver=False)
        send(2, per_hour=1)
        with pytest.raises(errors.SendingRefused):
            send(3, per_hour=1, deliver=False)


class TestNumbers:
    @pytest.fixture(autouse=True)
    def _caller(self) -> Iterator[None]:
        yield
        set_caller(Caller())

    def test_different_numbers_from_one_address(self) -> None:
        set_caller(Caller("203.0.113.9"))
        for number in range(3):
            send(number, prefix=f"491701{number}", numbers_per_address=3)
        with pytest.raises(errors.SendingRefused):
            send(4, prefix="4917019", numbers_per_address=3)
        set_caller(Caller("203.0.113.10"))
        send(4, prefix="4917019", numbers_per_address=3)

    def test_an_ipv6_network_is_one_address(self) -> None:
        for number in range(2):
            set_caller(Caller(f"2001:db8::{number}"))
            send(number, numbers_per_address=2)
        set_caller(Caller("2001:db8::9"))
        with pytest.raises(errors.SendingRefused):
            send(9, numbers_per_address=2)

    def test_the_same_number_again_is_no_further_number(self) -> None:
        set_caller(Caller("203.0.113.9"))
        for _ in range(3):
            send(1, numbers_per_address=1, numbers_per_prefix=1)
            later(minutes=2)

    def test_different_numbers_of_one_prefix(self) -> None:
        for number in range(3):
            send(number, numbers_per_prefix=3)
        with pytest.raises(errors.SendingRefused):
            send(4, numbers_per_prefix=3)
        send(4, prefix="4917013", numbers_per_prefix=3)
        later(minutes=61)
        send(4, numbers_per_prefix=3)


class TestVerifiedShare:
    GUARD = SmsGuardPolicy(min_sends=5, min_verified_percent=40, block_hours=2)

    def send(self, number: int, **more: Any) -> VerificationCode:
        return send(
            number,
            **{name: getattr(self.GUARD, name) for name in ("min_sends", "min_verified_percent", "block_hours")},
            **more,
        )

    def fill(self, verified: int) -> None:
        rows = [self.send(number) for number in range(5)]
        for row in rows[:verified]:
            VerificationCode.objects.filter(pk=row.pk).update(consumed_at=timezone.now())
        later(minutes=5)

    def test_a_prefix_where_nobody_types_the_codes_is_stopped(self) -> None:
        self.fill(verified=1)
        with pytest.raises(errors.SendingRefused):
            self.send(10)
        alert = SmsAlert.objects.get()
        assert (alert.kind, alert.subject, alert.sent, alert.verified) == ("prefix", "4917012", 5, 1)
        assert timedelta(minutes=119) < alert.until - timezone.now() <= timedelta(hours=2)
        with pytest.raises(errors.SendingRefused):
            self.send(11)
        with pytest.raises(errors.SendingRefused):
            self.send(12, deliver=False)
        assert Event.objects.filter(key="sms.prefix_blocked").count() == 1
        self.send(13, prefix="4917013")

    def test_people_who_type_their_codes_keep_it_open(self) -> None:
        self.fill(verified=2)
        self.send(10)
        assert not SmsAlert.objects.exists()

    def test_codes_of_this_minute_are_not_judged_yet(self) -> None:
        for number in range(8):
            self.send(number)
        assert not SmsAlert.objects.exists()

    def test_suppressed_codes_are_never_typed_and_do_not_count(self) -> None:
        for number in range(8):
            self.send(number, deliver=False)
        later(minutes=5)
        self.send(10)

    def test_an_unblocked_prefix_is_judged_anew(self) -> None:
        self.fill(verified=0)
        with pytest.raises(errors.SendingRefused):
            self.send(10)
        fraud.unblock(by="user:admin", alert=SmsAlert.objects.get())
        self.send(11)
        assert list(fraud.alerts()) == []

    def test_it_can_be_stopped_again(self) -> None:
        self.fill(verified=0)
        with pytest.raises(errors.SendingRefused):
            self.send(10)
        SmsAlert.objects.update(until=timezone.now() - timedelta(minutes=30), dismissed_at=timezone.now())
        VerificationCode.objects.all().delete()
        self.fill(verified=0)
        with pytest.raises(errors.SendingRefused):
            self.send(20)
        assert SmsAlert.objects.get(dismissed_at=None).is_in_force
        assert Event.objects.filter(key="sms.prefix_blocked").count() == 2


def test_the_json_names_are_whole() -> None:
    policy = SmsGuardPolicy(countries=("DE",), per_hour=5, enabled=False)
    assert SmsGuardPolicy.from_json(policy.to_json()) == policy
    assert SmsGuardPolicy.from_json({}) == SmsGuardPolicy()
    assert replace(policy, countries=()).to_json()["allowedCountries"] == []
