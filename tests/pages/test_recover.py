"""A forgotten password, with plain forms."""

from typing import Any

import pytest

from idp.messaging.models import OutboxMessage
from idp.signin.experience import update_experience
from idp.signin.models import Session
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.protocol.client import App
from tests.signin.helpers import PHONE_ONLY, code_in_outbox

pytestmark = pytest.mark.django_db
NEW = "a brand new secret"
CODE, RESET = ("/forgot-password/verification-code?app_id=bookstore", "/forgot-password/reset?app_id=bookstore")


@pytest.fixture
def page(app: App, ada: User) -> str:
    first = app.browser.get(app.authorize()["Location"])
    link = "/forgot-password?app_id=bookstore"
    assert link in first.content.decode()
    return link


def prove(app: App, page: str, typed: str = "ada@example.com") -> None:
    assert app.browser.post(page, {"identifier": typed, "country": "US"})["Location"] == CODE
    assert app.browser.post(CODE, {"code": code_in_outbox()})["Location"] == RESET


@pytest.mark.parametrize("typed", ["ada@example.com", "(555) 123-4567"])
def test_the_whole_way(app: App, page: str, typed: str) -> None:
    prove(app, page, typed)
    done = app.browser.post(RESET, {"password": NEW})
    assert done["Location"] == "/sign-in?app_id=bookstore&notice=password-changed"
    assert "Your password is changed" in app.browser.get(done["Location"]).content.decode()
    assert "code" in app.sign_in_with_password("ada", NEW)


def test_the_old_password_and_old_sessions_are_out(app: App, page: str, signed_in: dict[str, Any]) -> None:
    stranger = App(app.client_id, app.redirect_uri)
    stranger.authorize()
    prove(stranger, page)
    stranger.browser.post(RESET, {"password": NEW})
    assert not Session.objects.exists()
    assert app.refresh(signed_in["refresh_token"]).json()["error"] == "invalid_grant"
    assert not User.objects.get().check_password(PASSWORD)


def test_nobody_learns_who_has_an_account(app: App, page: str) -> None:
    known = app.browser.post(page, {"identifier": "ada@example.com", "country": "US"})
    unknown = app.browser.post(page, {"identifier": "nobody@example.com", "country": "US"})
    assert known["Location"] == unknown["Location"] == CODE
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("password", "sentence"),
    [("short", "too short"), (PASSWORD, "This is your password already"), ("", "Choose a password")],
)
def test_a_password_that_will_not_do(app: App, page: str, password: str, sentence: str) -> None:
    prove(app, page)
    assert sentence in app.browser.post(RESET, {"password": password}).content.decode()
    assert User.objects.get().check_password(PASSWORD)


def test_without_a_proof_there_is_no_reset(app: App, page: str) -> None:
    app.browser.post(page, {"identifier": "ada@example.com", "country": "US"})
    assert app.browser.post(RESET, {"password": NEW})["Location"] == CODE
    assert User.objects.get().check_password(PASSWORD)


def test_a_code_for_signing_in_resets_no_password(app: App, ada: User, page: str) -> None:
    update_experience(by="test", **PHONE_ONLY)
    app.browser.post("/sign-in?app_id=bookstore", {"identifier": "+15551234567", "country": "US"})
    digits = code_in_outbox()
    app.browser.post(page, {"identifier": "ada@example.com", "country": "US"})
    assert app.browser.post(CODE, {"code": digits}).status_code == 200
    assert app.browser.get(RESET)["Location"] == CODE
