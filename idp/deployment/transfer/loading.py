"""Rows into a database, and the proof that they are there."""
# ruff: noqa: S608  names of tables and columns come from our models

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.core.management.color import no_style
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from idp.applications.models import ACCOUNT_APP_ID, DEMO_APP_ID
from idp.deployment.transfer import tables
from idp.deployment.transfer.errors import TransferError
from idp.deployment.transfer.tables import Row, Table, Tally

_BATCH = 500
# What `migrate` makes by itself: replaced without a question.
_FURNITURE = {"django_content_type", "auth_permission", "tokens_signingkey"}


def load(connection: BaseDatabaseWrapper, table: Table, rows: Iterable[Row]) -> Tally:
    """Insert, read again and compare; what the tally says is what the database holds."""
    sent = Tally(table)
    try:
        _insert(connection, table, _counted(rows, sent))
    except DatabaseError as error:
        raise TransferError(f"The table {table.name} does not take a row: {error}") from error
    held = tables.tally(connection, table)
    if held.as_json() != sent.as_json():
        raise TransferError(f"The table {table.name} does not hold what was written to it ({held.rows} rows).")
    return held


def _counted(rows: Iterable[Row], tally: Tally) -> Iterator[Row]:
    for row in rows:
        tally.add(row, tables.to_line(row))
        yield row


def _insert(connection: BaseDatabaseWrapper, table: Table, rows: Iterator[Row]) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name in table.column_names)
    convert = tables.parameters(connection, table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(convert(row))
            return
        places = ", ".join(["%s"] * len(table.columns))
        while batch := [convert(row) for row in islice(rows, _BATCH)]:
            cursor.executemany(f"INSERT INTO {quote(table.name)} ({names}) VALUES ({places})", batch)


def clear(connection: BaseDatabaseWrapper, found: list[Table]) -> None:
    """All rows of these tables; children first. On PostgreSQL this waits for whoever uses them and keeps everybody out."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            if found:
                cursor.execute(f"TRUNCATE {', '.join(quote(table.name) for table in found)}")
            return
        for table in reversed(found):
            cursor.execute(f"DELETE FROM {quote(table.name)}")


def is_unused(connection: BaseDatabaseWrapper, found: list[Table]) -> bool:
    """Does it hold nothing but what `migrate` makes?"""
    return not any(_has_own_rows(connection, table) for table in found if table.name not in _FURNITURE)


def _has_own_rows(connection: BaseDatabaseWrapper, table: Table) -> bool:
    if table.name != "applications_application":
        return tables.has_rows(connection, table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM applications_application WHERE id NOT IN (%s, %s) LIMIT 1", [DEMO_APP_ID, ACCOUNT_APP_ID]
        )
        return cursor.fetchone() is not None


def is_in_use(connection: BaseDatabaseWrapper) -> bool:
    """Has a background worker shown within the last half minute that it lives?"""
    if "deployment_heartbeat" not in connection.introspection.table_names():
        return False
    since = connection.ops.adapt_datetimefield_value(timezone.now() - timedelta(seconds=30))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM deployment_heartbeat WHERE seen_at > %s LIMIT 1", [since])
        return cursor.fetchone() is not None


def finish(connection: BaseDatabaseWrapper, found: list[Table]) -> None:
    """New rows get numbers after those that came (SQLite counts along by itself)."""
    models: list[Any] = [table.model for table in found]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
