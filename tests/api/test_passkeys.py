"""Passkeys in the Experience API (Logto section 5.1)."""

from typing import Any

import pytest

from idp.mfa.models import Habit, Passkey
from idp.signin.experience import update_experience
from idp.users.models import User
from tests.api.callers import ADA, Page, refused
from tests.api.test_mfa import amr_of, first_proof
from tests.mfa.authenticator import Authenticator, with_passkey
from tests.mfa.helpers import mfa
from tests.protocol.client import App

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(app: App) -> Page:
    return Page(app)


def on(*factors: str, passkeys: bool = False, **more: Any) -> None:
    update_experience(by="test", passkey_sign_in={"enabled": passkeys}, **mfa(*factors, **more))


def answer(page: Page, path: str, authenticator: Authenticator, body: Any = None) -> Any:
    """Ask and answer one question; the answer to the answer."""
    asked = page("post", path, body)
    assert asked.status_code == 200, asked.content
    question = asked.json()
    created = "registrationOptions" in question
    options = question["registrationOptions" if created else "authenticationOptions"]
    payload = authenticator.create(options) if created else authenticator.get(options)
    verify = "/verification/sign-in-passkey/authentication" if "preflight" in path else path
    return page("post", f"{verify}/verify", {"verificationId": question["verificationId"], "payload": payload})


def test_second_factor(page: Page, ada: User) -> None:
    on("WebAuthn")
    authenticator = with_passkey(ada)
    refused(page("post", "/verification/web-authn/authentication"), 404, "session.verification_session_not_found")
    first_proof(page)
    asked = page("post", "/submit")
    refused(asked, 403, "session.mfa.require_mfa_verification")
    assert asked.json()["data"]["availableFactors"] == ["WebAuthn"]
    wrong = answer(page, "/verification/web-authn/authentication", Authenticator())
    refused(wrong, 400, "session.mfa.webauthn_verification_failed")
    assert answer(page, "/verification/web-authn/authentication", authenticator).status_code == 200
    assert amr_of(page) == ["pwd", "hwk", "user", "mfa"]


def test_set_up(page: Page, ada: User) -> None:
    on("Totp", "WebAuthn", policy="Mandatory")
    first_proof(page)
    asked = page("post", "/submit")
    assert asked.json()["data"] == {"availableFactors": ["WebAuthn", "Totp"], "skippable": False}
    verified = answer(page, "/verification/web-authn/registration", Authenticator()).json()
    assert not Passkey.objects.exists()
    refused(page("post", "/submit"), 422, "user.missing_mfa")
    body = {"type": "WebAuthn", **verified}
    assert page("post", "/profile/mfa", body).status_code == 204
    refused(page("post", "/profile/mfa", body), 404, "session.verification_session_not_found")
    assert amr_of(page) == ["pwd", "hwk", "user", "mfa"]


@pytest.mark.parametrize("path", ["preflight/sign-in-passkey", "verification/sign-in-passkey"])
def test_sign_in(page: Page, ada: User, path: str) -> None:
    on(passkeys=True)
    authenticator = with_passkey(ada)
    page("put", "", {"interactionEvent": "SignIn"})
    body = None if path.startswith("preflight") else {"identifier": ADA}
    verified = answer(page, f"/{path}/authentication", authenticator, body)
    assert page("post", "/identification", verified.json()).status_code == 204
    assert page("get", "/interaction").json()["userId"] == ada.pk
    assert amr_of(page) == ["hwk", "user", "mfa"]


def test_sign_in_by_the_challenge_alone_in_logtos_spelling(page: Page, ada: User) -> None:
    on(passkeys=True)
    authenticator = with_passkey(ada)
    options = page("post", "/preflight/sign-in-passkey/authentication").json()["authenticationOptions"]
    payload = {**authenticator.get(options), "type": "WebAuthn"}
    path = "/verification/sign-in-passkey/authentication/verify"
    assert page("post", path, {"payload": payload}).status_code == 200


def test_it_is_off(page: Page, ada: User) -> None:
    on("WebAuthn")
    refused(page("post", "/preflight/sign-in-passkey/authentication"), 400, "session.passkey_sign_in.not_enabled")


def test_one_for_the_next_time(page: Page, ada: User) -> None:
    on(passkeys=True)
    first_proof(page)
    refused(page("post", "/submit"), 422, "user.passkey_preferred")
    verified = answer(page, "/verification/web-authn/registration", Authenticator()).json()
    assert page("post", "/profile/mfa/passkey", verified).status_code == 204
    assert amr_of(page) == ["pwd"]


def test_or_not(page: Page, ada: User) -> None:
    on(passkeys=True)
    first_proof(page)
    assert page("post", "/profile/mfa/passkey-skipped").status_code == 204
    assert amr_of(page) == ["pwd"]


def test_a_change_of_mind_about_second_factors(page: Page, ada: User) -> None:
    on("Totp", policy="UserControlled")
    for path in ("mfa-enabled", "mfa-suggestion-skipped"):
        refused(page("post", f"/profile/mfa/{path}"), 404, "session.verification_session_not_found")
    first_proof(page)
    page("post", "/profile/mfa/mfa-skipped")
    assert page("post", "/profile/mfa/mfa-suggestion-skipped").status_code == 204
    assert page("post", "/profile/mfa/mfa-enabled").status_code == 204
    refused(page("post", "/submit"), 422, "user.missing_mfa")
    assert Habit.objects.get().suggestion_skipped_at
