"""The main story: an unmodified Capacitor app on a phone signs people in with a code by text message."""

import base64
import json
from typing import Any

import pytest
from playwright.sync_api import Request, expect

from tests.journeys.harness import documents
from tests.journeys.harness.android import CapacitorApp, Phone
from tests.journeys.harness.documents import BOOKSTORE, CALLBACK, SIGNED_OUT
from tests.journeys.harness.hosted import HostedPages
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.journey import sign_in_by_text, sign_up_by_text
from tests.journeys.harness.live_server import LiveServer

ORIGINS = ("https://localhost", "http://localhost")  # Capacitor 6 and later, Capacitor 5


@pytest.fixture
def server(live_server_process: LiveServer) -> LiveServer:
    live_server_process.apply({"signInExperience": documents.PHONE_CODE})
    return live_server_process


@pytest.fixture(params=ORIGINS)
def app(request: pytest.FixtureRequest, server: LiveServer, phone: Phone) -> CapacitorApp:
    return phone.app(
        origin=request.param,
        endpoint=server.url,
        app_id=BOOKSTORE,
        scopes=["phone", "roles", "read:books", "write:books"],
        resources=[documents.BOOKS_API],
    )


@pytest.fixture
def number(app: CapacitorApp, inbox: Inbox) -> str:
    """Somebody has just signed up in the app with this number."""
    number = inbox.new_phone_number()
    with app.asks("signIn", CALLBACK) as tab:
        sign_up_by_text(tab, inbox, number)
    assert app.answer() == {"value": None}
    return number


def test_a_new_number_gets_an_account_and_the_app_knows_who_signed_in(
    app: CapacitorApp, inbox: Inbox, server: LiveServer
) -> None:
    number = inbox.new_phone_number()
    assert app.call("isAuthenticated") is False
    with app.asks("signIn", CALLBACK) as tab:
        hosted = HostedPages(tab)
        hosted.heading("Sign in")
        hosted.give_phone_number(number)
        hosted.heading("Check your messages")
        expect(hosted.code_field).to_have_attribute("autocomplete", "one-time-code")
        expect(hosted.code_field).to_have_attribute("inputmode", "numeric")
        expect(hosted.code_field).to_be_focused()
        hosted.type_code(inbox.code_texted_to(number))
        hosted.heading("You are new here")
        hosted.press("Create account")
    assert app.answer() == {"value": None}
    assert tab.is_closed()
    [text] = inbox.texts_to(number)
    assert (text.host, text.risk_check) == ("api.twilio.com", "enable")

    assert app.call("isAuthenticated") is True
    claims = app.call("getIdTokenClaims")
    assert (claims["iss"], claims["aud"]) == (f"{server.url}/oidc", BOOKSTORE)
    assert (claims["phone_number"], claims["phone_number_verified"]) == (f"1{number}", True)
    assert claims["roles"] == ["Reader"], "everybody who is new has the default role"
    userinfo = app.call("fetchUserInfo")
    assert (userinfo["sub"], userinfo["phone_number"]) == (claims["sub"], f"1{number}")


def test_the_app_gets_access_tokens_for_itself_and_for_an_api(app: CapacitorApp, number: str) -> None:
    opaque = app.call("getAccessToken")
    assert "." not in opaque
    claims = _payload(app.call("getAccessToken", documents.BOOKS_API))
    assert (claims["aud"], claims["client_id"]) == (documents.BOOKS_API, BOOKSTORE)
    assert claims["scope"] == "read:books", "of what the app asked for, what the person's role allows"
    assert app.call("getAccessToken") == opaque, "a token that is still good is not asked for again"


def test_a_cold_start_refreshes_the_tokens(app: CapacitorApp, number: str) -> None:
    before = app.call("getAccessToken")
    remembered = app.preferences["refreshToken"]
    app.cold_start()
    assert app.call("isAuthenticated") is True
    with app.page.expect_request(_is_refresh):
        after = app.call("getAccessToken")
    assert after != before
    assert app.preferences["refreshToken"] != remembered, "the refresh token of a public client rotates"
    assert app.call("fetchUserInfo")["phone_number"] == f"1{number}"


def test_a_cold_start_may_ask_for_several_tokens_at_once(app: CapacitorApp, number: str) -> None:
    app.cold_start()
    tokens = app.page.evaluate(
        "(api) => Promise.all([window.logto.getAccessToken(), window.logto.getAccessToken(api)])", documents.BOOKS_API
    )
    assert all(tokens)
    app.cold_start()
    assert app.call("getAccessToken"), "the family of refresh tokens is still alive"


def test_sign_out_ends_on_our_page_and_the_next_sign_in_asks_again(
    app: CapacitorApp, number: str, inbox: Inbox
) -> None:
    stolen = app.preferences["refreshToken"]
    with app.asks("signOut") as tab:
        HostedPages(tab).heading("You are signed out")
        app.close_tab()
    assert app.answer() == {"value": None}
    assert app.call("isAuthenticated") is False
    refused = app.page.request.post(
        f"{app.config['endpoint']}/oidc/token",
        form={"client_id": BOOKSTORE, "refresh_token": stolen, "grant_type": "refresh_token"},
    )
    assert refused.json()["error"] == "invalid_grant"
    with app.asks("signIn", CALLBACK) as tab:
        sign_in_by_text(tab, inbox, number)
    assert app.answer() == {"value": None}


def test_sign_out_with_an_address_returns_to_the_app(app: CapacitorApp, number: str) -> None:
    app.begin("signOut", SIGNED_OUT)
    assert app.answer() == {"value": None}
    assert app.tab is None, "the app has closed the browser"
    assert app.call("isAuthenticated") is False


def test_closing_the_browser_cancels_the_sign_in(app: CapacitorApp, inbox: Inbox) -> None:
    with app.asks("signIn", CALLBACK) as tab:
        HostedPages(tab).heading("Sign in")
        app.close_tab()
    assert app.answer()["error"] | {"message": ""} == {
        "name": "LogtoClientError",
        "code": "user_cancelled",
        "message": "",
    }
    with app.asks("signIn", CALLBACK) as tab:
        sign_up_by_text(tab, inbox, inbox.new_phone_number())
    assert app.answer() == {"value": None}


def _is_refresh(request: Request) -> bool:
    return request.url.endswith("/oidc/token") and "grant_type=refresh_token" in (request.post_data or "")


def _payload(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
