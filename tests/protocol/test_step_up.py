"""acr_values and acr: an application asks for a stronger sign-in than the one that it finds."""

from typing import Any

import pytest

from idp.mfa.models import Passkey, TotpDevice
from idp.signin import acr
from idp.signin.experience import update_experience
from idp.signin.models import Session
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.mfa.authenticator import Authenticator, with_passkey
from tests.mfa.helpers import code, mfa, with_totp
from tests.pages.second_step import SETUP, VERIFY, text_of, tokens_of
from tests.pages.test_passkeys import answered
from tests.protocol.client import App, claims_of, query_of

pytestmark = pytest.mark.django_db
ADD_PASSKEY = "/mfa-binding/passkey?app_id=bookstore"


@pytest.fixture
def signed_in(app: App, ada: User) -> App:
    """With the password alone; second factors may be had, and nobody is asked to have one."""
    update_experience(by="test", **mfa())
    first = app.sign_in_with_password("ada", PASSWORD)
    assert claims(app, first)["acr"] == "1fa"
    update_experience(by="test", **mfa("WebAuthn", "Totp", policy="NoPrompt"))
    return app


def claims(app: App, answer: dict[str, str]) -> dict[str, Any]:
    return claims_of(app.exchange(answer["code"]).json()["id_token"])


def test_only_the_second_factor_is_asked_for(signed_in: App, ada: User) -> None:
    secret, before = with_totp(ada), Session.objects.get().auth_time
    Session.objects.update(auth_time=before - 100)
    asked = signed_in.authorize(acr_values="mfa")
    assert asked["Location"] == VERIFY
    token = tokens_of(signed_in, signed_in.browser.post(VERIFY, {"code": code(secret)}))
    assert (token["acr"], token["amr"], token["auth_time"]) == ("mfa", ["pwd", "otp", "mfa"], before - 100)
    assert Session.objects.get().amr == ["pwd", "otp", "mfa"]
    again = signed_in.follow(signed_in.authorize(acr_values="mfa"))
    assert claims(signed_in, query_of(again["Location"]))["acr"] == "mfa"


@pytest.mark.parametrize("wanted", ["1fa", "gold", "gold 1fa", "mfa 1fa", ""])
def test_what_is_satisfied_or_unknown_asks_nothing(signed_in: App, ada: User, wanted: str) -> None:
    with_totp(ada)
    answer = signed_in.follow(signed_in.authorize(acr_values=wanted))
    assert claims(signed_in, query_of(answer["Location"]))["acr"] == "1fa"


def test_without_a_page_it_is_refused(signed_in: App, ada: User) -> None:
    with_totp(ada)
    answer = signed_in.authorize(acr_values="mfa", prompt="none")
    assert query_of(answer["Location"])["error"] == "login_required"


def test_whoever_has_none_sets_one_up(signed_in: App, ada: User) -> None:
    assert signed_in.follow(signed_in.authorize(acr_values="mfa")).status_code == 200
    page = text_of(signed_in.browser.get(SETUP))
    assert "Use an authenticator app" in page
    assert "Skip" not in page
    assert "A second factor is required here" in text_of(signed_in.browser.post("/mfa-binding/skip?app_id=bookstore"))
    shown = text_of(signed_in.browser.get(ADD_PASSKEY))
    token = tokens_of(signed_in, signed_in.browser.post(ADD_PASSKEY, answered(shown, Authenticator().create)))
    assert (token["acr"], token["amr"]) == ("mfa", ["pwd", "hwk", "user", "mfa"])


def test_what_phishing_could_get_is_not_enough(signed_in: App, ada: User) -> None:
    secret = with_totp(ada)
    assert signed_in.authorize(acr_values="phr")["Location"] == VERIFY
    assert signed_in.browser.post(VERIFY, {"code": code(secret)})["Location"] == SETUP
    page = text_of(signed_in.browser.get(SETUP))
    assert "Use an authenticator app" not in page
    shown = text_of(signed_in.browser.get(ADD_PASSKEY))
    token = tokens_of(signed_in, signed_in.browser.post(ADD_PASSKEY, answered(shown, Authenticator().create)))
    assert token["acr"] == "phr"
    assert TotpDevice.objects.count() == Passkey.objects.count() == 1


def test_a_passkey_is_asked_for_when_there_is_one(signed_in: App, ada: User) -> None:
    authenticator, secret = with_passkey(ada), with_totp(ada)
    assert signed_in.authorize(acr_values="phr")["Location"] == VERIFY
    page = text_of(signed_in.browser.get(VERIFY))
    assert "Use your passkey" in page
    assert "Authenticator app" not in page
    totp_page = "/mfa-verification/totp?app_id=bookstore"
    assert "data-options" in text_of(signed_in.browser.post(totp_page, {"code": code(secret)}))
    token = tokens_of(signed_in, signed_in.browser.post(VERIFY, answered(page, authenticator.get)))
    assert token["acr"] == "phr"


def test_at_the_first_sign_in_it_is_asked_for_as_well(app: App, ada: User) -> None:
    update_experience(by="test", **mfa("Totp", policy="NoPrompt"))
    page = app.authorize(acr_values="mfa")["Location"]
    assert app.browser.post(page, {"identifier": "ada", "password": PASSWORD})["Location"] == SETUP
    assert not Session.objects.exists()


def test_somebody_else_may_sign_in_instead_and_is_asked_the_same(signed_in: App, ada: User) -> None:
    with_totp(ada)
    signed_in.authorize(acr_values="mfa")
    assert "Sign in" in text_of(signed_in.browser.get("/sign-in?app_id=bookstore"))
    sent = signed_in.browser.post("/sign-in?app_id=bookstore", {"identifier": "ada", "password": PASSWORD})
    assert sent["Location"] == VERIFY


def test_a_suspended_person_gets_nothing(signed_in: App, ada: User) -> None:
    secret = with_totp(ada)
    signed_in.authorize(acr_values="mfa")
    User.objects.update(is_suspended=True)
    assert "suspended" in text_of(signed_in.browser.post(VERIFY, {"code": code(secret)}))


def test_classes() -> None:
    assert [acr.level_of(amr) for amr in (["pwd"], ["pwd", "otp", "mfa"], ["swk", "user", "mfa"], [])] == [0, 1, 2, 0]
    assert acr.achieved(["hwk", "mfa"], "mfa phr") == "mfa"
    assert acr.achieved(["hwk", "mfa"], "gold") == "phr"
    assert acr.achieved(["pwd"], "mfa") == "1fa"
    assert acr.level_wanted("phr mfa") == 1
