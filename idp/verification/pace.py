"""How long a real send takes, so that a suppressed one can take as long and tell nothing."""

import random
import threading
import time

_MAX_WAIT = 5.0  # seconds
_lock = threading.Lock()
_recent: dict[str, float] = {}


def remember(channel: str, seconds: float) -> None:
    with _lock:
        _recent[channel] = 0.7 * _recent.get(channel, seconds) + 0.3 * seconds


def wait_as_long_as_usual(channel: str) -> None:
    usual = _recent.get(channel, 0.0)
    time.sleep(min(_MAX_WAIT, usual * random.uniform(0.8, 1.2)))  # noqa: S311  noise, not a secret
