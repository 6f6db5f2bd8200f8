"""Counting in the background, a little at a time. Stopping anywhere loses and doubles nothing.

Events are written at the end of a transaction, so the newest minutes may still get some: they are counted anew each time
(`fresh`), and for good (`settled`) when they are older than any transaction lives. A guarded update of the one row of Progress
decides which worker counts a piece for good; what is replaced is counted behind the lock of that row.
"""

import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from idp.audit.models import Event, EventQuerySet
from idp.lib.days import start_of
from idp.statistics import messages
from idp.statistics.models import ActivePerson, DailyCount, Progress
from idp.users.models import User

SETTLES_AFTER = timedelta(minutes=5)  # no transaction of ours lives that long
MONTH, WEEK = timedelta(days=29), timedelta(days=6)  # before the day itself
_LAG = timedelta(minutes=2)  # between two rounds, when all is well
_PATIENCE = 5.0  # seconds that one round may take, because others wait for the same worker
_BATCH = 1000
_SIGNED_IN = "user.signed_in"
Measure = DailyCount.Measure


def advance() -> int:
    """Count what is new; returns how many pieces were counted for good."""
    pieces, until = 0, time.monotonic() + _PATIENCE
    while _settle_next(timezone.now()):
        pieces += 1
        if time.monotonic() > until:
            break
    _refresh(timezone.now())
    return pieces


def today(now: datetime | None = None) -> date:
    return (now or timezone.now()).astimezone(UTC).date()


@transaction.atomic
def _settle_next(now: datetime) -> bool:
    """Count the next piece for good, at most to the end of its day; False when all is counted, or another worker did it."""
    progress = Progress.objects.first() or _begin(now)
    start, settles = progress.settled_until, now - SETTLES_AFTER
    midnight = start_of(today(start) + timedelta(days=1))
    end = min(midnight, settles)
    if start >= end or not Progress.objects.filter(pk=1, settled_until=start).update(settled_until=end):
        return False
    for method, number in _sign_ins(start, end).items():
        _counts(today(start), Measure.SIGN_INS, method).update(settled=F("settled") + number)
    _note_active(start, end)
    if end == midnight:
        _close(today(start))
    return end < settles


@transaction.atomic
def _refresh(now: datetime) -> None:
    """What came since, and the numbers of the days that are not over. Behind by far, first things come first."""
    progress = Progress.objects.select_for_update().get(pk=1)
    behind = progress.settled_until + SETTLES_AFTER + _LAG < now
    first_open = today(now) if behind else today(progress.settled_until)
    DailyCount.objects.filter(fresh__gt=0).update(fresh=0)
    for day in {first_open, today(now)}:
        if not behind:
            start, end = max(progress.settled_until, start_of(day)), min(start_of(day + timedelta(days=1)), now)
            for method, number in _sign_ins(start, end).items():
                _counts(day, Measure.SIGN_INS, method).update(fresh=number)
            _note_active(start, end)
        _count_day(day)
    _counts(today(now), Measure.PEOPLE).update(settled=User.objects.count())
    facts = {"counted_at": now}
    everything = progress.messages_at is None or now - progress.messages_at > messages.LOOKED_AT_EVERY
    messages.count(today(now), everything=everything)
    if everything:
        facts["messages_at"] = now
    Progress.objects.filter(pk=1).update(**facts)


def _begin(now: datetime) -> Progress:
    """Before everything that the log and the list of people know."""
    oldest = [
        _signed_in().order_by("created_at", "pk").values_list("created_at", flat=True).first(),
        User.objects.order_by("created_at", "pk").values_list("created_at", flat=True).first(),
    ]
    begin = start_of(today(min(filter(None, oldest), default=now)))
    return Progress.objects.get_or_create(pk=1, defaults={"settled_until": begin})[0]


def _close(day: date) -> None:
    """The day is over, and everything of it is counted."""
    _count_day(day)
    ActivePerson.objects.filter(day__lte=day - MONTH).delete()


def _count_day(day: date) -> None:
    """What is no sum of pieces."""
    new = User.objects.filter(created_at__gte=start_of(day), created_at__lt=start_of(day + timedelta(days=1))).count()
    _counts(day, Measure.NEW).update(settled=new)
    within = {Measure.ACTIVE_DAY: day, Measure.ACTIVE_WEEK: day - WEEK, Measure.ACTIVE_MONTH: day - MONTH}
    people = ActivePerson.objects.filter(day__gte=day - MONTH, day__lte=day).aggregate(
        **{measure: Count("user_id", distinct=True, filter=Q(day__gte=since)) for measure, since in within.items()}
    )
    for measure in within:
        _counts(day, measure).update(settled=people[measure])


def _sign_ins(start: datetime, end: datetime) -> Counter[str]:
    """How many succeeded, by method."""
    methods = (
        _signed_in()
        .filter(created_at__gte=start, created_at__lt=end)
        .order_by()
        .values_list("data__method")
        .annotate(number=Count("pk"))
    )
    return Counter({str(method or "")[:40]: number for method, number in methods})


def _note_active(start: datetime, end: datetime) -> None:
    people = (
        _signed_in()
        .filter(created_at__gte=start, created_at__lt=end)
        .order_by()
        .values_list("target", flat=True)
        .distinct()
    )
    rows = [ActivePerson(day=today(start), user_id=name.removeprefix("user:")[:12]) for name in people]
    ActivePerson.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_BATCH)


def _signed_in() -> EventQuerySet:
    """A list of one, so that SQLite uses the index, too."""
    return Event.objects.filter(key=_SIGNED_IN, succeeded__in=[True])


def _counts(day: date, measure: str, label: str = "") -> QuerySet[DailyCount]:
    """The row of this number, made when it is missing."""
    DailyCount.objects.bulk_create([DailyCount(day=day, measure=measure, label=label)], ignore_conflicts=True)
    return DailyCount.objects.filter(day=day, measure=measure, label=label)
