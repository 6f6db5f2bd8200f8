"""Reading the log: the right events, in order, and never by a look at all of them."""

import datetime
import json
from itertools import islice
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from idp.audit import services
from idp.audit.models import NEWEST_FIRST, OLDEST_FIRST, Event, EventFilter
from idp.audit.services import record

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
ADA, SHOP = "user:ada", "application:shop"
FILTERS = {
    "everything": EventFilter(),
    "kind": EventFilter(key="a.a"),
    "outcome": EventFilter(succeeded=False),
    "kind and outcome": EventFilter(key="a.a", succeeded=True),
    "person": EventFilter(subject=ADA),
    "person and kind": EventFilter(subject=ADA, key="a.a"),
    "application": EventFilter(subject=SHOP),
    "application, kind and outcome": EventFilter(subject=SHOP, key="a.a", succeeded=False),
    "days": EventFilter(since=NOON, until=NOON + datetime.timedelta(days=1)),
    "kind and days": EventFilter(key="a.a", since=NOON, until=NOON + datetime.timedelta(days=1)),
    "person and days": EventFilter(subject=ADA, since=NOON),
}


def event(key: str = "a.a", *, minute: int = 0, **values: Any) -> Event:
    made = Event.objects.create(key=key, **values)
    made.created_at = NOON + datetime.timedelta(minutes=minute)
    made.save()
    return made


def found(wanted: EventFilter, size: int = 50, **cursor: Any) -> list[Event]:
    return Event.objects.page(wanted, size, **cursor).events


def plan(queryset: Any) -> str:
    """How the database would read it, were the table too large to read whole."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
            )
    return str(queryset.explain())


@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS.keys())
def test_every_filter_reads_an_index_in_order(wanted: EventFilter) -> None:
    cursor = event()
    pages = [
        *(part.order_by(*NEWEST_FIRST)[:30] for part in Event.objects.streams(wanted)),
        *(part.filter(created_at__gte=cursor.created_at).order_by(*OLDEST_FIRST)[:30]
          for part in Event.objects.streams(wanted)),
    ]  # fmt: skip
    for queryset in pages:
        text = plan(queryset)
        if connection.vendor == "sqlite":
            assert "SEARCH audit_event USING INDEX event_" in text
            assert "SCAN" not in text
            assert "TEMP B-TREE" not in text
        else:
            assert "using event_" in text
            assert "Seq Scan" not in text
            assert "Sort" not in text


def test_the_plan_of_an_unfit_query_is_told_apart() -> None:
    text = plan(Event.objects.filter(address="203.0.113.9").order_by(*NEWEST_FIRST))
    assert "SCAN" in text or "Sort" in text or "Seq Scan" in text


def test_nothing_is_counted_or_skipped(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(3) as queries:
        found(EventFilter(subject=SHOP))
    assert not any("COUNT" in query["sql"] or "OFFSET" in query["sql"] for query in queries.captured_queries)


def test_a_person_is_found_as_actor_and_as_target_and_once_when_both() -> None:
    both = event(actor=ADA, target=ADA)
    actor, target = event(actor=ADA, target="user:bob", minute=1), event(target=ADA, minute=2)
    event(actor="user:bob")
    event(actor="user:ada2", application="ada")
    assert found(EventFilter(subject=ADA)) == [target, actor, both]
    assert found(EventFilter(subject=ADA), 2) == [target, actor]


def test_an_application_is_found_where_something_was_done_with_it() -> None:
    used = record("user.signed_in", by=ADA, target=ADA, application="shop")
    changed = record("application.updated", by=ADA, target=SHOP)
    record("user.signed_in", by=ADA, target=ADA, application="other")
    assert used.application == used.data["application"] == "shop"
    assert found(EventFilter(subject=SHOP)) == [changed, used]


def test_kind_outcome_and_time() -> None:
    failed = event("b.b", succeeded=False, minute=5)
    fine = event("b.b", minute=10)
    event("c.c", minute=7)
    assert found(EventFilter(key="b.b")) == [fine, failed]
    assert found(EventFilter(succeeded=False)) == [failed]
    assert found(EventFilter(key="b.b", succeeded=True)) == [fine]
    assert found(EventFilter(key="b.b", since=failed.created_at, until=fine.created_at)) == [failed]


@given(minutes=st.lists(st.integers(0, 3), max_size=14), size=st.integers(1, 5))
@pytest.mark.django_db(transaction=False)
def test_pages_hold_everything_once_in_both_directions(minutes: list[int], size: int) -> None:
    """Also where many events share a moment, and where they were written out of order."""
    Event.objects.all().delete()
    for number, minute in enumerate(minutes):
        event(minute=minute, succeeded=bool(number % 3))
    expected = list(Event.objects.order_by(*NEWEST_FIRST))
    page = Event.objects.page(EventFilter(), size)
    assert not page.has_newer
    seen = list(page.events)
    while page.has_older:
        page = Event.objects.page(EventFilter(), size, before=page.events[-1])
        assert page.has_newer
        seen += page.events
    assert seen == expected
    if len(expected) > size:
        oldest = expected[-1]
        back = Event.objects.page(EventFilter(), size, after=oldest)
        newer = [one for one in expected if one != oldest]
        assert back.events == (newer[-size:] if len(newer) > size else expected[:size])
    assert list(Event.objects.walk(EventFilter(), batch=size)) == expected


def test_an_export_is_recorded_and_ends_one_past_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "EXPORT_CAP", 3)
    for _ in range(9):
        event()
    events = services.export(by=ADA, wanted=EventFilter(key="a.a", since=NOON), format="csv")
    row = Event.objects.get(key="audit.exported")
    assert (row.actor, row.data) == (ADA, {"format": "csv", "filter": {"key": "a.a", "since": str(NOON)}})
    assert len(list(events)) == 4


def test_an_export_reads_as_it_is_taken(django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_BATCH", 2)
    for _ in range(9):
        event()
    events = services.export(by=ADA, wanted=EventFilter(key="a.a", succeeded=True), format="csv")
    with django_assert_num_queries(2):
        assert len(list(islice(events, 3))) == 3


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite takes the index that fits the most columns")
def test_kinds_with_one_outcome_are_known_to_the_planner() -> None:
    """It would expect every other sign-in among the failures otherwise, and look for them among all failures."""
    for key, succeeded in (("a.a", True), ("b.b", False)):
        Event.objects.bulk_create(Event(key=key, succeeded=succeeded) for _ in range(1000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_event")
    (stream,) = Event.objects.all().streams(EventFilter(key="a.a", succeeded=False))
    (plan,) = json.loads(stream.explain(format="json"))
    assert plan["Plan"]["Plan Rows"] < 50
