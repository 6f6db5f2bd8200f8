"""The bell wakes the worker at once; when it is out of order nobody waits and nothing breaks."""

import os
import threading
import time
import uuid
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import Settings

from idp.lib import bell

REDIS = os.environ.get("CACHE_URL", "")


@pytest.fixture(autouse=True)
def _new() -> Iterator[None]:
    bell._redis.cache_clear()
    bell._silent_until = 0.0
    yield
    bell._redis.cache_clear()
    bell._silent_until = 0.0


def test_without_one_the_worker_waits(settings: Settings) -> None:
    settings.QUEUE_URL = ""
    bell.ring()
    started = time.monotonic()
    assert not bell.wait(0.05, threading.Event())
    assert time.monotonic() - started >= 0.05


def test_out_of_order_is_said_once_and_keeps_nobody(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.QUEUE_URL = "redis://127.0.0.1:9/0"
    started = time.monotonic()
    for _ in range(50):
        bell.ring()
    assert time.monotonic() - started < 1
    assert len(caplog.records) == 1
    stop = threading.Event()
    stop.set()
    assert not bell.wait(5, stop)
    assert time.monotonic() - started < 3


@pytest.mark.skipif(not REDIS.startswith("redis"), reason="needs Redis: CACHE_URL says where")
class TestRedis:
    @pytest.fixture(autouse=True)
    def _own(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """A bell of this test's own: other processes test theirs beside it."""
        settings.QUEUE_URL = REDIS.rpartition("/")[0] + "/15"
        monkeypatch.setattr(bell, "_KEY", f"latchkey:bell:{uuid.uuid4()}")
        yield
        bell._redis(settings.QUEUE_URL, 0.25).delete(bell._KEY)

    def test_it_wakes_at_once(self) -> None:
        threading.Timer(0.1, bell.ring).start()
        started = time.monotonic()
        assert bell.wait(10, threading.Event())
        assert time.monotonic() - started < 5
        assert not bell.wait(0.2, threading.Event())

    def test_rings_that_nobody_heard_are_few(self, settings: Settings) -> None:
        for _ in range(40):
            bell.ring()
        assert bell._redis(settings.QUEUE_URL, 0.25).llen(bell._KEY) == 16

    def test_after_the_commit_and_not_before(self, settings: Settings, transactional_db: None) -> None:
        with transaction.atomic():
            bell.ring_on_commit()
            assert bell._redis(settings.QUEUE_URL, 0.25).llen(bell._KEY) == 0
        assert bell._redis(settings.QUEUE_URL, 0.25).llen(bell._KEY) == 1
