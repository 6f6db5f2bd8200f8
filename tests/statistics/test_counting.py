"""The daily numbers are what a slow count over everything says, whenever it was stopped and however often it ran."""

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from idp.audit.models import Event
from idp.deployment import upkeep
from idp.messaging.models import SentMessage
from idp.statistics import counting, reading
from idp.statistics.models import ActivePerson, DailyCount, DailyMessages, Progress
from idp.users.models import User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
Measure = DailyCount.Measure


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


def set_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now)


def sign_in(person: str, at: datetime, method: str = "password", succeeded: bool = True) -> None:
    event = Event.objects.create(
        key="user.signed_in" if succeeded else "user.sign_in_failed", target=f"user:{person}", succeeded=succeeded,
        data={"method": method},
    )  # fmt: skip
    Event.objects.filter(pk=event.pk).update(created_at=at)


def create_person(at: datetime, number: int) -> None:
    user = User.objects.create(username=f"person{number}")
    User.objects.filter(pk=user.pk).update(created_at=at)


def some_history(seed: int) -> None:
    """70 days of sign-ins of 12 people, some of them right at midnight, and of people who came."""
    chance = random.Random(seed)
    for number in range(160):
        at = NOW - timedelta(seconds=chance.randrange(70 * 86400))
        if number % 10 == 0:
            at = at.replace(hour=0, minute=0, second=0, microsecond=chance.choice([0, 1]))
        sign_in(f"p{chance.randrange(12)}", at, chance.choice(["password", "code", "session"]), chance.random() > 0.1)
    for number in range(25):
        create_person(NOW - timedelta(seconds=chance.randrange(70 * 86400)), number)


def slow_count(now: datetime) -> dict[tuple[date, str, str], int]:
    """Everything read, one event after the other."""
    counts: Counter[tuple[date, str, str]] = Counter()
    active: dict[date, set[str]] = defaultdict(set)
    for event in Event.objects.filter(key="user.signed_in", created_at__lt=now):
        counts[event.created_at.date(), Measure.SIGN_INS, event.data["method"]] += 1
        active[event.created_at.date()].add(event.target)
    for user in User.objects.all():
        counts[user.created_at.date(), Measure.NEW, ""] += 1
    for back in range(75):
        day = now.date() - timedelta(days=back)
        for measure, days in ((Measure.ACTIVE_DAY, 1), (Measure.ACTIVE_WEEK, 7), (Measure.ACTIVE_MONTH, 30)):
            counts[day, measure, ""] = len(set().union(*(active[day - timedelta(days=n)] for n in range(days))))
    return {key: number for key, number in counts.items() if number}


def counted() -> dict[tuple[date, str, str], int]:
    rows = DailyCount.objects.exclude(measure=Measure.PEOPLE)
    found = {(row.day, row.measure, row.label): row.settled + row.fresh for row in rows}
    return {key: number for key, number in found.items() if number}


@pytest.mark.parametrize("seed", range(3))
def test_as_a_slow_count(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_PATIENCE", 60.0)
    some_history(seed)
    assert counting.advance() >= 60
    assert counted() == slow_count(NOW)
    assert ActivePerson.objects.filter(day__lte=NOW.date() - timedelta(days=31)).count() == 0


def test_stopped_anywhere_and_run_often(monkeypatch: pytest.MonkeyPatch) -> None:
    some_history(7)
    monkeypatch.setattr(counting, "_PATIENCE", -1.0)
    pieces = 0
    while counting.advance():
        pieces += 1
        assert pieces < 100
    assert pieces >= 60
    for _ in range(3):
        counting.advance()
    assert counted() == slow_count(NOW)


def test_minute_by_minute_over_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    now = NOW.replace(hour=23, minute=50)
    set_clock(monkeypatch, now)
    sign_in("p1", now - timedelta(hours=3))
    for minute in range(25):
        at = now + timedelta(minutes=minute)
        set_clock(monkeypatch, at)
        sign_in(f"p{minute % 4}", at - timedelta(seconds=20), "code")
        create_person(at - timedelta(seconds=10), minute)
        counting.advance()
        assert counted() == slow_count(at)
    settled = Progress.objects.get().settled_until
    assert settled == now + timedelta(minutes=24) - counting.SETTLES_AFTER


def test_an_event_that_was_written_late_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its transaction began four minutes before it was seen."""
    counting.advance()
    sign_in("p1", NOW - timedelta(minutes=4))
    set_clock(monkeypatch, NOW + timedelta(seconds=30))
    counting.advance()
    assert counted() == slow_count(NOW + timedelta(seconds=30))


def test_two_workers_count_a_piece_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in("p1", NOW - timedelta(hours=2))
    old = Progress(settled_until=NOW - timedelta(days=1))
    old.save()
    assert counting._settle_next(NOW)
    monkeypatch.setattr(Progress.objects, "first", lambda: old)
    assert not counting._settle_next(NOW)


def test_people_in_all() -> None:
    for number in range(3):
        create_person(NOW - timedelta(days=number), number)
    counting.advance()
    User.objects.filter(username="person1").delete()
    counting.advance()
    assert reading.numbers(last=NOW.date(), days=7).people == 2


def message(at: datetime, country: str = "US", status: str = "delivered", **facts: object) -> None:
    SentMessage.objects.create(
        type="Sms", usage_type="SignIn", connector="sms1", kind="twilio", recipient="x", recipient_hint="+1",
        country=country, status=status, created_at=at, **facts,
    )  # fmt: skip


def test_messages_and_what_is_reported_of_them_later(monkeypatch: pytest.MonkeyPatch) -> None:
    yesterday = NOW - timedelta(days=1)
    message(yesterday, status="accepted")
    message(NOW, country="DE", price=Decimal("0.0749"), currency="EUR")
    message(NOW, country="DE", price=Decimal("0.0749"), currency="EUR", verified_at=NOW)
    message(NOW, status="refused")
    message(NOW, status="pending")
    counting.advance()
    SentMessage.objects.filter(created_at=yesterday).update(status="delivered", verified_at=NOW)
    set_clock(monkeypatch, NOW + timedelta(minutes=31))
    counting.advance()
    germany, america = reading.countries(type="Sms", last=NOW.date(), days=7)
    assert germany == reading.Country("DE", sent=2, delivered=2, verified=1, costs={"EUR": 149_800})
    assert america == reading.Country("US", sent=1, delivered=1, verified=1, costs={})
    assert DailyMessages.objects.get(day=NOW.date(), country="US").refused == 1
    assert reading.of_connector(connector="sms1", last=NOW.date(), days=7) == {
        yesterday.date(): {"sent": 1, "delivered": 1, "verified": 1, "refused": 0},
        NOW.date(): {"sent": 2, "delivered": 2, "verified": 1, "refused": 1},
    }


def test_what_is_forgotten_stays_counted(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.DELIVERY_RETENTION_DAYS = 2
    message(NOW - timedelta(days=1))
    counting.advance()
    set_clock(monkeypatch, NOW + timedelta(days=1, minutes=1))
    SentMessage.objects.all().delete()
    counting.advance()
    assert DailyMessages.objects.get(sent__gt=0).day == NOW.date() - timedelta(days=1)


def test_a_round_with_nothing_new_is_cheap(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    some_history(1)
    counting.advance()
    with django_assert_max_num_queries(40):
        counting.advance()


def test_the_worker_does_it() -> None:
    task = next(task for task in upkeep.tasks() if task.run == counting.advance)
    assert task.every <= 60
