"""What it looks like when the database or the shared cache does not answer."""

import sys

from django.db import InterfaceError, OperationalError

RETRY_AFTER = "5"  # seconds


def is_outage(exception: Exception) -> bool:
    """A restart, a failover, a lock that nobody lets go: the same request may work in a moment. No bug of ours."""
    return isinstance(exception, OperationalError | InterfaceError) or is_cache_outage(exception)


def is_cache_outage(exception: Exception) -> bool:
    """Of Redis, which is an extra: where it was never loaded, it did not fail."""
    redis = sys.modules.get("redis")
    return redis is not None and isinstance(exception, redis.ConnectionError | redis.TimeoutError)
