"""What two transactions can do to each other that is nobody's mistake."""

from collections.abc import Callable

from django.db import Error, IntegrityError

_DEADLOCK, _FOREIGN_KEY = "40P01", "23503"  # SQLSTATE
_TRIES = 5


def is_orphan(exception: Exception) -> bool:
    """Was a row to be stored whose owner (a person, an application) went at the same moment?"""
    foreign = _state(exception) == _FOREIGN_KEY or "FOREIGN KEY" in str(exception)  # PostgreSQL, SQLite
    return isinstance(exception, IntegrityError) and foreign


def insist(action: Callable[[], None]) -> None:
    """Run a transaction that must win against shorter ones: again when they came between. Never inside another transaction."""
    for _ in range(_TRIES - 1):
        try:
            return action()
        except Error as error:
            if _state(error) not in (_DEADLOCK, _FOREIGN_KEY):
                raise
    return action()


def _state(exception: Exception) -> str:
    return getattr(exception.__cause__, "sqlstate", None) or ""
