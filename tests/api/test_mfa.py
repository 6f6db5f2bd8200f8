"""The second factor in the Experience API (Logto sections 5.1, 5.6, 5.7)."""

from typing import Any

import pytest

from idp.mfa import services
from idp.mfa.models import TotpDevice
from idp.signin.experience import update_experience
from idp.users.models import User
from tests.api.callers import ADA, Page, refused
from tests.conftest import PASSWORD
from tests.mfa.helpers import code, mfa, with_totp, wrong
from tests.protocol.client import App, claims_of
from tests.signin.helpers import code_in_outbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(app: App) -> Page:
    return Page(app)


def on(*factors: str, **more: Any) -> None:
    update_experience(by="test", **mfa(*factors, **more))


def first_proof(page: Page) -> None:
    page("put", "", {"interactionEvent": "SignIn"})
    verified = page("post", "/verification/password", {"identifier": ADA, "password": PASSWORD}).json()
    assert page("post", "/identification", verified).status_code == 204


def amr_of(page: Page) -> list[str]:
    amr: list[str] = claims_of(page.app.exchange(page.finish()["code"]).json()["id_token"])["amr"]
    return amr


class TestVerify:
    def test_an_authenticator_app(self, page: Page, ada: User) -> None:
        on("Totp", "PhoneVerificationCode", "EmailVerificationCode")
        secret = with_totp(ada)
        first_proof(page)
        asked = page("post", "/submit")
        refused(asked, 403, "session.mfa.require_mfa_verification")
        assert asked.json()["data"] == {
            "availableFactors": ["Totp", "PhoneVerificationCode", "EmailVerificationCode"],
            "maskedIdentifiers": {"PhoneVerificationCode": "****4567", "EmailVerificationCode": "****@example.com"},
        }
        assert page("get", "/interaction").json()["userId"] == ada.pk
        bad = page("post", "/verification/totp/verify", {"code": wrong(code(secret))})
        refused(bad, 400, "session.mfa.invalid_totp_code")
        refused(page("post", "/submit"), 403, "session.mfa.require_mfa_verification")
        good = page("post", "/verification/totp/verify", {"code": code(secret)})
        assert good.json()["verificationId"]
        assert amr_of(page) == ["pwd", "otp", "mfa"]

    def test_a_backup_code(self, page: Page, ada: User) -> None:
        on("Totp", "BackupCode")
        with_totp(ada)
        first = services.generate_backup_codes(by="test", user=ada)[0]
        first_proof(page)
        bad = page("post", "/verification/backup-code/verify", {"code": "0000000000"})
        refused(bad, 400, "session.mfa.invalid_backup_code")
        assert page("post", "/verification/backup-code/verify", {"code": first}).status_code == 200
        assert amr_of(page) == ["pwd", "otp", "mfa"]

    def test_a_code_by_sms(self, page: Page, ada: User) -> None:
        on("PhoneVerificationCode")
        first_proof(page)
        sent = page("post", "/verification/mfa-verification-code", {"identifierType": "phone"}).json()
        too_soon = page("post", "/verification/mfa-verification-code", {"identifierType": "phone"})
        refused(too_soon, 429, "verification_code.resend_too_soon")
        body = {**sent, "code": code_in_outbox(), "identifierType": "phone"}
        other = page("post", "/verification/mfa-verification-code/verify", {**body, "verificationId": "x"})
        refused(other, 404, "session.verification_session_not_found")
        assert page("post", "/verification/mfa-verification-code/verify", body).json() == sent
        assert amr_of(page) == ["pwd", "sms", "mfa"]

    def test_a_factor_that_is_off(self, page: Page, ada: User) -> None:
        on("PhoneVerificationCode")
        first_proof(page)
        email = page("post", "/verification/mfa-verification-code", {"identifierType": "email"})
        refused(email, 400, "session.mfa.mfa_factor_not_enabled")

    def test_nothing_before_the_first_proof(self, page: Page, ada: User) -> None:
        on("Totp", "PhoneVerificationCode")
        secret = with_totp(ada)
        page("put", "", {"interactionEvent": "SignIn"})
        for path, body in (
            ("/verification/totp/verify", {"code": code(secret)}),
            ("/verification/mfa-verification-code", {"identifierType": "phone"}),
            ("/verification/totp/secret", None),
            ("/profile/mfa/mfa-skipped", None),
            ("/submit", None),
        ):
            refused(page("post", path, body), 404, "session.verification_session_not_found")

    def test_submitting_needs_the_identification(self, page: Page, ada: User) -> None:
        """A proof alone signs nobody in: the page has to say whose proof it takes."""
        on("Totp")
        page("put", "", {"interactionEvent": "SignIn"})
        page("post", "/verification/password", {"identifier": ADA, "password": PASSWORD})
        refused(page("post", "/submit"), 404, "session.verification_session_not_found")


class TestSetUp:
    def test_bind_and_keep_codes(self, page: Page, ada: User) -> None:
        on("Totp", "BackupCode", policy="Mandatory")
        first_proof(page)
        missing = page("post", "/submit")
        refused(missing, 422, "user.missing_mfa")
        assert missing.json()["data"] == {"availableFactors": ["Totp"], "skippable": False}
        refused(page("post", "/profile/mfa/mfa-skipped"), 422, "session.mfa.mfa_policy_not_user_controlled")
        alone = page("post", "/verification/backup-code/generate")
        refused(alone, 422, "session.mfa.backup_code_can_not_be_alone")
        new = page("post", "/verification/totp/secret").json()
        assert new["secretQrCode"].startswith("data:image/")
        binding = {"type": "Totp", "verificationId": new["verificationId"]}
        refused(page("post", "/profile/mfa", binding), 404, "session.mfa.pending_info_not_found")
        body = {"verificationId": new["verificationId"], "code": code(new["secret"])}
        unknown = page("post", "/verification/totp/verify", {**body, "verificationId": "x"})
        refused(unknown, 404, "session.mfa.pending_info_not_found")
        assert page("post", "/verification/totp/verify", body).status_code == 200
        assert not TotpDevice.objects.exists()
        assert page("post", "/profile/mfa", binding).status_code == 204
        refused(page("post", "/submit"), 422, "session.mfa.backup_code_required")
        codes = page("post", "/verification/backup-code/generate").json()
        assert len(codes["codes"]) == 10
        kept = {"type": "BackupCode", "verificationId": codes["verificationId"]}
        assert page("post", "/profile/mfa", kept).status_code == 204
        assert amr_of(page) == ["pwd", "otp", "mfa"]

    def test_not_now(self, page: Page, ada: User) -> None:
        on("Totp", policy="UserControlled")
        first_proof(page)
        missing = page("post", "/submit")
        refused(missing, 422, "user.missing_mfa")
        assert missing.json()["data"]["skippable"] is True
        assert page("post", "/profile/mfa/mfa-skipped").status_code == 204
        assert amr_of(page) == ["pwd"]

    def test_a_new_account(self, page: Page) -> None:
        on("Totp", policy="Mandatory")
        page("put", "", {"interactionEvent": "Register"})
        identity = {"identifier": {"type": "username", "value": "grace"}, "password": PASSWORD}
        verified = page("post", "/verification/new-password-identity", identity).json()
        assert page("post", "/identification", verified).status_code == 201
        refused(page("post", "/submit"), 422, "user.missing_mfa")
        new = page("post", "/verification/totp/secret").json()
        body = {"verificationId": new["verificationId"], "code": code(new["secret"])}
        page("post", "/verification/totp/verify", body)
        page("post", "/profile/mfa", {"type": "Totp", "verificationId": new["verificationId"]})
        assert amr_of(page) == ["pwd", "otp", "mfa"]

    @pytest.mark.parametrize("factor", ["WebAuthn", "PhoneVerificationCode", "EmailVerificationCode"])
    def test_what_cannot_be_bound_here(self, page: Page, ada: User, factor: str) -> None:
        on("Totp", policy="Mandatory")
        first_proof(page)
        answer = page("post", "/profile/mfa", {"type": factor, "verificationId": "x"})
        refused(answer, 400, "session.mfa.mfa_factor_not_enabled")
