"""Devices on which the second factor is spared: for whom, for how long, and what ends it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from idp.audit.models import Event
from idp.mfa.models import TrustedDevice
from idp.mfa.services import reset_mfa
from idp.signin.accounts import reset_password
from idp.signin.errors import ExperienceInvalid
from idp.signin.experience import update_experience
from idp.signin.models import Session
from idp.users.models import User
from idp.users.services import create_user
from tests.api.callers import Page, refused
from tests.api.test_mfa import first_proof
from tests.conftest import PASSWORD
from tests.mfa.helpers import code, forget_use, mfa, with_totp
from tests.pages.second_step import SETUP, VERIFY, text_of, tokens_of
from tests.protocol.client import App

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(ada: User) -> str:
    update_experience(by="test", trusted_device={"enabled": True, "durationDays": 7}, **mfa("Totp", policy="Mandatory"))
    return with_totp(ada)


def sign_in(app: App, name: str = "ada", **request: str) -> Any:
    """The password, in a browser where nobody is signed in."""
    Session.objects.all().delete()
    return app.browser.post(app.authorize(**request)["Location"], {"identifier": name, "password": PASSWORD})


def trust(app: App, secret: str) -> None:
    assert sign_in(app)["Location"] == VERIFY
    assert tokens_of(app, app.browser.post(VERIFY, {"code": code(secret), "trust": "on"}))["amr"][-1] == "mfa"


def test_it_is_not_asked_again(app: App, ada: User, secret: str) -> None:
    trust(app, secret)
    cookie = app.browser.cookies[f"_trusted_device_{ada.pk}"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (7 * 24 * 3600, True, "Lax")
    assert cookie.value not in str(TrustedDevice.objects.values().get())
    assert tokens_of(app, sign_in(app))["amr"] == ["pwd"]
    assert Event.objects.filter(key="user.mfa_spared", target=ada.audit_name).count() == 1
    assert TrustedDevice.objects.get().last_used_at


def test_not_without_the_box(app: App, ada: User, secret: str) -> None:
    sign_in(app)
    assert "on this device for 7 days" in text_of(app.browser.get(VERIFY))
    app.follow(app.browser.post(VERIFY, {"code": code(secret)}))
    assert not TrustedDevice.objects.exists()
    assert sign_in(app)["Location"] == VERIFY


def test_a_wrong_code_makes_no_trust(app: App, ada: User, secret: str) -> None:
    sign_in(app)
    app.browser.post(VERIFY, {"code": "000000", "trust": "on"})
    assert not TrustedDevice.objects.exists()


@pytest.mark.parametrize(
    "end", ["expiry", "password", "reset", "forgotten", "off", "another browser", "another secret"]
)
def test_what_ends_it(app: App, ada: User, secret: str, end: str) -> None:
    trust(app, secret)
    if end == "expiry":
        TrustedDevice.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif end == "password":
        reset_password(by="test", user=ada, password=PASSWORD)
    elif end == "reset":
        reset_mfa(by="test", user=ada)
    elif end == "forgotten":
        TrustedDevice.objects.all().delete()
    elif end == "off":
        update_experience(by="test", trusted_device={})
    elif end == "another browser":
        app.browser = Client(headers={"Host": "localhost:3001"})
    else:
        app.browser.cookies[f"_trusted_device_{ada.pk}"] = "guessed"
    assert sign_in(app)["Location"] == (SETUP if end == "reset" else VERIFY)


def test_it_is_one_persons(app: App, ada: User, secret: str) -> None:
    bob = create_user(by="test", username="bob", password=PASSWORD)
    with_totp(bob)
    trust(app, secret)
    app.browser.cookies[f"_trusted_device_{bob.pk}"] = app.browser.cookies[f"_trusted_device_{ada.pk}"].value
    assert sign_in(app, "bob")["Location"] == VERIFY


@pytest.mark.parametrize("wanted", ["mfa", "phr"])
def test_it_is_no_second_factor(app: App, ada: User, secret: str, wanted: str) -> None:
    trust(app, secret)
    assert sign_in(app, acr_values=wanted)["Location"] == VERIFY


def test_at_the_account_pages(app: App, ada: User, secret: str) -> None:
    trust(app, secret)
    browser = app.browser
    first = browser.get("/account")
    if first.status_code != 200:
        app.follow(browser.post(first["Location"], {"identifier": "ada", "password": PASSWORD}))
    assert "Trusted devices" in text_of(browser.get("/account"))
    address = f"/account/trusted-devices/{TrustedDevice.objects.get().pk}/forget"
    assert browser.post(address)["Location"] == "/account?notice=device-forgotten"
    assert not TrustedDevice.objects.exists()
    assert browser.post(address)["Location"] == "/account?notice=device-forgotten"
    assert "Trusted devices" not in text_of(browser.get("/account"))


def test_the_experience_api(app: App, ada: User, secret: str) -> None:
    page = Page(app)
    refused(page("post", "/profile/mfa/trusted-device"), 404, "session.verification_session_not_found")
    first_proof(page)
    refused(page("post", "/profile/mfa/trusted-device"), 404, "session.verification_session_not_found")
    page("post", "/verification/totp/verify", {"code": code(secret)})
    assert page("post", "/profile/mfa/trusted-device").status_code == 204
    page.finish()
    Session.objects.all().delete()
    forget_use(ada)
    again = Page(app)
    first_proof(again)
    assert again("post", "/submit").status_code == 200


@pytest.mark.parametrize("wrong", [{"durationDays": 0}, {"durationDays": 366}, {"enabled": 1}, {"days": 3}])
def test_settings_have_their_shape(db: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ExperienceInvalid):
        update_experience(by="test", trusted_device=wrong)
