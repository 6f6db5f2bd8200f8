"""A connection that the server ended is noticed without asking."""

import time
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connections
from django.db.backends.postgresql import base
from psycopg.pq import Format

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connections['default'].vendor != 'postgresql'", reason="DATABASE_URL does not name a PostgreSQL"
    ),
]


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> base.DatabaseWrapper:
    """Another one than that of the test, so that it can be ended."""
    found = connections["default"].copy()
    found.ensure_connection()
    yield found
    found.close()


def test_one_that_is_quiet_is_good(connection: base.DatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda _: pytest.fail("It asked"))
    assert connection.is_usable()


def test_one_that_was_ended_is_not(connection: base.DatabaseWrapper) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    deadline = time.monotonic() + 5
    while connection.is_usable() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not connection.is_usable()


def test_nor_one_that_is_closed(connection: base.DatabaseWrapper) -> None:
    connection.connection.close()
    assert not connection.is_usable()


@pytest.mark.parametrize("name", [None, "served"], ids=["at once", "in parts"])
def test_points_in_time_are_in_utc(connection: base.DatabaseWrapper, name: str | None) -> None:
    """Whatever they were written in."""
    connection.set_autocommit(False)  # for the one in parts
    with connection.create_cursor(name) as cursor:
        cursor.execute("SELECT '2026-11-29 12:00:00.25+02'::timestamptz, NULL::timestamptz")
        assert cursor.fetchall() == [(datetime(2026, 11, 29, 10, 0, 0, 250000, tzinfo=UTC), None)]


def test_they_are_not_read_in_python(connection: base.DatabaseWrapper) -> None:
    with connection.create_cursor() as cursor:
        reader = cursor.adapters.get_loader(psycopg.adapters.types["timestamptz"].oid, Format.TEXT)
    assert reader is psycopg.adapters.get_loader(psycopg.adapters.types["timestamptz"].oid, Format.TEXT)
