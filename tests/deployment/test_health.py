"""/livez and /readyz: what fails is named."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from idp.deployment import schema, upkeep, views
from idp.deployment.models import Heartbeat
from idp.lib import replica

pytestmark = pytest.mark.django_db


def ready() -> tuple[int, str, dict[str, str]]:
    answer = Client().get("/readyz", headers={"Host": "10.1.2.3"})  # a probe knows no name
    body = answer.json()
    return answer.status_code, body["status"], body["parts"]


def down(*_: Any, **__: Any) -> Any:
    raise OperationalError("not there")


def test_everything_works() -> None:
    upkeep.beat()
    upkeep.beat()
    assert Heartbeat.objects.count() == 1
    assert ready() == (200, "ok", {"database": "ok", "cache": "ok", "migrations": "ok", "worker": "ok"})


@pytest.mark.parametrize("age", [None, 61])
def test_no_worker_is_told_and_sends_nobody_away(age: int | None) -> None:
    if age is not None:
        Heartbeat.objects.create(pk="host:1", seen_at=timezone.now() - timedelta(seconds=age))
    status, word, parts = ready()
    assert (status, word, parts["worker"]) == (200, "degraded", "failing")


def test_a_replica_that_is_down_is_told_and_sends_nobody_away(monkeypatch: pytest.MonkeyPatch) -> None:
    upkeep.beat()
    monkeypatch.setattr(replica, "exists", lambda: True)
    status, word, parts = ready()  # no connection of that name
    assert (status, word, parts["replica"]) == (200, "degraded", "failing")


def test_a_cache_that_is_down_is_told_and_sends_nobody_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """People sign in without it (tests/journeys/faults), and every machine has the same one."""
    upkeep.beat()
    monkeypatch.setattr(cache, "set", down)
    status, word, parts = ready()
    assert (status, word, parts["cache"], parts["worker"]) == (200, "degraded", "failing", "ok")


@pytest.mark.parametrize("part", ["database", "migrations"])
def test_what_requests_need_is_named(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upkeep.beat()
    monkeypatch.setitem(views._NEEDED, part, down)
    status, word, parts = ready()
    assert (status, word, parts[part]) == (503, "unavailable", "failing")
    assert parts["worker"] == "unknown"
    assert [name for name, state in parts.items() if state == "failing"] == [part]


def test_a_missing_migration_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_complete", False)
    newest = MigrationRecorder.Migration.objects.filter(app="messaging").latest("name")
    newest.delete()
    assert schema.missing_migrations() == [f"messaging.{newest.name}"]
    assert ready()[2]["migrations"] == "failing"


def test_living_asks_nobody(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    monkeypatch.setattr(cache, "get", down)
    with django_assert_num_queries(0):
        assert Client().get("/livez").content == b"ok"
