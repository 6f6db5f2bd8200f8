"""Reading from a replica of the database, where somebody says so and a second's delay does no harm.

Inside `reading()` the tables of `_TABLES` are read from DATABASE_REPLICA_URL. Everything else, all writing, and whatever is in a
transaction stays with the database itself: tokens, sessions and settings are never read late.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

ALIAS = "replica"
# Those that grow with the people; none of them is cached or decides whether somebody may do something.
_TABLES = {"audit.event", "users.user", "messaging.sentmessage"}
_ROOMS = {"statistics"}
_reading: ContextVar[bool] = ContextVar("reading", default=False)


def exists() -> bool:
    return ALIAS in connections.settings


@contextmanager
def reading() -> Iterator[None]:
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


class Router:
    """settings.DATABASE_ROUTERS (https://docs.djangoproject.com/en/5.2/topics/db/multi-db/#database-routers)."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        if not _reading.get() or not exists() or connections[DEFAULT_DB_ALIAS].in_atomic_block:
            return DEFAULT_DB_ALIAS
        is_large = model._meta.label_lower in _TABLES or model._meta.app_label in _ROOMS
        return ALIAS if is_large else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        """Where what was read from the replica is saved, too."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if db == ALIAS else None
