"""Numbers in the shared cache (CACHE_URL) that tell every process that something it keeps in memory has changed.

The cache may be gone. Then nobody knows, and whoever keeps something reads it again each time, until the cache answers.
"""

import logging
import time

from django.core.cache import cache

from idp.lib.outage import is_cache_outage

logger = logging.getLogger(__name__)
_PAUSE = 1.0  # seconds without asking after the cache did not answer: requests must not wait for it again and again
_silent_until = 0.0


def current(name: str) -> int | None:
    """None when the cache does not answer."""
    if is_silent():
        return None
    try:
        return int(cache.get(name, 0))
    except Exception as error:
        note_silence(error)
        return None


def bump(name: str) -> None:
    """Tell the others. Those who cannot be told see the change when what they keep is too old."""
    try:
        cache.add(name, 0, timeout=None)
        cache.incr(name)
    except Exception as error:
        note_silence(error)


def is_silent() -> bool:
    """Did it not answer a moment ago?"""
    return time.monotonic() < _silent_until


def note_silence(error: Exception) -> None:
    """Raises the error when it says something else than that the cache does not answer."""
    global _silent_until
    if not is_cache_outage(error):
        raise error
    _silent_until = time.monotonic() + _PAUSE
    logger.warning("CACHE_URL does not answer; going on without it: %s", type(error).__name__)
