"""What pages show of the daily numbers: a few queries over a small table, whatever the size of the installation."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet, Sum

from idp.statistics.models import DailyCount, DailyMessages, Progress

Measure = DailyCount.Measure
FUNNEL = ("sent", "delivered", "verified")


@dataclass(frozen=True, slots=True)
class Numbers:
    """By day, the oldest first; `by_method` has one such list for each method that was used.

    `people` is how many there are; `counted_at` is None before the first count.
    """

    days: list[date]
    people: int
    new: list[int]
    active: dict[str, list[int]]
    by_method: dict[str, list[int]]
    counted_at: datetime | None

    def new_within(self, days: int) -> tuple[int, int]:
        """New people of these days, and of as many before them."""
        return sum(self.new[-days:]), sum(self.new[-2 * days : -days])

    def last(self, days: int) -> "Numbers":
        """The same of fewer days."""
        methods = {label: values[-days:] for label, values in self.by_method.items() if any(values[-days:])}
        active = {measure: values[-days:] for measure, values in self.active.items()}
        return replace(self, days=self.days[-days:], new=self.new[-days:], active=active, by_method=methods)


def days_until(last: date, days: int) -> list[date]:
    """The oldest first."""
    return [last - timedelta(days=back) for back in reversed(range(days))]


def numbers(*, last: date, days: int) -> Numbers:
    """Two queries. What was not counted is zero."""
    shown = days_until(last, days)
    found: dict[tuple[str, str], dict[date, int]] = defaultdict(dict)
    rows = DailyCount.objects.filter(day__gte=shown[0], day__lte=last)
    for day, measure, label, value in rows.values_list("day", "measure", "label", F("settled") + F("fresh")):
        found[measure, label][day] = value

    def series(measure: str, label: str = "") -> list[int]:
        by_day = found.get((measure, label), {})
        return [by_day.get(day, 0) for day in shown]

    people = found.get((Measure.PEOPLE, ""), {})
    return Numbers(
        days=shown, people=people[max(people)] if people else 0, new=series(Measure.NEW),
        active={m: series(m) for m in (Measure.ACTIVE_DAY, Measure.ACTIVE_WEEK, Measure.ACTIVE_MONTH)},
        by_method={label: series(measure, label) for measure, label in found if measure == Measure.SIGN_INS},
        counted_at=Progress.objects.values_list("counted_at", flat=True).first(),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Country:
    """ISO 3166 code or empty; `costs` by currency in millionths."""

    code: str
    sent: int
    delivered: int
    verified: int
    costs: dict[str, int]


def countries(*, type: str, last: date, days: int) -> list[Country]:
    """Where messages of this type went and what they cost, the most first. One query."""
    rows = _messages(last, days).filter(type=type).values("country", "currency").annotate(
        **{name: Sum(name) for name in (*FUNNEL, "cost")}
    )  # fmt: skip
    by_code: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_code[row["country"]].append(row)
    found = [_country(code, parts) for code, parts in by_code.items()]
    return sorted(found, key=lambda one: (-one.sent, one.code))


def of_connector(*, connector: str, last: date, days: int) -> dict[date, dict[str, int]]:
    """{day: {sent, delivered, verified, refused}}, days without messages left out. One query."""
    names = (*FUNNEL, "refused")
    found = _messages(last, days).filter(connector=connector)
    rows: Any = found.values("day").annotate(**{name: Sum(name) for name in names})
    return {row["day"]: {name: row[name] for name in names} for row in rows}


def countries_of(*, connector: str, last: date, days: int) -> list[str]:
    """ISO 3166 codes of where it sent to. One query."""
    return list(_messages(last, days).filter(connector=connector).values_list("country", flat=True).distinct())


def _messages(last: date, days: int) -> "QuerySet[DailyMessages]":
    return DailyMessages.objects.filter(day__gt=last - timedelta(days=days), day__lte=last).order_by()


def _country(code: str, parts: Iterable[Any]) -> Country:
    sums = dict.fromkeys(FUNNEL, 0)
    costs: dict[str, int] = {}
    for part in parts:
        for name in FUNNEL:
            sums[name] += part[name]
        if part["cost"]:
            costs[str(part["currency"])] = part["cost"]
    return Country(code=code, costs=costs, **sums)
