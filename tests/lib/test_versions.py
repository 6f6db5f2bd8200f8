"""A shared cache that does not answer: everything is read again, nothing breaks, and limits are not counted as if they were."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.test import Client

from idp.applications import clients
from idp.applications.services import create_application
from idp.lib import versions
from idp.signin import kept
from idp.users.models import Installation


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise redis.ConnectionError("refused")

    for name in ("get", "add", "incr", "set"):
        monkeypatch.setattr(versions.cache, name, refuse)
    yield
    versions._silent_until = 0.0


def test_nobody_knows_and_it_is_said_once(gone: None, caplog: pytest.LogCaptureFixture) -> None:
    assert [versions.current("a") for _ in range(20)] == [None] * 20
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    versions.bump("a")


def test_what_is_no_outage_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions.cache, "get", lambda *_: "no number")
    with pytest.raises(ValueError, match="no number"):
        versions.current("a")


@pytest.mark.django_db
def test_clients_and_settings_come_from_the_database(gone: None, django_assert_num_queries: Any) -> None:
    create_application(by="test", name="Job", type="MachineToMachine", client_id="job", with_secret=False)
    assert clients.get("job")
    with django_assert_num_queries(1):
        assert clients.get("job")
    kept.settings()
    with django_assert_num_queries(2):
        kept.settings()


@pytest.mark.django_db
def test_a_form_whose_tries_cannot_be_counted_is_not_tried(gone: None, client: Client) -> None:
    Installation.claim()
    answer = client.post("/console/sign-in", {"username": "root", "password": "x"}, headers={"Accept": "text/html"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


@pytest.mark.django_db
def test_nobody_is_refused_for_what_cannot_be_counted(gone: None) -> None:
    """What is limited so that nobody fills the database, not so that nobody guesses."""
    public, html = {"REMOTE_ADDR": "203.0.113.9"}, {"Accept": "text/html"}
    assert Client().get("/account", **public).status_code == 303  # type: ignore[arg-type]
    assert Client(headers=html).get("/oidc/auth", **public).status_code == 400  # type: ignore[arg-type]
