"""/api/dashboard: how many people there are, how many are new, how many sign in. Counted in the background, a minute behind."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from idp.api.management.access import Permission, needs
from idp.statistics.models import DailyCount
from idp.statistics.reading import numbers

router = Router(tags=["Dashboard"])
_CURVE = 30  # days
_ACTIVE = (("dau", DailyCount.Measure.ACTIVE_DAY, 1), ("wau", DailyCount.Measure.ACTIVE_WEEK, 7), ("mau", DailyCount.Measure.ACTIVE_MONTH, 30))  # fmt: skip

_Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2999, 12, 31))]


class ActiveQuery(Schema):
    """The last day (UTC) of the curve; today when it is left out."""

    date: _Day | None = None


@router.get("/users/total", auth=needs(Permission.PEOPLE))
def total(request: HttpRequest) -> dict[str, int]:
    return {"totalUserCount": numbers(last=_today(), days=1).people}


@router.get("/users/new", auth=needs(Permission.PEOPLE))
def new(request: HttpRequest) -> dict[str, dict[str, int]]:
    """Each with the difference to the time before: yesterday, the seven days before these."""
    found = numbers(last=_today(), days=14)
    return {name: _with_delta(*found.new_within(days)) for name, days in (("today", 1), ("last7Days", 7))}


@router.get("/users/active", auth=needs(Permission.PEOPLE))
def active(request: HttpRequest, query: Query[ActiveQuery]) -> dict[str, Any]:
    """By day for 30 days; and of the last day, its week and its month, each with the difference to the one before."""
    found = numbers(last=query.date or _today(), days=2 * _CURVE)
    by_day = zip(found.days, found.active[DailyCount.Measure.ACTIVE_DAY], strict=True)
    curve = [{"date": day.isoformat(), "count": count} for day, count in by_day][-_CURVE:]
    series = {name: (found.active[measure], days) for name, measure, days in _ACTIVE}
    return {"dauCurve": curve} | {
        name: _with_delta(values[-1], values[-1 - days]) for name, (values, days) in series.items()
    }


def _with_delta(now: int, before: int) -> dict[str, int]:
    return {"count": now, "delta": now - before}


def _today() -> date:
    return timezone.now().date()
