"""The second factor with plain forms."""

import re
from typing import Any

import pytest
from django.test import RequestFactory

from idp.messaging.models import OutboxMessage
from idp.mfa import services
from idp.mfa.models import BackupCode, TotpDevice
from idp.pages.visit import Visit
from idp.signin import completion
from idp.signin.experience import update_experience
from idp.signin.models import Interaction, Session, SignInExperience
from idp.users.errors import IdentifierTaken
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.mfa.helpers import code, mfa, with_totp, wrong
from tests.pages.second_step import APP, CODES, SETUP, VERIFY, text_of, to_second_step, tokens_of
from tests.protocol.client import App
from tests.signin.helpers import code_in_outbox

pytestmark = pytest.mark.django_db


def on(*factors: str, **more: Any) -> None:
    update_experience(by="test", **mfa(*factors, **more))


class TestVerify:
    def test_an_authenticator_app(self, app: App, ada: User) -> None:
        on("Totp")
        secret = with_totp(ada)
        assert to_second_step(app)["Location"] == VERIFY
        shown = text_of(app.browser.get(VERIFY))
        assert "Enter the code that your authenticator app shows." in shown
        assert "Try another method" not in shown
        wrong_code = app.browser.post(VERIFY, {"code": wrong(code(secret))})
        assert "That is not the code" in text_of(wrong_code)
        assert not Session.objects.exists()
        assert tokens_of(app, app.browser.post(VERIFY, {"code": code(secret)}))["amr"] == ["pwd", "otp", "mfa"]

    def test_without_one_there_is_no_second_step(self, app: App, ada: User) -> None:
        on("Totp")
        assert tokens_of(app, to_second_step(app))["amr"] == ["pwd"]

    @pytest.mark.parametrize("typed", ["", "12345", "abcdef"])
    def test_what_is_no_code_counts_for_nothing(self, app: App, ada: User, typed: str) -> None:
        on("Totp")
        with_totp(ada)
        to_second_step(app)
        assert 'aria-invalid="true"' in text_of(app.browser.post(VERIFY, {"code": typed}))
        assert not Session.objects.exists()

    def test_a_backup_code_as_people_type_it(self, app: App, ada: User) -> None:
        on("Totp", "BackupCode")
        with_totp(ada)
        first = services.generate_backup_codes(by="test", user=ada)[0]
        to_second_step(app)
        assert f"/mfa-verification/backup-code{APP}" in text_of(app.browser.get(VERIFY))
        page = f"/mfa-verification/backup-code{APP}"
        assert "A backup code has ten characters" in text_of(app.browser.post(page, {"code": "123"}))
        done = app.browser.post(page, {"code": f" {first[:5].upper()}-{first[5:]} "})
        assert tokens_of(app, done)["amr"] == ["pwd", "otp", "mfa"]

    def test_a_code_by_sms(self, app: App, ada: User) -> None:
        on("Totp", "PhoneVerificationCode", "EmailVerificationCode")
        to_second_step(app)
        first = text_of(app.browser.get(VERIFY))
        assert "****4567" in first
        assert "555" not in first
        assert "****@example.com" in first
        assert not OutboxMessage.objects.exists()  # looking sends nothing
        phone = f"/mfa-verification/phone{APP}"
        assert app.browser.post(f"/mfa-verification/phone/send{APP}")["Location"] == phone
        assert "available in" in text_of(app.browser.get(phone))
        resent = app.browser.post(f"/mfa-verification/phone/send{APP}")
        assert "A code is on its way" in text_of(resent)
        assert OutboxMessage.objects.count() == 1
        assert tokens_of(app, app.browser.post(phone, {"code": code_in_outbox()}))["amr"] == ["pwd", "sms", "mfa"]

    def test_the_one_used_last_is_asked_for_first(self, app: App, ada: User) -> None:
        on("Totp", "PhoneVerificationCode", "EmailVerificationCode")
        to_second_step(app)
        email = f"/mfa-verification/email{APP}"
        app.browser.post(f"/mfa-verification/email/send{APP}")
        app.follow(app.browser.post(email, {"code": code_in_outbox()}))
        app.browser.cookies.clear()
        to_second_step(app)
        assert 'We send a code to <strong><bdi dir="ltr">****@example.com' in text_of(app.browser.get(VERIFY))

    def test_pages_that_are_not_next_lead_to_the_one_that_is(self, app: App, ada: User) -> None:
        on("Totp", "BackupCode", policy="Mandatory")
        with_totp(ada)
        page = app.authorize()["Location"]
        for path in (VERIFY, SETUP, f"/mfa-binding/totp{APP}", CODES):
            assert app.browser.get(path)["Location"] == f"/sign-in{APP}"
        app.browser.post(page, {"identifier": "ada", "password": PASSWORD})
        for path in (SETUP, f"/mfa-binding/totp{APP}", CODES, f"/sign-in/password{APP}"):
            assert app.browser.get(path)["Location"] == VERIFY
        for path in (f"/mfa-binding/skip{APP}", f"/mfa-binding/totp{APP}", f"/mfa-verification/fax/send{APP}", CODES):
            assert app.browser.post(path, {"code": "123456"})["Location"] == VERIFY
        assert not Session.objects.exists()

    def test_the_way_to_the_app_is_closed_without_it(self, app: App, ada: User) -> None:
        on("Totp")
        with_totp(ada)
        to_second_step(app)
        resumed = app.browser.get(f"/oidc/auth/{Interaction.objects.get().pk}")
        assert resumed["Location"].startswith("/sign-in")
        assert not Session.objects.exists()

    def test_a_suspended_person_is_told_and_gets_nothing(self, app: App, ada: User) -> None:
        on("PhoneVerificationCode")
        to_second_step(app)
        User.objects.update(is_suspended=True)
        app.browser.post(f"/mfa-verification/phone/send{APP}")
        assert not OutboxMessage.objects.exists()


class TestSetUp:
    def test_scan_prove_keep_codes_and_go(self, app: App, ada: User) -> None:
        on("Totp", "BackupCode", policy="Mandatory")
        assert to_second_step(app)["Location"] == SETUP
        choice = text_of(app.browser.get(SETUP))
        assert "Bookstore asks for a second step" in choice
        assert "Skip" not in choice
        shown = text_of(app.browser.get(f"/mfa-binding/totp{APP}"))
        assert 'src="data:image/svg+xml' in shown
        secret = re.search(r'data-copy="([A-Z2-7 ]+)"', shown)[1].replace(" ", "")  # type: ignore[index]
        refused = app.browser.post(f"/mfa-binding/totp{APP}", {"code": wrong(code(secret))})
        assert "That is not the code" in text_of(refused)
        assert not TotpDevice.objects.exists()
        assert app.browser.post(f"/mfa-binding/totp{APP}", {"code": code(secret)})["Location"] == CODES
        codes, again = (re.findall(r"<li>([0-9a-f]{10})</li>", text_of(app.browser.get(CODES))) for _ in range(2))
        assert len(codes) == 10
        assert codes == again
        assert BackupCode.objects.count() == 10
        assert tokens_of(app, app.browser.post(CODES))["amr"] == ["pwd", "otp", "mfa"]

    def test_not_now_and_not_again(self, app: App, ada: User) -> None:
        on("Totp", policy="UserControlled")
        assert to_second_step(app)["Location"] == SETUP
        assert "Skip" in text_of(app.browser.get(SETUP))
        assert tokens_of(app, app.browser.post(f"/mfa-binding/skip{APP}"))["amr"] == ["pwd"]
        app.browser.cookies.clear()
        assert "amr" in tokens_of(app, to_second_step(app))

    def test_what_is_required_cannot_be_skipped(self, app: App, ada: User) -> None:
        on("Totp", policy="Mandatory")
        to_second_step(app)
        assert "A second factor is required here" in text_of(app.browser.post(f"/mfa-binding/skip{APP}"))
        assert not Session.objects.exists()

    def test_looking_at_skip_skips_nothing(self, app: App, ada: User) -> None:
        on("Totp", policy="UserControlled")
        to_second_step(app)
        assert app.browser.get(f"/mfa-binding/skip{APP}")["Location"] == SETUP

    def test_a_new_account_sets_one_up_before_it_is_signed_in(self, app: App) -> None:
        on("Totp", policy="Mandatory")
        register = app.authorize(first_screen="register")["Location"]
        app.browser.post(register, {"identifier": "grace"})
        created = app.browser.post(f"/register/password{APP}", {"password": PASSWORD})
        assert created["Location"] == SETUP
        assert User.objects.filter(username="grace").exists()
        assert not Session.objects.exists()
        shown = text_of(app.browser.get(f"/mfa-binding/totp{APP}"))
        secret = re.search(r'data-copy="([A-Z2-7 ]+)"', shown)[1].replace(" ", "")  # type: ignore[index]
        done = app.browser.post(f"/mfa-binding/totp{APP}", {"code": code(secret)})
        assert tokens_of(app, done)["amr"] == ["pwd", "otp", "mfa"]

    def test_the_last_form_of_sign_up_sent_twice_goes_on(self, app: App, rf: RequestFactory) -> None:
        on("Totp", policy="Mandatory")
        app.browser.post(app.authorize(first_screen="register")["Location"], {"identifier": "grace"})
        twin = Interaction.objects.get()
        completion.choose_password(twin, SignInExperience.load(), password=PASSWORD)
        app.browser.post(f"/register/password{APP}", {"password": PASSWORD})
        visit = Visit(rf.post("/"), twin, SignInExperience.load())
        late = app.browser.get(visit.go_on()["Location"])
        assert late["Location"] == SETUP
        assert (
            visit._taken_meanwhile(IdentifierTaken("username"))["Location"] == SETUP
        )  # both had looked before either wrote
        assert User.objects.count() == 1

    def test_nothing_to_set_up_is_said(self, app: App, ada: User) -> None:
        on("PhoneVerificationCode", policy="Mandatory")
        User.objects.update(primary_phone=None)
        assert to_second_step(app)["Location"] == SETUP
        assert "there is none that you could set up here" in text_of(app.browser.get(SETUP))
        assert app.browser.get(f"/mfa-binding/totp{APP}").status_code == 200
        assert not Session.objects.exists()
