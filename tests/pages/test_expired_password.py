"""A password that is too old signs nobody in until a new one is chosen."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from idp.signin.errors import ExperienceInvalid
from idp.signin.experience import update_experience
from idp.signin.models import Session, SignInExperience
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.console.people import save_and_confirm, staff_client
from tests.protocol.client import App

pytestmark = pytest.mark.django_db
NEW, PAGE = "a brand new secret", "/sign-in/new-password?app_id=bookstore"


@pytest.fixture
def expired(app: App, ada: User) -> User:
    update_experience(by="", password_expiration={"enabled": True, "validPeriodDays": 90})
    User.objects.filter(pk=ada.pk).update(password_updated_at=timezone.now() - timedelta(days=91))
    return ada


def enter(app: App, password: str = PASSWORD) -> Any:
    app.browser.get(app.authorize()["Location"])
    return app.browser.post("/sign-in?app_id=bookstore", {"identifier": "ada", "password": password})


def test_a_new_one_is_chosen_and_signs_in(app: App, expired: User) -> None:
    assert enter(app)["Location"] == PAGE
    assert "Your password has expired." in app.browser.get(PAGE).content.decode()
    assert app.browser.post(PAGE, {"password": NEW})["Location"].startswith("/oidc/auth/")
    assert enter(App(app.client_id, app.redirect_uri), NEW)["Location"].startswith("/oidc/auth/")


@pytest.mark.parametrize(
    ("password", "sentence"), [(PASSWORD, "This is your password already."), ("short", "too short")]
)
def test_not_the_same_and_not_a_bad_one(app: App, expired: User, password: str, sentence: str) -> None:
    enter(app)
    assert sentence in app.browser.post(PAGE, {"password": password}).content.decode()
    assert User.objects.get().check_password(PASSWORD)


def test_there_is_no_way_around(app: App, expired: User) -> None:
    enter(app)
    interaction = app.browser.get("/sign-in/password?app_id=bookstore")
    assert interaction["Location"] == PAGE
    assert not Session.objects.exists()


def test_not_without_the_old_one(app: App, expired: User) -> None:
    assert enter(app, "wrong").status_code == 200
    assert app.browser.post(PAGE, {"password": NEW})["Location"] != PAGE
    assert User.objects.get().check_password(PASSWORD)


def test_the_experience_api_says_so_and_takes_the_new_one(app: App, expired: User) -> None:
    app.browser.get(app.authorize()["Location"])

    def send(method: str, path: str, body: dict[str, Any]) -> Any:
        return getattr(app.browser, method)(f"/api/experience{path}", body, content_type="application/json")

    send("put", "", {"interactionEvent": "SignIn"})
    verified = send(
        "post", "/verification/password", {"identifier": {"type": "username", "value": "ada"}, "password": PASSWORD}
    )
    send("post", "/identification", {"verificationId": verified.json()["verificationId"]})
    refused = send("post", "/submit", {})
    assert (refused.status_code, refused.json()["code"]) == (422, "password.expired")
    assert send("put", "/profile/password", {"password": NEW}).status_code == 204
    assert send("post", "/submit", {}).status_code == 200


class TestAge:
    @pytest.mark.parametrize(("days", "has_expired"), [(89, False), (91, True)])
    def test_of_a_password_whose_day_is_known(self, ada: User, days: int, has_expired: bool) -> None:
        experience = update_experience(by="", password_expiration={"enabled": True, "validPeriodDays": 90})
        ada.password_updated_at = timezone.now() - timedelta(days=days)
        assert experience.password_has_expired(ada) is has_expired

    def test_of_one_that_is_not_counts_from_the_day_this_was_switched_on(self, ada: User) -> None:
        User.objects.filter(pk=ada.pk).update(password_updated_at=None, created_at=timezone.now() - timedelta(days=900))
        update_experience(by="", password_expiration={"enabled": True, "validPeriodDays": 90})
        user = User.objects.get()
        assert not SignInExperience.load().password_has_expired(user)
        with time_machine.travel(timezone.now() + timedelta(days=91)):
            assert SignInExperience.load().password_has_expired(user)

    def test_of_somebody_without_a_password(self, ada: User) -> None:
        experience = update_experience(by="", password_expiration={"enabled": True, "validPeriodDays": 1})
        ada.password = ""
        assert not experience.password_has_expired(ada)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password_expiration": {"enabled": True, "validPeriodDays": 0}}, "password_expiration_invalid_period_days"),
        ({"password_expiration": {"enabled": True}}, "password_expiration_invalid_period_days"),
        (
            {"password_expiration": {"enabled": True, "validPeriodDays": 9}, "forgot_password_methods": []},
            "password_expiration_requires_forgot_password",
        ),
    ],
)
def test_what_cannot_be_saved(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ExperienceInvalid) as refusal:
        update_experience(by="", **changes)
    assert (refusal.value.code, refusal.value.status) == (f"sign_in_experiences.{code}", 422)


def test_the_console_keeps_the_day_it_was_switched_on(client: Client) -> None:
    browser = staff_client()
    page = browser.get("/console/security")
    values = {name: field.initial for name, field in page.context["form"].fields.items()} | page.context["form"].initial
    values = {name: value for name, value in values.items() if value not in (None, False)}
    save_and_confirm(browser, "/console/security", {**values, "expires": "on", "valid_days": "30"})
    first = SignInExperience.load().password_expiration
    browser.post("/console/security", {**values, "expires": "on", "valid_days": "60"})
    assert SignInExperience.load().password_expiration == {**first, "validPeriodDays": 60}
    assert first["validPeriodDays"] == 30
    browser.post("/console/security", {**values, "valid_days": "60"})
    assert SignInExperience.load().password_expiration == {}
