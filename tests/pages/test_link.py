"""Signing in by a link from an email: nothing happens before the button, and it works once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from idp.audit.models import Event
from idp.signin.experience import update_experience
from idp.signin.models import Interaction, Session
from idp.users.models import StaffRole, User
from idp.users.services import create_administrator, create_user, update_user
from idp.users.staff import set_role
from idp.verification import one_time_tokens
from idp.verification.models import OneTimeToken
from tests.conftest import PASSWORD
from tests.mfa.helpers import mfa, with_totp
from tests.protocol.client import App, query_of
from tests.protocol.test_pushed_requests import push, visit

pytestmark = pytest.mark.django_db
EMAIL = "ada@example.com"
LINK = "/one-time-token?app_id=bookstore"
WITH_EMAIL = {
    "sign_up": {"identifiers": ["email"], "password": False, "verify": True},
    "sign_in": {
        "methods": [{"identifier": "email", "password": True, "verificationCode": True, "isPasswordPrimary": False}]
    },
}


def link(email: str = EMAIL, **more: Any) -> dict[str, str]:
    _, token = one_time_tokens.create(by="test", email=email, **more)
    return {"one_time_token": token, "login_hint": email}


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return re.sub(r"\s+", " ", answer.content.decode())


def press(app: App, **values: str) -> dict[str, str]:
    """The button; what came back to the app."""
    return query_of(app.follow(app.browser.post(LINK, values))["Location"])


def test_the_whole_way(app: App, ada: User) -> None:
    asked = link()
    page = app.authorize(**asked)["Location"]
    assert page.startswith("/one-time-token?app_id=bookstore")
    for _ in range(3):  # a scanner, a preview, the person
        assert EMAIL in text_of(app.browser.get(page))
    assert OneTimeToken.objects.get().status == "active"
    assert asked["one_time_token"] not in str(Interaction.objects.get().params)
    answer = app.exchange(press(app)["code"]).json()
    assert "access_token" in answer
    assert OneTimeToken.objects.get().status == "consumed"
    assert (Session.objects.get().user, Session.objects.get().amr) == (ada, ["otp"])
    assert Event.objects.filter(key="one_time_token.consumed").exists()


def test_in_a_pushed_request(app: App, ada: User) -> None:
    visit(app, push(app, **link()).json()["request_uri"])
    assert "code" in press(app)


@pytest.mark.parametrize("email", [EMAIL, "new@example.com"])
def test_whoever_became_an_administrator_after_it_was_made(app: App, ada: User, email: str) -> None:
    """The same for an address that an administrator got after it."""
    asked = link(email)
    set_role(by="test", user=ada, role=StaffRole.SUPPORT)
    update_user(by="test", user=ada, email=email)
    app.authorize(**asked)
    refusal = app.browser.post(LINK)["Location"]
    assert refusal == "/one-time-token/error?app_id=bookstore&reason=token_revoked"
    assert OneTimeToken.objects.get().status == "revoked"
    assert not Session.objects.exists()


def test_an_administrator_by_an_owner(app: App, ada: User) -> None:
    set_role(by="test", user=ada, role=StaffRole.SUPPORT)
    app.authorize(**link(by_owner=True))
    assert "code" in press(app)


def test_twice(app: App, ada: User) -> None:
    asked = link()
    app.authorize(**asked)
    press(app)
    Session.objects.all().delete()
    app.authorize(**asked)
    refusal = app.browser.post(LINK)["Location"]
    assert refusal == "/one-time-token/error?app_id=bookstore&reason=token_consumed"
    assert "was used before" in text_of(app.browser.get(refusal))
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"expires_at": timezone.now() - timedelta(1)}, "token_expired"),
        ({"status": "revoked"}, "token_revoked"),
        ({"email": "bob@example.com"}, "email_mismatch"),
        ({"digest": "x"}, "token_not_found"),
    ],
)
def test_what_will_not_do(app: App, ada: User, change: dict[str, Any], reason: str) -> None:
    app.authorize(**link())
    OneTimeToken.objects.update(**change)
    assert app.browser.post(LINK)["Location"].endswith(f"reason={reason}")
    assert not Session.objects.exists()


def test_somebody_new(app: App) -> None:
    update_experience(by="test", **WITH_EMAIL)
    app.authorize(**link("grace@example.com"))
    assert "code" in press(app)
    assert User.objects.get().primary_email == "grace@example.com"


def test_somebody_new_where_nobody_signs_up_by_email(app: App) -> None:
    app.authorize(**link("grace@example.com"))
    page = app.browser.post(LINK)["Location"]
    assert page.startswith("/sign-in/new-account")
    assert "cannot be created here" in text_of(app.browser.get(page))
    assert not User.objects.exists()


def test_somebody_else_is_signed_in(app: App, ada: User) -> None:
    app.sign_in_with_password("ada", PASSWORD)
    create_user(by="test", username="bob", email="bob@example.com", password=PASSWORD)
    page = app.authorize(**link("bob@example.com"))["Location"]
    assert page.startswith("/switch-account")
    text = text_of(app.browser.get(page))
    assert ("signed in as Ada Lovelace" in text, "Continue as bob@example.com" in text) == (True, True)
    assert "code" in press(app)
    assert Session.objects.get().user.primary_email == "bob@example.com"


def test_who_is_signed_in_already_needs_no_link(app: App, ada: User) -> None:
    app.sign_in_with_password("ada", PASSWORD)
    assert app.authorize(**link())["Location"].startswith("com.example.app://callback?code=")
    assert OneTimeToken.objects.get().status == "active"


def test_a_link_from_the_console_leads_to_the_account(ada: User) -> None:
    page = staff().post(f"/console/users/{ada.pk}/sign-in-link")
    assert "no-store" in page["Cache-Control"]
    found = re.search(r"http://localhost:3001(/one-time-token[^<\"]*)", page.content.decode())
    assert found
    browser = Client()
    address = found.group(1).replace("&amp;", "&")
    here = browser.get(address)["Location"]
    assert here == "/one-time-token?app_id=account-center"
    assert "one_time_token" not in here
    back = browser.get(browser.post(here)["Location"])
    assert back["Location"] == "/account"
    assert "Ada Lovelace" in text_of(browser.get("/account"))


def staff() -> Client:
    client = Client()
    client.force_login(create_administrator(by="test", username="root", password=PASSWORD))
    return client


def test_the_second_factor_is_asked_for_all_the_same(app: App, ada: User) -> None:
    update_experience(by="test", **mfa("Totp"))
    with_totp(ada)
    app.authorize(**link())
    assert app.browser.post(LINK)["Location"].startswith("/mfa-verification")


def test_api(app: App, ada: User) -> None:
    asked = link()
    app.authorize()

    def call(method: str, path: str, body: Any) -> Any:
        send = getattr(app.browser, method)
        return send(f"/api/experience{path}", body, content_type="application/json")

    call("put", "", {"interactionEvent": "SignIn"})
    body = {"identifier": {"type": "email", "value": EMAIL}, "token": asked["one_time_token"]}
    wrong = call("post", "/verification/one-time-token/verify", {**body, "token": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (404, "one_time_token.token_not_found")
    verified = call("post", "/verification/one-time-token/verify", body).json()
    assert call("post", "/identification", verified).status_code == 204
    assert "redirectTo" in call("post", "/submit", {}).json()
    call("put", "", {"interactionEvent": "ForgotPassword"})
    refusal = call("post", "/verification/one-time-token/verify", body)
    assert refusal.json()["code"] == "one_time_token.interaction_event_mismatch"


def test_creation_marks_those_that_are_over(db: None) -> None:
    link()
    OneTimeToken.objects.update(expires_at=timezone.now() - timedelta(1))
    link()
    link()
    assert sorted(OneTimeToken.objects.values_list("status", flat=True)) == ["active", "active", "expired"]
