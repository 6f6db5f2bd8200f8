"""Passkeys on the hosted pages: the forms that static/js/passkey.js fills in."""

import html
import json
import re
from typing import Any

import pytest

from idp.mfa.models import Passkey
from idp.signin.account_center import update_account_center
from idp.signin.experience import update_experience
from idp.signin.models import Session
from idp.users.models import User
from tests.mfa.authenticator import Authenticator, with_passkey
from tests.mfa.helpers import mfa
from tests.pages.second_step import APP, CODES, SETUP, VERIFY, text_of, to_second_step, tokens_of
from tests.protocol.client import App

pytestmark = pytest.mark.django_db


def on(*factors: str, passkeys: dict[str, bool] | None = None, **more: Any) -> None:
    update_experience(by="test", passkey_sign_in=passkeys or {}, **mfa(*factors, **more))


def answered(page: str, answer: Any) -> dict[str, str]:
    """The form of a page as its script sends it."""
    options = re.search(r'data-options="([^"]*)"', page)
    ceremony = re.search(r'name="ceremony" value="([^"]*)"', page)
    assert options
    assert ceremony
    credential = answer(json.loads(html.unescape(options[1])))
    return {"ceremony": ceremony[1], "credential": json.dumps(credential)}


class TestSecondFactor:
    def test_verify(self, app: App, ada: User) -> None:
        on("WebAuthn", "PhoneVerificationCode")
        authenticator = with_passkey(ada)
        assert to_second_step(app)["Location"] == VERIFY
        shown = text_of(app.browser.get(VERIFY))
        assert "Use your passkey." in shown
        assert "Passkeys need JavaScript" in shown
        assert "SMS to" in shown
        page = f"/mfa-verification/passkey{APP}"
        other = Authenticator(user_handle=ada.pk.encode())
        refused = text_of(app.browser.post(page, answered(shown, other.get)))
        assert "This passkey was not accepted" in refused
        done = app.browser.post(page, answered(refused, authenticator.get))
        assert tokens_of(app, done)["amr"] == ["pwd", "hwk", "user", "mfa"]

    @pytest.mark.parametrize("sent", [{}, {"ceremony": "x"}, {"ceremony": "x", "credential": "[]"}])
    def test_what_is_no_answer_shows_the_page_again(self, app: App, ada: User, sent: dict[str, str]) -> None:
        on("WebAuthn")
        with_passkey(ada)
        to_second_step(app)
        assert "data-options" in text_of(app.browser.post(f"/mfa-verification/passkey{APP}", sent))
        assert not Session.objects.exists()

    def test_set_up(self, app: App, ada: User) -> None:
        on("WebAuthn", "Totp", "BackupCode", policy="Mandatory")
        to_second_step(app)
        choice = text_of(app.browser.get(SETUP))
        assert choice.index("Use a passkey") < choice.index("Use an authenticator app")
        page, authenticator = f"/mfa-binding/passkey{APP}", Authenticator(verifies=False)
        refused = text_of(app.browser.post(page, answered(text_of(app.browser.get(page)), authenticator.create)))
        assert "This passkey was not accepted" in refused
        authenticator.verifies = True
        sent = answered(refused, authenticator.create)
        assert app.browser.post(page, sent)["Location"] == CODES
        assert app.browser.post(page, sent)["Location"] == CODES  # the form sent twice
        assert Passkey.objects.get().user == ada


class TestSignIn:
    def test_with_nothing_else(self, app: App, ada: User) -> None:
        on("WebAuthn", passkeys={"enabled": True})
        authenticator = with_passkey(ada)
        shown = text_of(app.browser.get(app.authorize()["Location"]))
        assert "Sign in with a passkey" in shown
        assert 'autocomplete="username webauthn"' in shown
        done = app.browser.post(f"/sign-in/passkey{APP}", answered(shown, authenticator.get))
        assert tokens_of(app, done)["amr"] == ["hwk", "user", "mfa"]

    def test_two_tabs_each_have_their_question(self, app: App, ada: User) -> None:
        on("WebAuthn", passkeys={"enabled": True})
        authenticator = with_passkey(ada)
        page = app.authorize()["Location"]
        first, _ = text_of(app.browser.get(page)), app.browser.get(page)
        done = app.browser.post(f"/sign-in/passkey{APP}", answered(first, authenticator.get))
        assert tokens_of(app, done)["sub"] == ada.pk

    def test_one_that_is_not_known_leaves_the_page_as_it_was(self, app: App, ada: User) -> None:
        on(passkeys={"enabled": True})
        shown = text_of(app.browser.get(app.authorize()["Location"]))
        refused = app.browser.post(f"/sign-in/passkey{APP}", answered(shown, Authenticator().get))
        assert "This passkey was not accepted" in text_of(refused)
        assert "aria-invalid" not in text_of(refused)
        assert f'action="/sign-in{APP}"' in text_of(refused)
        assert app.browser.post(f"/sign-in/passkey{APP}")["Location"] == f"/sign-in{APP}"

    @pytest.mark.parametrize(
        ("passkeys", "button", "autofill"),
        [
            ({}, False, False),
            ({"enabled": True, "showPasskeyButton": False}, False, True),
            ({"enabled": True, "allowAutofill": False}, True, False),
        ],
    )
    def test_what_is_off_is_not_there(
        self, app: App, ada: User, passkeys: dict[str, bool], button: bool, autofill: bool
    ) -> None:
        on(passkeys=passkeys)
        shown = text_of(app.browser.get(app.authorize()["Location"]))
        assert ("Sign in with a passkey" in shown) is button
        assert ("data-passkey-autofill" in shown) is autofill
        assert ("username webauthn" in shown) is autofill


class TestForTheNextTime:
    def test_create_one(self, app: App, ada: User) -> None:
        on(passkeys={"enabled": True})
        page = f"/create-passkey{APP}"
        assert to_second_step(app)["Location"] == page
        shown = text_of(app.browser.get(page))
        assert "Sign in faster next time" in shown
        done = app.browser.post(page, answered(shown, Authenticator().create))
        assert tokens_of(app, done)["amr"] == ["pwd"]
        assert Passkey.objects.count() == 1

    def test_not_now_and_not_again(self, app: App, ada: User) -> None:
        on(passkeys={"enabled": True})
        to_second_step(app)
        assert app.browser.get(f"/create-passkey/skip{APP}")["Location"] == f"/create-passkey{APP}"
        assert tokens_of(app, app.browser.post(f"/create-passkey/skip{APP}"))["amr"] == ["pwd"]
        app.browser.cookies.clear()
        assert "amr" in tokens_of(app, to_second_step(app))

    def test_before_it_is_asked_there_is_no_page(self, app: App, ada: User) -> None:
        on(passkeys={"enabled": True})
        app.authorize()
        for path in (f"/create-passkey{APP}", f"/mfa-binding/passkey{APP}", f"/mfa-verification/passkey{APP}"):
            assert app.browser.get(path)["Location"] == f"/sign-in{APP}"


def test_related_origins(app: App) -> None:
    assert app.browser.get("/.well-known/webauthn").json() == {"origins": []}
    update_account_center(by="test", webauthn_related_origins=["https://shop.example"])
    assert app.browser.get("/.well-known/webauthn").json() == {"origins": ["https://shop.example"]}
