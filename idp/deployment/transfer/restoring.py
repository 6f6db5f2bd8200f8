"""From a backup into the database: everything, or nothing."""

from collections.abc import Callable

from django.db import connection, transaction

from idp.audit.services import record
from idp.deployment import schema
from idp.deployment.transfer import loading, state, tables
from idp.deployment.transfer.archive import Archive
from idp.deployment.transfer.errors import TransferError
from idp.deployment.transfer.tables import Table
from idp.users import search_index

BY = "system:restore"
Report = Callable[[str], None]


def prepare(archive: Archive) -> list[Table]:
    """Refuse what cannot be restored here; returns the tables, which may hold rows."""
    archive.check_secrets()
    if loading.is_in_use(connection):
        raise TransferError("Latchkey runs on this database (a background worker was seen just now). Stop it first.")
    state.bring_to(connection, archive.head["migrations"])
    found = tables.tables(connection)
    archive.check_columns(found)
    return found


def restore(archive: Archive, found: list[Table], *, report: Report) -> None:
    """Replace all rows by those of the backup, in one transaction that ends only when every table adds up."""
    with transaction.atomic(durable=True):
        search_index.remove(connection)
        loading.clear(connection, found)
        held = {}
        for table in found:
            tally = loading.load(connection, table, archive.rows(table))
            held[table.name] = tally.as_json()
            report(f"{table.name}: {tally.rows} rows")
        if archive.end() != held:
            raise TransferError("The backup does not hold what it says at its end: it was changed, or it is damaged.")
        loading.finish(connection, found)
        if not schema.missing_migrations():
            record("backup.restored", by=BY, made_at=archive.head["createdAt"])
    search_index.install()
