"""The state of a database: which migrations were applied."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from idp.deployment.transfer.errors import TransferError

Key = tuple[str, str]


def applied(connection: BaseDatabaseWrapper) -> list[str]:
    """`messaging.0004_pending_messages`, sorted, of the rooms of this version; empty for a database without tables."""
    loader = MigrationLoader(connection)
    return sorted(".".join(key) for key in loader.applied_migrations if key[0] in loader.migrated_apps)


def bring_to(connection: BaseDatabaseWrapper, wanted: list[str]) -> None:
    """Make the tables in a database that has none, as the migrations `wanted` leave them; refuse one in another state."""
    loader = MigrationLoader(connection)
    unknown = sorted(set(wanted) - {".".join(key) for key in loader.disk_migrations or ()})
    if unknown:
        raise TransferError(
            f"It was made by a newer version of Latchkey: {unknown[0]} is not known here. Install that version, or a newer one."
        )
    present = applied(connection)
    if not present:
        _migrate(connection, wanted)
    elif set(present) != set(wanted):
        raise TransferError(_difference(present, wanted))


def _migrate(connection: BaseDatabaseWrapper, wanted: list[str]) -> None:
    """Without the signals that `migrate` sends: what they add is among the rows that come."""
    executor = MigrationExecutor(connection)
    keys = [_key(name) for name in wanted]
    inner = {
        parent.key for key in keys for parent in executor.loader.graph.node_map[key].parents if parent.key[0] == key[0]
    }
    with _untouched(connection):
        executor.migrate([key for key in keys if key not in inner])


@contextmanager
def _untouched(target: BaseDatabaseWrapper) -> Iterator[None]:
    """A data migration that forgot which database it is for must not write to another."""
    with ExitStack() as guards:
        for alias in connections:
            if alias != target.alias:
                guards.enter_context(connections[alias].execute_wrapper(_refuse))
        yield


def _refuse(*_: object) -> None:
    raise AssertionError("A migration of one database touches another one.")


def _difference(present: list[str], wanted: list[str]) -> str:
    steps = [
        f"manage.py migrate {room} {max(names)}" if names else f"manage.py migrate {room} zero"
        for room in sorted({_key(name)[0] for name in set(present) ^ set(wanted)})
        for names in [[_key(name)[1] for name in wanted if _key(name)[0] == room]]
    ]
    return (
        "The database is in another state than the rows are from. Use an empty database, without tables (it is migrated to the "
        f"right state by itself), or bring this one there first: {'; '.join(steps)}."
    )


def _key(name: str) -> Key:
    room, _, migration = name.partition(".")
    return room, migration
