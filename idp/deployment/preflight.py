"""Would this version run on that database, and what would migrating it cost? Looked at before anything is changed."""

from collections.abc import Iterator
from typing import Any

from django.db import NotSupportedError, connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from idp.deployment import schema
from idp.deployment.transfer import archive, copying, tables

BIG = 1_000_000  # rows; a table that is read or written whole keeps others waiting for seconds
_INDEXED = (operations.AddIndex, operations.AddConstraint, operations.AlterUniqueTogether)


def problems(*, will_migrate: bool, accept_locks: bool = False) -> list[str]:
    """Sentences for the operator, each with what to do; empty when nothing is in the way. Raises OperationalError."""
    try:
        connection.ensure_connection()
    except NotSupportedError as error:
        return [f"The database server is too old: {error}. Update it first."]
    if copying.is_unfinished(connection):
        return ["This database is a copy that is not finished: give `manage.py copydb` again, or use another one."]
    executor = MigrationExecutor(connection)
    if missed := _taken_away(executor):
        return [
            f"The database is newer than this version, which needs what is gone: {missed} is not known here. Install the version "
            "that migrated it, or a newer one; or restore the backup that was made before."
        ]
    found = [*_lost_secrets()]
    if will_migrate and not accept_locks:
        found += _locks(executor)
    return found


def note_on_newer() -> str:
    """A sentence when the database was migrated by a newer version, which is no problem; "" when it was not."""
    newer = schema.unknown_migrations(MigrationLoader(connection))
    return (
        f"The database is newer than this version, which runs on it all the same: {', '.join(newer)}." if newer else ""
    )


def _taken_away(executor: MigrationExecutor) -> str:
    """A migration of a newer version that removed what this one uses; those that only added something do not matter to it."""
    own = tuple(map(int, schema.own_version().split(".")))
    newer = schema.unknown_migrations(executor.loader)
    return next((migration for migration in newer if schema.unused_since(migration) > own), "")


def _lost_secrets() -> Iterator[str]:
    found = tables.tables(connection)
    if column := archive.first_lost(archive.samples(connection, found)):
        yield (
            f"ENCRYPTION_KEYS do not open what is stored in {column}. Put the key back that it was written with; it may stand "
            "behind the new one."
        )


def _locks(executor: MigrationExecutor) -> Iterator[str]:
    """Steps that read or rewrite a big table whole while others wait."""
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan or not executor.loader.applied_migrations:
        return
    state = executor.loader.project_state(
        [key for key in executor.loader.applied_migrations if key in executor.loader.graph.nodes]
    )
    for migration, _ in plan:
        for operation in migration.operations:
            table = slow_table(operation, migration, state)
            if table and (rows := _rows(table)) >= BIG:
                yield (
                    f"{migration.app_label}.{migration.name} would keep others waiting: it goes through {table}, which has about "
                    f"{rows} rows ({operation.describe()}). Choose a quiet hour and run `manage.py preflight --accept-locks`, "
                    "then `manage.py migrate`."
                )
        state = migration.mutate_state(state)


def slow_table(operation: operations.base.Operation, migration: Migration, state: ProjectState) -> str:
    """The table that the operation reads or rewrites whole; empty for one that only changes the catalog."""
    name = getattr(operation, "model_name", None) or getattr(operation, "name", "")
    model_state = state.models.get((migration.app_label, str(name).lower()))
    if model_state is None:
        return ""
    is_slow = isinstance(operation, _INDEXED) and not type(operation).__name__.endswith("Concurrently")
    if isinstance(operation, operations.AlterField):
        is_slow = changes_column(model_state.fields.get(operation.name), operation.field)
    elif isinstance(operation, operations.AddField):
        # A default is written into every row by SQLite; a unique column or an index is built from all of them.
        field: Any = operation.field
        is_slow = field.unique or field.db_index or connection.vendor == "sqlite"
    if not is_slow:
        return ""
    return str(model_state.options.get("db_table") or f"{migration.app_label}_{str(name).lower()}")


def changes_column(old: "models.Field[Any, Any] | None", new: "models.Field[Any, Any]") -> bool:
    """Another type, another nullability or another index: choices, help and Python's default are not in the database."""
    if old is None:
        return True
    return (
        any(
            getattr(old, name, None) != getattr(new, name, None)
            for name in ("null", "unique", "db_index", "max_digits", "decimal_places")
        )
        or old.get_internal_type() != new.get_internal_type()
        or (new.max_length or 0) < (old.max_length or 0)
    )


def _rows(table: str) -> int:
    """By the statistics of PostgreSQL, which cost nothing; counted on SQLite."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)", [table])
        elif table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608  our table
        else:
            return 0
        row = cursor.fetchone()
    return int(row[0]) if row else 0
