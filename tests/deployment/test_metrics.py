"""Who may read /metrics, what is missing, and what Sentry and OpenTelemetry do not get. Numbers: tests/journeys."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from idp.audit.models import Event
from idp.deployment import checks, metrics, telemetry
from idp.lib import metrics as counters


def test_off_without_a_token(db: None) -> None:
    assert Client().get("/metrics").status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer wrong", "Bearer"])
def test_not_without_the_token(settings: Settings, given: str) -> None:
    settings.METRICS_TOKEN = "t" * 32
    answer = Client().get("/metrics", headers={"Authorization": given})
    assert answer.status_code == 401
    assert b"latchkey_" not in answer.content


@pytest.mark.parametrize(
    ("event", "counted"),
    [
        (Event(key="user.signed_in", data={"method": "password"}), ("sign_ins", "password", "succeeded")),
        (Event(key="user.signed_in", data={"method": "<new>"}), ("sign_ins", "unknown", "succeeded")),
        (Event(key="user.sign_in_failed", succeeded=False, data={"method": "link"}), ("sign_ins", "link", "failed")),
        (Event(key="user.sign_in_failed", succeeded=False, data={}), ("sign_ins", "unknown", "failed")),
        (Event(key="verification.wrong_code", data={}), ("sign_ins", "code", "failed")),
        (Event(key="verification.code_sent", data={"channel": "phone"}), ("code_sends", "phone", "sent")),
        (Event(key="verification.rate_limited", data={"channel": "email"}), ("code_sends", "email", "limited")),
        (Event(key="user.updated", data={}), None),
    ],
)
def test_events_are_counted(event: Event, counted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(counters, "count", lambda *labels: seen.append(labels))
    metrics.count_event(event)
    assert seen == ([] if counted is None else [counted])


def test_an_extra_that_is_missing_is_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SENTRY_DSN, settings.OTEL_ENDPOINT = "https://key@sentry.example.com/1", "http://collector:4318"
    monkeypatch.setattr(telemetry, "find_spec", lambda name: None)
    found = [message.hint for message in checks.safe_settings(None) if message.id == "latchkey.E011"]
    assert [hint.rpartition(" ")[2] for hint in found if hint] == ["sentry", "otel"]


def test_sentry_gets_method_and_path() -> None:
    event = {
        "request": {"method": "GET", "url": "https://id.example.com/cb?code=1", "query_string": "code=1", "cookies": {"a": 1},
                    "headers": {"Authorization": "Bearer x"}, "data": {"password": "x"}},
        "user": {"ip_address": "203.0.113.1"},
    }  # fmt: skip
    sent = telemetry.without_request(event, None)
    assert sent == {"request": {"method": "GET", "url": "https://id.example.com/cb"}}


def test_traces_have_no_query() -> None:
    attributes = {"url.full": "https://id.example.com/cb?code=1", "url.query": "code=1", "http.method": "GET"}
    span = SimpleNamespace(attributes=attributes, is_recording=lambda: True, set_attribute=attributes.__setitem__)
    telemetry.without_query(span, None)
    assert attributes == {"url.full": "https://id.example.com/cb", "url.query": "", "http.method": "GET"}


def test_traces_begin_before_the_middleware_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instrumentation adds a middleware to the settings, which the application reads once."""
    import importlib

    import django.core.wsgi

    import idp.wsgi

    order: list[str] = []
    monkeypatch.setattr(telemetry, "start", lambda: order.append("telemetry"))
    monkeypatch.setattr(django.core.wsgi, "get_wsgi_application", lambda: order.append("application"))
    importlib.reload(idp.wsgi)
    assert order == ["telemetry", "application"]
    monkeypatch.undo()
    importlib.reload(idp.wsgi)
