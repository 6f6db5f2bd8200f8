"""Cross-origin calls from WebViews and browsers (sdk-contract section 7)."""

from typing import Any

import pytest
from django.test import Client

from tests.protocol.client import App

pytestmark = pytest.mark.django_db
ALLOWED = ["capacitor://localhost", "https://localhost", "http://localhost:3001"]


@pytest.mark.parametrize("path", ["/oidc/.well-known/openid-configuration", "/oidc/jwks"])
@pytest.mark.parametrize("origin", ["https://anything.example", "capacitor://localhost"])
def test_discovery_and_keys_are_open(path: str, origin: str) -> None:
    answer = Client().get(path, headers={"Origin": origin})
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == origin
    assert "Origin" in answer["Vary"]


@pytest.mark.parametrize("origin", ALLOWED)
def test_registered_origins_read_errors_too(app: App, origin: str) -> None:
    answer = Client().post(
        "/oidc/token", {"client_id": "bookstore", "grant_type": "refresh_token", "refresh_token": "x"},
        headers={"Origin": origin},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (400, "oidc.invalid_grant")
    assert answer["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "capacitor://localhost.evil.example"])
def test_other_origins_are_refused(app: App, signed_in: dict[str, Any], origin: str) -> None:
    for answer in (
        Client().post("/oidc/token", {"client_id": "bookstore", "grant_type": "x"}, headers={"Origin": origin}),
        Client().post("/oidc/token/revocation", {"client_id": "bookstore", "token": "x"}, headers={"Origin": origin}),
        Client().get("/oidc/me", headers={"Origin": origin, "Authorization": f"Bearer {signed_in['access_token']}"}),
    ):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        assert "Access-Control-Allow-Origin" not in answer


def test_a_preflight_is_granted_with_its_headers() -> None:
    answer = Client().options(
        "/oidc/me", headers={"Origin": "capacitor://localhost", "Access-Control-Request-Headers": "authorization"}
    )
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Headers"] == "authorization"
    assert answer["Access-Control-Allow-Origin"] == "capacitor://localhost"


def test_userinfo_for_a_registered_origin(signed_in: dict[str, Any]) -> None:
    headers = {"Origin": "capacitor://localhost", "Authorization": f"Bearer {signed_in['access_token']}"}
    answer = Client().get("/oidc/me", headers=headers)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "capacitor://localhost")


def test_an_expired_token_is_readable_by_the_app() -> None:
    answer = Client().get("/oidc/me", headers={"Origin": "capacitor://localhost", "Authorization": "Bearer gone"})
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (401, "capacitor://localhost")
