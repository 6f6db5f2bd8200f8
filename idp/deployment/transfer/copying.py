"""From one database into another, without a file between them.

The source is read from one snapshot. Each table is copied, read again and compared in a transaction of its own, so whoever kills the
copy leaves whole tables behind; the next run keeps those that are equal and begins at the first that is not. A table in the target
marks a copy that is not done: with it a database may be gone on with, and may not be served.
"""

from collections.abc import Callable

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from idp.deployment.transfer import loading, state, tables
from idp.deployment.transfer.errors import TransferError
from idp.deployment.transfer.tables import Table, Tally
from idp.users import search_index

UNFINISHED = "latchkey_unfinished_copy"
Report = Callable[[str], None]


def is_unfinished(connection: BaseDatabaseWrapper) -> bool:
    return UNFINISHED in connection.introspection.table_names()


def copy(source: BaseDatabaseWrapper, alias: str, *, report: Report) -> None:
    """Copy everything and prove it. Raises TransferError when the target is something else, or the source was written meanwhile."""
    target = connections[alias]
    with tables.snapshot(source) as reader:
        found = tables.tables(reader)
        _begin(reader, alias, found)
        taken = {table.name: _table(reader, alias, found, table, report).as_json() for table in found}
    if _now(source, found) != taken:
        raise TransferError(
            "The source was written while it was copied, so the copy is behind already. Stop Latchkey and give the same command "
            "again: only tables that differ are copied once more."
        )
    with transaction.atomic(using=alias, durable=True), target.cursor() as cursor:
        loading.finish(target, found)
        cursor.execute(f"DROP TABLE {UNFINISHED}")
    search_index.install(using=alias)


def _begin(reader: BaseDatabaseWrapper, alias: str, found: list[Table]) -> None:
    target = connections[alias]
    if is_unfinished(target):
        return
    if loading.is_in_use(target):
        raise TransferError("Latchkey runs on the target (a background worker was seen just now).")
    state.bring_to(target, state.applied(reader))
    if not loading.is_unused(target, found):
        raise TransferError("The target holds other data already. Name an empty database.")
    with transaction.atomic(using=alias, durable=True), target.cursor() as cursor:
        search_index.remove(target)
        loading.clear(target, found)
        cursor.execute(f"CREATE TABLE {UNFINISHED} (id integer)")


def _table(reader: BaseDatabaseWrapper, alias: str, found: list[Table], table: Table, report: Report) -> Tally:
    target = connections[alias]
    if tables.has_rows(target, table):
        held, wanted = tables.tally(target, table), tables.tally(reader, table)
        if held.as_json() == wanted.as_json():
            report(f"{table.name}: {held.rows} rows are there already, {_short(held)}")
            return held
        with transaction.atomic(using=alias, durable=True):
            loading.clear(target, found[found.index(table) :])  # whatever refers to its rows comes after it
    with transaction.atomic(using=alias, durable=True):
        held = loading.load(target, table, tables.read(reader, table))
    report(f"{table.name}: {held.rows} rows copied and compared, {_short(held)}")
    return held


def _short(tally: Tally) -> str:
    return f"checksum {tally.checksum[:16]}"


def _now(source: BaseDatabaseWrapper, found: list[Table]) -> dict[str, object]:
    with tables.snapshot(source) as reader:
        return {table.name: tables.tally(reader, table).as_json() for table in found}
