"""Username and password, and codes by email, in the same app."""

import pytest
from playwright.sync_api import expect

from tests.journeys.harness import documents
from tests.journeys.harness.android import CapacitorApp, Phone
from tests.journeys.harness.documents import BOOKSTORE, CALLBACK, SIGNED_OUT
from tests.journeys.harness.hosted import HostedPages
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import LiveServer

PASSWORD = "a long walk by the river"


@pytest.fixture
def app(live_server_process: LiveServer, phone: Phone) -> CapacitorApp:
    return phone.app(
        origin="https://localhost", endpoint=live_server_process.url, app_id=BOOKSTORE, scopes=["email", "phone"]
    )


def test_sign_up_and_sign_in_with_a_username_and_a_password(
    live_server_process: LiveServer, app: CapacitorApp, inbox: Inbox
) -> None:
    live_server_process.apply({"signInExperience": documents.USERNAME_PASSWORD})
    username = inbox.new_username()
    with app.asks("signIn", CALLBACK) as tab:
        hosted = HostedPages(tab)
        hosted.heading("Sign in")
        tab.get_by_role("link", name="Create account").click()
        hosted.heading("Create your account")
        hosted.username_field.fill(username)
        hosted.press("Create account")
        hosted.heading("Choose a password")
        hosted.password_field.fill("short")
        hosted.press("Create account")
        expect(tab.get_by_text("8 characters", exact=False).first).to_be_visible()
        hosted.heading("Choose a password")
        hosted.password_field.fill(PASSWORD)
        hosted.press("Create account")
    assert app.answer() == {"value": None}
    assert app.call("getIdTokenClaims")["username"] == username

    _sign_out(app)
    with app.asks("signIn", CALLBACK) as tab:
        hosted = HostedPages(tab)
        hosted.heading("Sign in")
        hosted.username_field.fill(username)
        hosted.password_field.fill("not my password")
        hosted.press("Sign in")
        expect(hosted.alert()).to_contain_text("The account or the password is not right.")
        expect(hosted.username_field).to_have_value(username)
        hosted.heading("Sign in")
        hosted.password_field.fill(PASSWORD)
        hosted.press("Sign in")
    assert app.answer() == {"value": None}
    assert app.call("fetchUserInfo")["username"] == username


def test_sign_up_and_sign_in_with_a_code_by_email(
    live_server_process: LiveServer, app: CapacitorApp, inbox: Inbox
) -> None:
    live_server_process.apply({"signInExperience": documents.EMAIL_CODE})
    address = inbox.new_email_address()
    with app.asks("signIn", CALLBACK) as tab:
        hosted = _give_address_and_code(app, inbox, address)
        hosted.heading("You are new here")
        hosted.press("Create account")
    assert app.answer() == {"value": None}
    claims = app.call("getIdTokenClaims")
    assert (claims["email"], claims["email_verified"]) == (address, True)

    _sign_out(app)
    with app.asks("signIn", CALLBACK):
        _give_address_and_code(app, inbox, address)
    assert app.answer() == {"value": None}
    assert app.call("getIdTokenClaims")["sub"] == claims["sub"]
    assert tab.is_closed()


def _give_address_and_code(app: CapacitorApp, inbox: Inbox, address: str) -> HostedPages:
    hosted = HostedPages(app.opened_tab())
    hosted.heading("Sign in")
    hosted.give_email_address(address)
    hosted.heading("Check your inbox")
    hosted.type_code(inbox.code_mailed_to(address))
    return hosted


def _sign_out(app: CapacitorApp) -> None:
    app.begin("signOut", SIGNED_OUT)
    assert app.answer() == {"value": None}
