"""Threads that talk to providers, so that whoever answers a request waits for one only as long as they want to."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import Any

# Of one process. A provider that hangs holds these and nobody else; what finds none free is left to the background worker.
LANES = 8
_free = threading.BoundedSemaphore(LANES)
_pool = ThreadPoolExecutor(LANES, thread_name_prefix="lane")
Outcome = Future[Any]


def reserve(*, wait: float = 0.0) -> bool:
    """A lane, for `use` or `release`; False when none was free for `wait` seconds."""
    return _free.acquire(timeout=wait)


def release() -> None:
    _free.release()


def use(call: Callable[[], None]) -> None:
    """Make the call in the reserved lane, which is free again afterwards."""

    def run() -> None:
        try:
            call()
        finally:
            _free.release()

    try:
        _pool.submit(copy_context().run, run)  # whose request it is: for the log, the audit log and the language
    except BaseException:
        _free.release()
        raise


class Errand:
    """A call that somebody waits for, for a while: they get its outcome. When they have left, `alone` gets it, in the lane."""

    def __init__(self, call: Callable[[], Any], alone: Callable[[Outcome], None]) -> None:
        self._call, self._alone = call, alone
        self._outcome: Outcome = Future()
        self._lock = threading.Lock()
        self._deserted = False

    def wait(self, seconds: float) -> Outcome | None:
        """The outcome (a result or an exception), or None: it goes on alone."""
        with suppress(TimeoutError):
            self._outcome.exception(timeout=seconds)
        with self._lock:
            if self._outcome.done():
                return self._outcome
            self._deserted = True
            return None

    def run(self) -> None:
        """In the lane."""
        outcome = outcome_of(self._call)
        with self._lock:
            error = outcome.exception()
            if error is None:
                self._outcome.set_result(outcome.result())
            else:
                self._outcome.set_exception(error)
            deserted = self._deserted
        if deserted:
            self._alone(self._outcome)


def outcome_of(call: Callable[[], Any]) -> Outcome:
    outcome: Outcome = Future()
    try:
        outcome.set_result(call())
    except Exception as error:  # whoever asks for the result gets it
        outcome.set_exception(error)
    return outcome
