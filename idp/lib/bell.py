"""Wake the background worker at once (QUEUE_URL). What is to be done is in the database; the bell only says: look now.

Without QUEUE_URL nobody rings and the worker looks by itself, twice a second. A bell that is out of order costs the same.
"""

import logging
import time
from functools import cache
from threading import Event
from typing import Any

from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)
_KEY = "latchkey:bell"
_PAUSE = 5.0  # seconds without ringing, after Redis did not answer: requests must not wait for it again and again
_silent_until = 0.0


def ring_on_commit() -> None:
    """Once what was written is there to be seen."""
    if settings.QUEUE_URL:
        transaction.on_commit(ring)


def ring() -> None:
    """One worker wakes. Never raises, and takes a quarter of a second at most."""
    global _silent_until
    if not settings.QUEUE_URL or time.monotonic() < _silent_until:
        return
    try:
        redis = _redis(settings.QUEUE_URL, 0.25)
        redis.lpush(_KEY, 1)
        redis.ltrim(_KEY, 0, 15)  # a bell that nobody hears must not grow
    except _redis_error() as error:
        _silent_until = time.monotonic() + _PAUSE
        logger.warning("QUEUE_URL does not answer; the worker finds its work by itself: %s", type(error).__name__)


def wait(seconds: float, stop: Event) -> bool:
    """Wait so long, or until the bell rings (then True) or `stop` is set."""
    if not settings.QUEUE_URL:
        stop.wait(seconds)
        return False
    try:
        return _redis(settings.QUEUE_URL, seconds + 1).brpop([_KEY], timeout=seconds) is not None
    except _redis_error() as error:
        logger.warning("QUEUE_URL does not answer; looking without it: %s", type(error).__name__)
        stop.wait(seconds)
        return False


@cache
def _redis(url: str, timeout: float) -> Any:
    from redis import Redis  # noqa: PLC0415  an extra

    return Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout)


def _redis_error() -> type[Exception]:
    from redis import RedisError  # noqa: PLC0415  an extra

    return RedisError
