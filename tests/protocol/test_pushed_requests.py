"""RFC 9126: authorization requests that a client sends ahead."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from idp.tokens.models import PushedRequest
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.protocol.client import App, query_of

pytestmark = pytest.mark.django_db


def push(app: App, address: str = "127.0.0.1", **changes: str) -> Any:
    body = {
        "client_id": app.client_id,
        "redirect_uri": app.redirect_uri,
        "response_type": "code",
        "scope": "openid profile",
        "state": "pushed-state",
        "code_challenge": app.challenge,
        "code_challenge_method": "S256",
        **changes,
    }
    return Client().post("/oidc/request", {name: value for name, value in body.items() if value}, REMOTE_ADDR=address)


def visit(app: App, request_uri: str, **more: str) -> Any:
    query = {"client_id": app.client_id, "request_uri": request_uri, **more}
    return app.browser.get(f"/oidc/auth?{urlencode(query)}")


def sign_in(app: App, page: Any) -> dict[str, str]:
    response = app.browser.post(page["Location"], {"identifier": "ada", "password": PASSWORD})
    return query_of(app.follow(response)["Location"])


def test_the_whole_way(app: App, ada: User) -> None:
    answer = push(app)
    assert answer.status_code == 201
    body = answer.json()
    assert body["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert 5 < body["expires_in"] <= 600
    values = sign_in(app, visit(app, body["request_uri"]))
    assert values["state"] == "pushed-state"
    assert app.exchange(values["code"]).json()["scope"] == "openid profile"


def test_parameters_beside_it_do_not_count(app: App, ada: User) -> None:
    page = visit(app, push(app).json()["request_uri"], state="other", scope="openid email")
    assert sign_in(app, page)["state"] == "pushed-state"


def test_it_may_be_visited_again_until_there_is_a_code(app: App, ada: User) -> None:
    request_uri = push(app).json()["request_uri"]
    visit(app, request_uri)
    assert "code" in sign_in(app, visit(app, request_uri))
    assert visit(app, request_uri).json()["error"] == "invalid_request_uri"


def test_signing_in_may_take_longer_than_the_request_uri_lives(app: App, ada: User) -> None:
    page = visit(app, push(app).json()["request_uri"])
    PushedRequest.objects.update(expires_at=timezone.now() - timedelta(minutes=5))
    assert "code" in sign_in(app, page)


@pytest.mark.parametrize("spoil", ["expired", "unknown", "another client"])
def test_a_request_uri_that_does_not_count(app: App, spoil: str) -> None:
    request_uri = push(app).json()["request_uri"]
    if spoil == "expired":
        PushedRequest.objects.update(expires_at=timezone.now())
    elif spoil == "unknown":
        request_uri += "x"
    else:
        app.client_id = "demo-app"
    answer = visit(app, request_uri)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request_uri")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "nobody"}, "invalid_client"),
        ({"redirect_uri": "https://evil.example"}, "invalid_redirect_uri"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
    ],
)
def test_a_bad_request_is_refused_when_it_is_pushed(app: App, changes: dict[str, str], error: str) -> None:
    answer = push(app, **changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_get_is_no_way_to_push() -> None:
    assert Client().get("/oidc/request").status_code == 404
