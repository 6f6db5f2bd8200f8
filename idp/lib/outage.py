"""What it looks like when the database does not answer."""

from django.db import InterfaceError, OperationalError

RETRY_AFTER = "5"  # seconds


def is_outage(exception: Exception) -> bool:
    """A restart, a failover, a lock that nobody lets go: the same request may work in a moment. No bug of ours."""
    return isinstance(exception, OperationalError | InterfaceError)
