"""The test for people on the hosted pages and in the Experience API: nobody is named before it."""

import re
from typing import Any

import pytest

from idp.messaging.models import OutboxMessage
from idp.signin.experience import update_experience
from idp.signin.models import Interaction
from idp.users.models import User
from idp.verification import captcha, proof_of_work
from tests.conftest import PASSWORD
from tests.protocol.client import App
from tests.signin.helpers import PHONE_ONLY
from tests.verification.solving import solved

pytestmark = pytest.mark.django_db
TYPED = {"identifier": "+15551234567", "country": "US"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_of_work, "BITS", 4)


@pytest.fixture(autouse=True)
def _people_only(db: Any) -> None:
    update_experience(by="test", **PHONE_ONLY, captcha_policy={"enabled": True})


def challenge_in(response: Any) -> str:
    found = re.search(r'name="captcha" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize("page", ["/sign-in", "/register", "/forgot-password"])
def test_without_an_answer_nothing_is_sent(app: App, ada: User, page: str) -> None:
    app.authorize()
    path = f"{page}?app_id=bookstore"
    shown = app.browser.get(path)
    assert "Scripts are off in this browser" in shown.content.decode()
    refused = app.browser.post(path, TYPED)
    assert "Show first that you are not a robot." in refused.content.decode()
    assert not OutboxMessage.objects.exists()
    passed = app.browser.post(path, {**TYPED, "captcha": solved(challenge_in(refused))})
    assert passed["Location"].endswith("/verification-code?app_id=bookstore")
    assert OutboxMessage.objects.count() == 1


def test_a_used_answer_is_refused_and_the_page_has_a_new_one(app: App, ada: User) -> None:
    app.authorize()
    answer = solved(challenge_in(app.browser.get("/sign-in?app_id=bookstore")))
    app.browser.post("/sign-in?app_id=bookstore", {**TYPED, "captcha": answer})
    again = app.browser.post("/sign-in?app_id=bookstore", {**TYPED, "captcha": answer})
    assert "We could not tell that you are not a robot." in again.content.decode()
    assert challenge_in(again) not in answer


def test_only_the_page_that_shows_it_lets_the_provider_in(app: App) -> None:
    captcha.save_provider(by="test", type="Turnstile", config={"siteKey": "site-key", "secretKey": "hush"})
    app.authorize()
    shown = app.browser.get("/sign-in?app_id=bookstore")
    assert 'data-sitekey="site-key"' in shown.content.decode()
    assert "hush" not in shown.content.decode()
    assert "script-src 'self' https://challenges.cloudflare.com" in shown["Content-Security-Policy"]
    assert "cloudflare" not in app.browser.get("/demo-app")["Content-Security-Policy"]


class TestApi:
    def put(self, app: App, **body: str) -> Any:
        return app.browser.put(
            "/api/experience", {"interactionEvent": "SignIn", **body}, content_type="application/json"
        )

    def send(self, app: App) -> Any:
        body = {"identifier": {"type": "phone", "value": "15551234567"}, "interactionEvent": "SignIn"}
        path = "/api/experience/verification/verification-code"
        return app.browser.post(path, body, content_type="application/json")

    def test_put_needs_a_token(self, app: App, ada: User) -> None:
        app.authorize()
        for body, code in (({}, "session.captcha_required"), ({"captchaToken": "x"}, "session.captcha_failed")):
            refused = self.put(app, **body)
            assert (refused.status_code, refused.json()["code"]) == (422, code)
        asked = app.browser.get("/api/experience/captcha").json()
        assert {**asked, "challenge": ""} == {"type": "ProofOfWork", "challenge": "", "puzzles": 8, "bits": 14}
        assert self.put(app, captchaToken=solved(asked["challenge"])).status_code == 204
        assert self.send(app).status_code == 200

    def test_leaving_put_out_helps_nobody(self, app: App, ada: User) -> None:
        app.authorize()
        refused = self.send(app)
        assert (refused.status_code, refused.json()["code"]) == (422, "session.captcha_required")
        update_experience(by="test", sign_in={"methods": [
            {"identifier": "phone", "password": True, "verificationCode": False, "isPasswordPrimary": True}
        ]}, sign_up={"identifiers": [], "password": False, "verify": False})  # fmt: skip
        body = {"identifier": {"type": "phone", "value": "15551234567"}, "password": PASSWORD}
        path = "/api/experience/verification/password"
        refused = app.browser.post(path, body, content_type="application/json")
        assert refused.json()["code"] == "session.captcha_required"
        assert not Interaction.objects.get().identifier
