"""What a WebView may ask over HTTP, for every origin that Capacitor and Ionic give their pages; errors too."""

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, APIResponse, Browser

from tests.journeys.harness import documents
from tests.journeys.harness.documents import BOOKSTORE
from tests.journeys.harness.eyes import Eyes
from tests.journeys.harness.live_server import LiveServer

# Headers are the same on every database.
pytestmark = pytest.mark.parametrize("live_server_process", ["sqlite"], indirect=True)


@pytest.fixture
def requests(browser: Browser, eyes: Eyes) -> APIRequestContext:
    return eyes.watch(browser.new_context()).request


@pytest.fixture(params=documents.WEBVIEW_ORIGINS)
def origin(request: pytest.FixtureRequest) -> str:
    return str(request.param)


CASES: Mapping[str, tuple[str, str, dict[str, Any], int]] = {
    "discovery": ("GET", "/oidc/.well-known/openid-configuration", {}, 200),
    "keys": ("GET", "/oidc/jwks", {}, 200),
    "a wrong code": (
        "POST",
        "/oidc/token",
        {
            "form": {
                "client_id": BOOKSTORE,
                "grant_type": "authorization_code",
                "code": "wrong",
                "code_verifier": "v" * 43,
            }
        },
        400,
    ),
    "a wrong refresh token": (
        "POST",
        "/oidc/token",
        {"form": {"client_id": BOOKSTORE, "grant_type": "refresh_token", "refresh_token": "wrong"}},
        400,
    ),
    "an unknown token is revoked": (
        "POST",
        "/oidc/token/revocation",
        {"form": {"client_id": BOOKSTORE, "token": "x"}},
        200,
    ),
    "a wrong bearer token": ("GET", "/oidc/me", {"headers": {"Authorization": "Bearer wrong"}}, 401),
}


@pytest.mark.parametrize("case", CASES)
def test_the_app_may_read_the_answer(
    live_server_process: LiveServer, requests: APIRequestContext, origin: str, case: str
) -> None:
    method, path, options, status = CASES[case]
    headers = {"Origin": origin, **options.get("headers", {})}
    response = requests.fetch(live_server_process.url + path, method=method, **{**options, "headers": headers})
    assert response.status == status, response.text()
    assert response.headers["access-control-allow-origin"] in (origin, "*")
    if status >= 400:
        assert {"code", "message", "error", "error_description"} <= set(response.json())


def test_userinfo_may_be_asked_with_a_token(
    live_server_process: LiveServer, requests: APIRequestContext, origin: str
) -> None:
    response = _preflight(requests, f"{live_server_process.url}/oidc/me", origin)
    assert response.ok
    assert response.headers["access-control-allow-origin"] in (origin, "*")
    assert "authorization" in response.headers["access-control-allow-headers"].lower()


def test_the_origin_of_a_stranger_is_refused(live_server_process: LiveServer, requests: APIRequestContext) -> None:
    form = {"client_id": BOOKSTORE, "grant_type": "refresh_token", "refresh_token": "wrong"}
    response = requests.post(
        f"{live_server_process.url}/oidc/token", form=form, headers={"Origin": "https://evil.example"}
    )
    assert response.status == 400
    assert "access-control-allow-origin" not in response.headers


def _preflight(requests: APIRequestContext, url: str, origin: str) -> APIResponse:
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    return requests.fetch(url, method="OPTIONS", headers={"Origin": origin, **asked})
