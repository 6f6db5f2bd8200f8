"""Lines of JSON, the name of the request in them, and nothing that a database quotes."""

import json
import logging
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from idp.deployment.middleware import ObservedMiddleware, group_of
from idp.lib import request_id
from idp.lib.logs import JsonFormatter


def formatted(**facts: Any) -> dict[str, Any]:
    record = logging.LogRecord(
        "idp.x", logging.WARNING, __file__, 1, "Hello %s\n2", ("there",), facts.pop("exc_info", None)
    )
    record.__dict__.update(facts)
    text = JsonFormatter().format(record)
    assert "\n" not in text
    line: dict[str, Any] = json.loads(text)
    return line


@pytest.fixture(autouse=True)
def _no_request() -> Any:
    yield
    request_id._current.set("")


def test_a_line() -> None:
    request_id._current.set("")
    line = formatted(fields={"status": 200})
    assert line.pop("time").endswith("Z")
    assert line == {"level": "warning", "logger": "idp.x", "message": "Hello there\n2", "status": 200}
    request_id.begin("from-the-proxy")
    assert formatted()["request"] == "from-the-proxy"


def test_what_a_database_quotes_is_cut_off() -> None:
    words = "duplicate key\nDETAIL:  Key (primary_phone)=(15551234567) already exists.\n"
    try:
        raise ValueError(words)
    except ValueError as error:
        line = formatted(exc_info=(type(error), error, error.__traceback__))
    assert "duplicate key" in line["error"]
    assert "15551234567" not in line["error"]


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "two words", "a\nb-12345678", "<script>alert(1)"])
def test_a_name_that_is_none_is_replaced(given: str) -> None:
    assert request_id.begin(given) != given
    assert len(request_id.current()) == 16


@pytest.mark.parametrize("path", ["/livez", "/oidc/jwks", "/nothing-here"])
def test_every_answer_has_it(path: str, db: None) -> None:
    given = {"X-Request-ID": "0af7651916cd43dd"}
    assert Client().get(path, headers=given).headers["X-Request-ID"] == "0af7651916cd43dd"


def test_a_request_is_a_line_without_its_query(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:

    settings.LOG_REQUESTS = True
    middleware = ObservedMiddleware(lambda _: HttpResponse(status=404))
    with caplog.at_level(logging.INFO, "latchkey.requests"):
        middleware(RequestFactory().get("/sign-in?code=secret"))
    (record,) = caplog.records
    fields = record.fields  # type: ignore[attr-defined]
    assert fields.pop("ms") < 1000
    assert fields == {"method": "GET", "path": "/sign-in", "status": 404}


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("/oidc/token", "token"), ("/oidc/token/introspection", "introspection"), ("/oidc/auth/abc", "authorize"),
        ("/oidc/jwks", "oidc"), ("/console/users/1", "console"), ("/sign-in", "pages"), ("/", "pages"),
    ],
)  # fmt: skip
def test_groups_of_paths(path: str, group: str) -> None:
    assert group_of(path) == group
