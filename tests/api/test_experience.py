"""The Experience API, step by step as a custom sign-in page walks it (sign-in-handshake, Logto section 5)."""

from typing import Any, ClassVar

import pytest

from idp.applications.models import Application
from idp.messaging.models import OutboxMessage
from idp.signin.experience import update_experience
from idp.users.models import User
from idp.users.profile_fields import create_field
from idp.users.services import create_user
from tests.api.callers import ADA, Page, refused
from tests.conftest import PASSWORD
from tests.protocol.client import App
from tests.signin.helpers import PHONE_ONLY, code_in_outbox

pytestmark = pytest.mark.django_db
PHONE = {"type": "phone", "value": "15551234567"}


@pytest.fixture
def page(app: App) -> Page:
    return Page(app)


class TestPassword:
    def test_the_whole_way(self, page: Page, ada: User) -> None:
        assert page("put", "", {"interactionEvent": "SignIn"}).status_code == 204
        verified = page("post", "/verification/password", {"identifier": ADA, "password": PASSWORD})
        assert verified.status_code == 200
        verification_id = verified.json()["verificationId"]
        assert page("post", "/identification", {"verificationId": verification_id}).status_code == 204
        assert page("get", "/interaction").json() == {"interactionEvent": "SignIn", "userId": ada.pk, "profile": {}}
        submitted = page("post", "/submit").json()
        assert submitted["redirectTo"].startswith("http://localhost:3001/oidc/auth/")
        assert page.app.exchange(page.finish()["code"]).status_code == 200

    def test_wrong_credentials(self, page: Page, ada: User) -> None:
        page("put", "", {"interactionEvent": "SignIn"})
        for identifier, password in ((ADA, "wrong"), ({"type": "username", "value": "nobody"}, PASSWORD)):
            answer = page("post", "/verification/password", {"identifier": identifier, "password": password})
            refused(answer, 422, "session.invalid_credentials")

    def test_a_proof_is_needed(self, page: Page, ada: User) -> None:
        page("put", "", {"interactionEvent": "SignIn"})
        refused(page("post", "/identification", {"verificationId": "x"}), 404, "session.verification_session_not_found")
        refused(page("post", "/identification", {}), 404, "session.verification_session_not_found")
        refused(page("post", "/submit"), 404, "session.verification_session_not_found")

    def test_a_suspended_person(self, page: Page, ada: User) -> None:
        User.objects.update(is_suspended=True)
        page("put", "", {"interactionEvent": "SignIn"})
        verified = page("post", "/verification/password", {"identifier": ADA, "password": PASSWORD}).json()
        refused(page("post", "/identification", verified), 401, "user.suspended")


class TestCode:
    @pytest.fixture(autouse=True)
    def _phone_only(self, native: Application) -> None:
        update_experience(by="test", **PHONE_ONLY)

    def send(self, page: Page, event: str = "SignIn") -> dict[str, str]:
        page("put", "", {"interactionEvent": event})
        answer = page("post", "/verification/verification-code", {"identifier": PHONE, "interactionEvent": event})
        assert answer.status_code == 200, answer.content
        sent: dict[str, str] = answer.json()
        return sent

    def verify(self, page: Page, sent: dict[str, str], **changes: Any) -> Any:
        body = {"identifier": PHONE, "code": code_in_outbox(), **sent, **changes}
        return page("post", "/verification/verification-code/verify", body)

    def test_a_known_number(self, page: Page, ada: User) -> None:
        sent = self.send(page)
        assert self.verify(page, sent).json() == sent
        assert page("post", "/identification", sent).status_code == 204
        assert "code" in page.finish()

    def test_an_unknown_number_becomes_an_account_with_the_same_proof(self, page: Page) -> None:
        sent = self.send(page)
        self.verify(page, sent)
        refused(page("post", "/identification", sent), 404, "user.user_not_exist")
        assert page("put", "/interaction-event", {"interactionEvent": "Register"}).status_code == 204
        assert page("post", "/identification", sent).status_code == 201
        assert OutboxMessage.objects.count() == 1
        assert "code" in page.finish()

    def test_a_taken_number(self, page: Page, ada: User) -> None:
        sent = self.send(page, "Register")
        self.verify(page, sent)
        refused(page("post", "/identification", sent), 422, "user.phone_already_in_use")

    def test_a_missing_password(self, page: Page) -> None:
        update_experience(by="test", sign_up={"identifiers": ["phone"], "password": True, "verify": True})
        sent = self.send(page, "Register")
        self.verify(page, sent)
        answer = page("post", "/identification", sent)
        refused(answer, 422, "user.missing_profile")
        assert answer.json()["data"] == {"missingProfile": ["password"]}
        assert page("post", "/profile", {"type": "password", "value": PASSWORD}).status_code == 204
        assert page("post", "/identification", {}).status_code == 201

    def test_wrong_code_and_wrong_recipient(self, page: Page) -> None:
        sent = self.send(page)
        wrong = "000000" if code_in_outbox() != "000000" else "111111"
        refused(self.verify(page, sent, code=wrong), 400, "verification_code.code_mismatch")
        other = {"type": "phone", "value": "15550000000"}
        refused(self.verify(page, sent, identifier=other), 400, "verification_code.phone_mismatch")
        refused(self.verify(page, sent, verificationId="x"), 404, "session.verification_session_not_found")

    def test_the_pace(self, page: Page) -> None:
        self.send(page)
        body = {"identifier": PHONE, "interactionEvent": "SignIn"}
        refused(page("post", "/verification/verification-code", body), 429, "verification_code.resend_too_soon")


class TestForgottenPassword:
    def test_the_whole_way(self, page: Page, ada: User) -> None:
        page("put", "", {"interactionEvent": "ForgotPassword"})
        body = {"identifier": PHONE, "interactionEvent": "ForgotPassword"}
        sent = page("post", "/verification/verification-code", body).json()
        assert OutboxMessage.objects.get().usage_type == "ForgotPassword"
        page("post", "/verification/verification-code/verify", {"identifier": PHONE, "code": code_in_outbox(), **sent})
        assert page("post", "/identification", sent).status_code == 204
        refused(page("put", "/profile/password", {"password": PASSWORD}), 422, "user.same_password")
        refused(page("put", "/profile/password", {"password": "short"}), 422, "password.rejected")
        assert page("put", "/profile/password", {"password": "a brand new secret"}).status_code == 204
        assert page("post", "/submit").status_code == 200
        assert User.objects.get().check_password("a brand new secret")

    def test_nobody_learns_who_has_an_account(self, page: Page) -> None:
        page("put", "", {"interactionEvent": "ForgotPassword"})
        answer = page(
            "post", "/verification/verification-code", {"identifier": PHONE, "interactionEvent": "ForgotPassword"}
        )
        assert answer.status_code == 200
        assert not OutboxMessage.objects.exists()

    def test_it_cannot_be_mixed(self, page: Page) -> None:
        page("put", "", {"interactionEvent": "ForgotPassword"})
        for method, path, body in (
            ("put", "/interaction-event", {"interactionEvent": "SignIn"}),
            ("post", "/verification/verification-code", {"identifier": PHONE, "interactionEvent": "SignIn"}),
        ):
            refused(page(method, path, body), 400, "session.not_supported_for_forgot_password")


class TestRefusals:
    def test_without_an_interaction(self, app: App) -> None:
        answer = app.browser.put("/api/experience", {"interactionEvent": "SignIn"}, content_type="application/json")
        refused(answer, 400, "session.not_found")

    @pytest.mark.parametrize(
        "body",
        [{}, {"interactionEvent": "Dance"}, {"interactionEvent": "SignIn", "more": 1}, [], "x"],
    )
    def test_a_body_of_another_form(self, page: Page, body: Any) -> None:
        refused(page("put", "", body), 400, "guard.invalid_input")

    def test_a_phone_has_no_plus(self, page: Page) -> None:
        body = {"identifier": {"type": "phone", "value": "+15551234567"}, "interactionEvent": "SignIn"}
        refused(page("post", "/verification/verification-code", body), 400, "guard.invalid_input")

    def test_what_was_sent_is_not_repeated(self, page: Page) -> None:
        answer = page("post", "/verification/password", {"identifier": ADA, "password": "hush-hush", "x": 1})
        assert b"hush-hush" not in answer.content

    def test_closed_sign_up(self, page: Page) -> None:
        update_experience(by="test", sign_in_mode="SignIn")
        refused(page("put", "", {"interactionEvent": "Register"}), 403, "auth.forbidden")

    def test_a_new_account_with_username_and_password(self, page: Page) -> None:
        page("put", "", {"interactionEvent": "Register"})
        body = {"identifier": {"type": "username", "value": "grace"}, "password": PASSWORD}
        verified = page("post", "/verification/new-password-identity", body).json()
        assert page("post", "/identification", verified).status_code == 201
        assert "code" in page.finish()


class TestMissingProfile:
    """A username first, then what the settings ask for besides (section 5.6)."""

    @pytest.fixture(autouse=True)
    def _settings(self, native: Application) -> None:
        secondary = [{"identifier": "email", "verify": True}]
        sign_up = {"identifiers": ["username"], "password": True, "verify": False, "secondaryIdentifiers": secondary}
        update_experience(by="test", sign_up=sign_up)
        create_field(by="test", name="company", type="Text", label="Company", required=True)

    EMAIL: ClassVar = {"type": "email", "value": "grace@example.com"}

    def missing(self, page: Page, path: str) -> Any:
        answer = page("post", path, {} if path == "/identification" else None)
        refused(answer, 422, "user.missing_profile")
        return answer.json()["data"]["missingProfile"]

    def add_email(self, page: Page, event: str) -> None:
        sent = page(
            "post", "/verification/verification-code", {"identifier": self.EMAIL, "interactionEvent": event}
        ).json()
        refused(page("post", "/profile", {"type": "email", **sent}), 404, "session.verification_session_not_found")
        proof = {"identifier": self.EMAIL, "code": code_in_outbox(), **sent}
        assert page("post", "/verification/verification-code/verify", proof).json() == sent
        assert page("post", "/profile", {"type": "email", **sent}).status_code == 204
        assert page("post", "/profile", {"type": "email", **sent}).status_code in (204, 404)  # sent twice

    def test_sign_up(self, page: Page) -> None:
        page("put", "", {"interactionEvent": "Register"})
        body = {"identifier": {"type": "username", "value": "grace"}, "password": PASSWORD}
        page("post", "/verification/new-password-identity", body)
        assert self.missing(page, "/identification") == ["email", "extraProfile"]
        self.add_email(page, "Register")
        assert self.missing(page, "/identification") == ["extraProfile"]
        for values in ({}, {"company": 1}, {"company": "Navy", "isAdmin": True}):
            answer = page("post", "/profile", {"type": "extraProfile", "values": values})
            refused(answer, 422, "custom_profile_fields.invalid_value")
        assert page("post", "/profile", {"type": "extraProfile", "values": {"company": "Navy"}}).status_code == 204
        assert page("post", "/identification", {}).status_code == 201
        assert "code" in page.finish()
        user = User.objects.get()
        assert (user.username, user.primary_email, user.custom_data) == (
            "grace",
            "grace@example.com",
            {"company": "Navy"},
        )

    def test_sign_in(self, page: Page) -> None:
        user = create_user(by="test", username="ada", password=PASSWORD)
        page("put", "", {"interactionEvent": "SignIn"})
        verified = page("post", "/verification/password", {"identifier": ADA, "password": PASSWORD}).json()
        assert page("post", "/identification", verified).status_code == 204
        assert self.missing(page, "/submit") == ["email", "extraProfile"]
        self.add_email(page, "SignIn")
        assert page("post", "/profile", {"type": "extraProfile", "values": {"company": "Navy"}}).status_code == 204
        assert "code" in page.finish()
        user.refresh_from_db()
        assert (user.primary_email, user.custom_data) == ("grace@example.com", {"company": "Navy"})

    def test_before_the_password_nothing_is_changed(self, page: Page) -> None:
        user = create_user(by="test", username="ada", password=PASSWORD)
        page("put", "", {"interactionEvent": "SignIn"})
        page("post", "/verification/password", {"identifier": ADA, "password": "wrong"})
        body = {"identifier": self.EMAIL, "interactionEvent": "SignIn"}
        page("post", "/verification/verification-code", body)
        for addition in (
            {"type": "username", "value": "eve"},
            {"type": "extraProfile", "values": {"company": "Evil"}},
            {"type": "email", "verificationId": "x"},
            {"type": "password", "value": "another fine secret"},
        ):
            page("post", "/profile", addition)
        user.refresh_from_db()
        assert (user.username, user.primary_email, user.custom_data) == ("ada", None, {})
        assert user.check_password(PASSWORD)

    def test_another_name_for_the_same_code(self, page: Page) -> None:
        page("put", "", {"interactionEvent": "Register"})
        body = {"identifier": {"type": "username", "value": "grace"}, "password": PASSWORD}
        page("post", "/verification/new-password-identity", body)
        request = {"identifier": self.EMAIL, "interactionEvent": "Register"}
        sent = page("post", "/verification/verification-code", request).json()
        other = {"identifier": {"type": "email", "value": "eve@example.com"}, "code": code_in_outbox(), **sent}
        refused(page("post", "/verification/verification-code/verify", other), 400, "verification_code.email_mismatch")
