"""What the providers that tell people from robots are asked, and what their answers mean."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from connectors.captcha import RECAPTCHA, TURNSTILE
from connectors.errors import ConfigError, ConnectorError, ErrorCategory
from tests.support.captcha_server import CaptchaServer

KEYS = {"siteKey": "site", "secretKey": "hush"}


@pytest.fixture
def server(settings: Settings) -> Iterator[CaptchaServer]:
    with CaptchaServer() as server:
        settings.TURNSTILE_API_BASE_URL = settings.RECAPTCHA_API_BASE_URL = server.base_url
        yield server


def turnstile() -> bool:
    return TURNSTILE.build(TURNSTILE.validate(KEYS)).verify("token", "203.0.113.9")


def recaptcha(**changes: str) -> bool:
    return RECAPTCHA.build(RECAPTCHA.validate({**KEYS, "projectId": "books", **changes})).verify("token", "203.0.113.9")


def test_turnstile_is_asked_with_the_secret(server: CaptchaServer) -> None:
    assert turnstile()
    body = {"secret": "hush", "response": "token", "remoteip": "203.0.113.9"}
    assert server.asked == [("/turnstile/v0/siteverify", body, "")]


def test_turnstile_says_no(server: CaptchaServer) -> None:
    server.answer = (200, {"success": False, "error-codes": ["timeout-or-duplicate"]})
    assert not turnstile()


@pytest.mark.parametrize(
    ("answer", "category"),
    [
        ((200, {"success": False, "error-codes": ["invalid-input-secret"]}), ErrorCategory.CONFIGURATION),
        ((200, {"success": False, "error-codes": ["internal-error"]}), ErrorCategory.RETRY),
        ((503, "<html>"), ErrorCategory.RETRY),
        ((429, "{}"), ErrorCategory.RETRY),
        ((200, "<html>"), ErrorCategory.RETRY),
        ((200, "[]"), ErrorCategory.RETRY),
        ((403, "{}"), ErrorCategory.CONFIGURATION),
    ],
)
def test_no_answer_at_all(server: CaptchaServer, answer: tuple[int, Any], category: ErrorCategory) -> None:
    server.answer = answer
    with pytest.raises(ConnectorError) as failed:
        turnstile()
    assert failed.value.category is category


def test_nobody_there(server: CaptchaServer, settings: Settings) -> None:
    settings.TURNSTILE_API_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(ConnectorError) as failed:
        turnstile()
    assert failed.value.category is ErrorCategory.RETRY


@pytest.mark.parametrize(
    ("score", "valid", "mode", "passes"),
    [(0.9, True, "invisible", True), (0.1, True, "invisible", False), (0.9, False, "invisible", False),
     (0.1, True, "checkbox", True), (None, True, "invisible", False)],
)  # fmt: skip
def test_recaptcha(server: CaptchaServer, score: float | None, valid: bool, mode: str, passes: bool) -> None:
    server.answer = (200, {"tokenProperties": {"valid": valid}, "riskAnalysis": {"score": score}})
    assert recaptcha(mode=mode) is passes
    event = {"token": "token", "siteKey": "site", "userIpAddress": "203.0.113.9"}
    assert server.asked == [("/v1/projects/books/assessments", {"event": event}, "hush")]


def test_keys_that_cannot_be_keys() -> None:
    with pytest.raises(ConfigError) as refused:
        RECAPTCHA.validate({"siteKey": "a b", "secretKey": "", "projectId": "../x", "mode": "loud"})
    assert {problem.path for problem in refused.value.problems} == {"$.siteKey", "$.secretKey", "$.projectId", "$.mode"}
