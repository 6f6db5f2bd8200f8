"""Adaptive MFA: the second factor is asked for when a sign-in is unlike those before it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from idp.audit.models import Event
from idp.mfa.models import KnownBrowser
from idp.signin.errors import ExperienceInvalid
from idp.signin.experience import update_experience
from idp.signin.models import Session
from idp.users.models import User
from tests.api.callers import Page, refused
from tests.api.test_mfa import first_proof
from tests.conftest import PASSWORD
from tests.mfa.helpers import PASSWORD_METHODS, code, forget_use, with_totp
from tests.pages.second_step import SETUP, VERIFY, tokens_of
from tests.protocol.client import App

pytestmark = pytest.mark.django_db
ON = {
    "sign_in": PASSWORD_METHODS, "adaptive_mfa": {"enabled": True},
    "mfa": {"factors": ["Totp"], "policy": "PromptOnlyAtSignInMandatory"},
}  # fmt: skip


@pytest.fixture
def secret(ada: User) -> str:
    update_experience(by="test", **ON)
    return with_totp(ada)


def sign_in(app: App, **headers: str) -> Any:
    Session.objects.all().delete()
    page = app.authorize()["Location"]
    return app.browser.post(page, {"identifier": "ada", "password": PASSWORD}, headers=headers)


def known(app: App, ada: User, secret: str, **headers: str) -> None:
    """Ada has signed in in this browser, with everything."""
    assert sign_in(app, **headers)["Location"] == VERIFY
    forget_use(ada)
    app.follow(app.browser.post(VERIFY, {"code": code(secret)}, headers=headers))


def last_triggers() -> list[str]:
    triggers: list[str] = Event.objects.filter(key="user.mfa_triggered").latest("pk").data["triggers"]
    return triggers


def test_a_browser_that_is_known(app: App, ada: User, secret: str) -> None:
    known(app, ada, secret)
    assert last_triggers() == ["new_device"]
    assert app.browser.cookies[f"_known_browser_{ada.pk}"].value not in str(KnownBrowser.objects.values().get())
    assert tokens_of(app, sign_in(app))["amr"] == ["pwd"]
    assert KnownBrowser.objects.count() == 1
    app.browser = Client(headers={"Host": "localhost:3001"})
    assert sign_in(app)["Location"] == VERIFY


def test_the_password_alone_makes_no_browser_known(app: App, ada: User, secret: str) -> None:
    sign_in(app)
    assert sign_in(app)["Location"] == VERIFY
    assert not KnownBrowser.objects.exists()


def test_somebody_who_was_away(app: App, ada: User, secret: str) -> None:
    known(app, ada, secret)
    User.objects.update(last_sign_in_at=timezone.now() - timedelta(days=31))
    assert sign_in(app)["Location"] == VERIFY
    assert last_triggers() == ["inactivity"]


def test_another_country(app: App, ada: User, secret: str, settings: Any) -> None:
    settings.COUNTRY_HEADER = "CF-IPCountry"
    known(app, ada, secret, **{"CF-IPCountry": "DE"})
    assert sign_in(app, **{"CF-IPCountry": "de"})["Location"] != VERIFY
    assert sign_in(app, **{"CF-IPCountry": "nowhere"})["Location"] != VERIFY
    assert sign_in(app, **{"CF-IPCountry": "FR"})["Location"] == VERIFY
    assert last_triggers() == ["new_country"]


def test_nobody_believes_a_header_that_was_not_named(app: App, ada: User, secret: str) -> None:
    known(app, ada, secret, **{"CF-IPCountry": "DE"})
    assert sign_in(app, **{"CF-IPCountry": "FR"})["Location"] != VERIFY


def test_an_application_that_asks_gets_it(app: App, ada: User, secret: str) -> None:
    known(app, ada, secret)
    page = app.authorize(acr_values="mfa", prompt="login")["Location"]
    assert app.browser.post(page, {"identifier": "ada", "password": PASSWORD})["Location"] == VERIFY


def test_whoever_has_none_sets_one_up(app: App, ada: User) -> None:
    update_experience(by="test", **ON)
    assert sign_in(app)["Location"] == SETUP


def test_the_experience_api(app: App, ada: User, secret: str) -> None:
    page = Page(app)
    first_proof(page)
    refused(page("post", "/submit"), 403, "session.mfa.require_mfa_verification")
    page("post", "/verification/totp/verify", {"code": code(secret)})
    page.finish()
    Session.objects.all().delete()
    again = Page(app)
    first_proof(again)
    assert again("post", "/submit").status_code == 200


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"mfa": {"factors": [], "policy": "PromptOnlyAtSignInMandatory"}}, "adaptive_mfa_requires_mfa"),
        ({"mfa": {"factors": ["Totp"], "policy": "NoPrompt"}}, "adaptive_mfa_requires_non_skippable_policy"),
        ({"mfa": {"factors": ["Totp"], "policy": "Mandatory"}}, "adaptive_mfa_requires_non_skippable_policy"),
        ({"adaptive_mfa": {}}, "non_adaptive_mfa_requires_skippable_policy"),
        ({"adaptive_mfa": {"enabled": "yes"}}, "invalid_input"),
    ],
)
def test_what_cannot_be_saved(db: Any, changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ExperienceInvalid) as error:
        update_experience(by="test", **{**ON, **changes})
    assert error.value.code == f"sign_in_experiences.{problem}"
    assert error.value.status == (400 if problem == "invalid_input" else 422)
