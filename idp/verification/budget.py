"""What text messages may cost: so many, and so much money, in an hour and in a day (UTC) of the whole installation.

Providers name the price of a message after it went out, so it is estimated before: what the last message to that country
cost, or else the price that the settings give. Amounts are whole millionths of the currency.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from idp.audit.services import record
from idp.lib import phones
from idp.messaging.prices import MILLION, last_known
from idp.verification.models import SmsAlert, SmsBudget, VerificationCode
from idp.verification.policy import SmsGuardPolicy


class _Period(NamedTuple):
    name: str  # the budget's id
    ends_at: datetime
    max_sent: int
    max_cost: int
    sent_alert: SmsAlert.Kind
    cost_alert: SmsAlert.Kind

    @property
    def row(self) -> "models.QuerySet[SmsBudget]":
        return SmsBudget.objects.filter(pk=self.name)

    def with_room_for(self, price: int) -> "models.QuerySet[SmsBudget]":
        return self.row.filter(sent__lt=self.max_sent, cost__lte=self.max_cost - price)


def estimate(digits: str, policy: SmsGuardPolicy) -> int:
    """What a message to this number will cost, in millionths of the policy's currency."""
    known = last_known(phones.country(digits), policy.currency)
    return round(policy.price_per_message * MILLION) if known is None else known


def take(row: VerificationCode, policy: SmsGuardPolicy) -> bool:
    """One message and its price of this hour's and this day's budget, or nothing of both: then an alert is raised."""
    hour, day = _periods(row.created_at, policy)
    if not _take(hour, row.cost):
        _alert(hour, policy)
        return False
    if not _take(day, row.cost):
        _return(hour.row, row.cost)
        _alert(day, policy)
        return False
    return True


def is_used_up(row: VerificationCode, policy: SmsGuardPolicy) -> bool:
    """Would this message be refused? It takes nothing."""
    return any(
        period.row.exists() and not period.with_room_for(row.cost).exists()
        for period in _periods(row.created_at, policy)
    )


def give_back(row: VerificationCode) -> None:
    """The message was not sent after all."""
    _return(SmsBudget.objects.filter(pk__in=_names(row.created_at)), row.cost)


def _names(moment: datetime) -> tuple[str, str]:
    """The ids of the budgets of its hour and its day (UTC)."""
    return f"hour {moment:%Y-%m-%d %H}", f"day {moment:%Y-%m-%d}"


def _periods(moment: datetime, policy: SmsGuardPolicy) -> tuple[_Period, _Period]:
    """The hour and the day (UTC) that a message falls into."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    day = hour.replace(hour=0)
    name_of_hour, name_of_day = _names(moment)
    kind = SmsAlert.Kind
    return (
        _Period(
            name_of_hour, hour + timedelta(hours=1),
            policy.per_hour, policy.cost_per_hour * MILLION, kind.HOUR, kind.HOUR_COST,
        ),
        _Period(
            name_of_day, day + timedelta(days=1),
            policy.per_day, policy.cost_per_day * MILLION, kind.DAY, kind.DAY_COST,
        ),
    )  # fmt: skip


def _take(period: _Period, price: int) -> bool:
    left = period.with_room_for(price)
    if left.update(sent=F("sent") + 1, cost=F("cost") + price):
        return True
    SmsBudget.objects.bulk_create([SmsBudget(pk=period.name, ends_at=period.ends_at)], ignore_conflicts=True)
    return bool(left.update(sent=F("sent") + 1, cost=F("cost") + price))


def _return(budgets: "models.QuerySet[SmsBudget]", price: int) -> None:
    budgets.filter(sent__gt=0).update(sent=F("sent") - 1, cost=Greatest(F("cost") - price, 0))


@transaction.atomic
def _alert(period: _Period, policy: SmsGuardPolicy) -> None:
    """Once for each budget and kind of limit, however many requests find it out."""
    by_count = period.row.filter(sent__gte=period.max_sent).exists()
    kind = period.sent_alert if by_count else period.cost_alert
    limit = period.max_sent if by_count else period.max_cost // MILLION
    facts = {"until": period.ends_at, "sent": limit, "currency": "" if by_count else policy.currency}
    _, created = SmsAlert.objects.get_or_create(kind=kind, subject=period.name, defaults=facts)
    if created:
        record(
            "sms.budget_used_up", target=f"sms:{kind}", succeeded=False, subject=period.name, limit=limit,
            currency=facts["currency"],
        )  # fmt: skip
