"""The dashboard: what the daily numbers say, in words, shapes and tables."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console import charts
from idp.statistics.models import DailyCount, DailyMessages, Progress
from tests.console.people import staff_client

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
TODAY = NOW.date()
Measure = DailyCount.Measure


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.statistics.counting.today", lambda: TODAY)


def count(measure: str, number: int, *, back: int = 0, label: str = "", fresh: int = 0) -> None:
    DailyCount.objects.create(
        day=TODAY - timedelta(days=back), measure=measure, label=label, settled=number, fresh=fresh
    )


def page(query: str = "", client: Client | None = None) -> str:
    return re.sub(r"\s+", " ", (client or staff_client()).get(f"/console/dashboard{query}").content.decode())


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_before_anything_is_counted() -> None:
    found = page()
    assert "Nothing is counted yet" in found
    assert "No sign-ins in this time" in found
    assert "No text messages in this time" in found


def test_numbers_and_their_change() -> None:
    Progress.objects.create(settled_until=NOW, counted_at=timezone.now())
    count(Measure.PEOPLE, 123_456)
    for back, number in ((0, 3), (1, 5), (6, 2), (7, 1), (29, 4), (30, 40)):
        count(Measure.NEW, number, back=back)
    count(Measure.ACTIVE_DAY, 7)
    count(Measure.ACTIVE_WEEK, 70)
    count(Measure.ACTIVE_MONTH, 1700)
    found = text(page())
    assert "Nothing is counted yet" not in found
    assert "Users 123,456 in all" in found
    assert (
        "Today 3 2 fewer than yesterday 7 days 10 9 more than the 7 days before 30 days 15 25 fewer than the 30 days before"
        in found
    )
    assert "Today 7 Within 7 days 70 Within 30 days 1,700" in found
    assert "15 new users in 30 days; the most on 23 Nov 2026, 5." in found


def test_sign_ins_by_method_of_the_period() -> None:
    count(Measure.SIGN_INS, 5, label="code", fresh=1)
    count(Measure.SIGN_INS, 2, label="password", back=6)
    count(Measure.SIGN_INS, 9, label="passkey", back=7)
    client = staff_client()
    week = text(page("?days=7", client))
    assert "One-time code 6 · 75 %" in week
    assert "Password 2 · 25 %" in week
    assert "Passkey" not in week
    assert "Passkey 9 · 53 %" in text(page("?days=30", client))


def test_messages_and_their_cost() -> None:
    DailyMessages.objects.create(
        day=TODAY,
        connector="a",
        type="Sms",
        country="DE",
        currency="EUR",
        sent=8,
        delivered=6,
        verified=4,
        cost=1_250_000,
    )
    DailyMessages.objects.create(
        day=TODAY, connector="b", type="Sms", country="US", currency="USD", sent=2, delivered=2, verified=1, cost=20_000
    )
    DailyMessages.objects.create(day=TODAY, connector="c", type="Email", sent=99)
    DailyMessages.objects.create(day=TODAY - timedelta(days=7), connector="a", type="Sms", country="FR", sent=99)
    found = text(page("?days=7"))
    assert "Cost so far 1.25 EUR 0.02 USD" in found
    assert "Sent 10 Delivered 8 · 80 % Verified 5 · 50 %" in found
    assert "Germany 8 6 4 50 % 1.25 EUR United States 2 2 1 50 % 0.02 USD" in found
    assert "France" not in found


@pytest.mark.parametrize("query", ["", "?days=7", "?days=90"])
def test_queries(query: str) -> None:
    """Three over the small tables, however many days and methods; the others are who it is and whether they may."""
    for back in range(120):
        for label in ("code", "password"):
            count(Measure.SIGN_INS, back, back=back, label=label)
    client = staff_client()
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/console/dashboard{query}")
    used = [
        sql
        for query in captured.captured_queries
        if "django_session" not in (sql := query["sql"]) and "SAVEPOINT" not in sql
    ]
    assert len([sql for sql in used if '"statistics_' in sql]) == 3
    assert len(used) == 6, used


def test_each_chart_has_words_and_a_table() -> None:
    count(Measure.SIGN_INS, 5, label="code")
    found = page("?days=7")
    images = re.findall(r'<svg class="chart__box"[^>]*aria-labelledby="([^"]+)"', found)
    assert len(images) == 3
    for ids in images:
        for one in ids.split():
            assert f'id="{one}"' in found
    assert found.count("<summary>Numbers") == 3
    assert found.count("<desc ") == 3
    assert "style=" not in found


@pytest.mark.parametrize(
    ("most", "top"), [(0, 4), (4, 4), (5, 5), (6, 10), (11, 20), (21, 50), (101, 200), (2001, 5000)]
)
def test_the_upper_edge(most: int, top: int) -> None:
    assert charts.nice_top(most) == top


def test_bars_and_lines_stay_in_their_box() -> None:
    days = [TODAY - timedelta(days=1), TODAY]
    chart = charts.bars(key="k", title="New", unit="new users", days=days, values=[0, 10])
    assert [(bar.y, bar.height) for bar in chart.bars] == [(100, 0), (0, 100)]
    assert [bar.x + bar.width <= charts.WIDTH for bar in chart.bars] == [True, True]
    assert chart.rows == [["24 Nov 2026", "10"], ["23 Nov 2026", "0"]]
    lines = charts.lines(key="k", title="Active", days=days, series={"Daily": [2, 4]})
    assert lines.lines[0].path == "M0.0 50.0 L1000.0 0.0"
