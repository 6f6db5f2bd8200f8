"""A new email address or phone number: proof of the person, a code to the new one, and nothing else opens it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from idp.audit.models import Event
from idp.messaging.models import OutboxMessage
from idp.signin import own_account, proofs
from idp.signin.experience import update_experience
from idp.signin.models import Session
from idp.users.errors import LastWayToSignIn
from idp.users.models import User
from idp.users.services import create_user, update_user
from idp.verification import lockout
from idp.verification.errors import CodeNotFound
from idp.verification.models import Lockout, PersonProof, VerificationCode
from tests.account.conftest import METHODS, sign_in
from tests.account.test_overview import text_of
from tests.conftest import PASSWORD
from tests.signin.helpers import code_in_outbox

pytestmark = pytest.mark.django_db
NEW = {"email": "countess@example.com", "phone": "+1 201 555 0123"}
STORED = {"email": "countess@example.com", "phone": "12015550123"}
COLUMN = {"email": "primary_email", "phone": "primary_phone"}


def ask(browser: Client, kind: str = "email", typed: str = "") -> str:
    """Type the new address; returns the page that asks for the code."""
    answer = browser.post(f"/account/{kind}", {"identifier": typed or NEW[kind], "country": "US"})
    assert answer.status_code == 303, text_of(answer)
    return str(answer["Location"])


def wrong(digits: str) -> str:
    return "000000" if digits != "000000" else "111111"


class TestProof:
    @pytest.mark.parametrize("page", ["email", "phone", "email/remove", "phone/remove", "delete"])
    def test_nothing_is_changed_without_one(self, browser: Client, page: str) -> None:
        for answer in (
            browser.get(f"/account/{page}"),
            browser.post(f"/account/{page}", {"identifier": "x@y.example"}),
        ):
            assert answer["Location"] == f"/account/verify?next={page.replace('/', '-')}"
        assert not OutboxMessage.objects.exists()

    def test_by_password(self, browser: Client, ada: User) -> None:
        answer = browser.post("/account/verify?next=email", {"password": PASSWORD})
        assert answer["Location"] == "/account/email"
        assert "It stays until the new one is confirmed" in text_of(browser.get("/account/email"))
        assert Event.objects.get(key="user.identity_verified").data == {"method": "password"}

    def test_a_wrong_password_proves_nothing(self, browser: Client) -> None:
        assert "This is not your password" in text_of(browser.post("/account/verify", {"password": "guess guess"}))
        assert not PersonProof.objects.exists()
        assert Event.objects.filter(key="user.identity_check_failed", succeeded=False).count() == 1

    def test_guessing_the_password_is_stopped_where_sign_in_is(self, browser: Client, ada: User) -> None:
        update_experience(by="test", sentinel_policy={"maxAttempts": 2})
        for _ in range(3):
            last = browser.post("/account/verify", {"password": "guess guess"})
        assert "Too many failed attempts" in text_of(last)
        assert "Too many failed attempts" in text_of(browser.post("/account/verify", {"password": PASSWORD}))
        assert lockout.is_blocked("username", "ada")

    @pytest.mark.parametrize("kind", ["email", "phone"])
    def test_by_code_to_an_address_that_one_has(self, browser: Client, kind: str) -> None:
        answer = browser.post("/account/verify/send?next=phone", {"kind": kind})
        assert text_of(browser.get(answer["Location"]))
        assert VerificationCode.objects.get().purpose == "UserPermissionValidation"
        proved = browser.post(answer["Location"], {"code": code_in_outbox()})
        assert proved["Location"] == "/account/phone"
        assert browser.get("/account/phone").status_code == 200

    def test_a_wrong_code(self, browser: Client) -> None:
        page = browser.post("/account/verify/send", {"kind": "email"})["Location"]
        assert "You have 9 tries left" in text_of(browser.post(page, {"code": wrong(code_in_outbox())}))
        assert not PersonProof.objects.exists()

    def test_a_second_code_must_wait(self, browser: Client) -> None:
        page = browser.post("/account/verify/send", {"kind": "email"})["Location"]
        assert browser.post("/account/verify/send", {"kind": "email"})["Location"] == page
        answer = browser.post("/account/verify/send", {"kind": "email", "again": "yes"})
        assert "You can ask for another one in" in text_of(answer)
        assert OutboxMessage.objects.count() == 1

    def test_a_code_to_an_address_that_is_no_longer_theirs(self, browser: Client, ada: User) -> None:
        page = browser.post("/account/verify/send", {"kind": "email"})["Location"]
        update_user(by="test", user=ada, email="new@example.com")
        assert "sent to somebody else" in text_of(browser.post(page, {"code": code_in_outbox()}))
        assert not PersonProof.objects.exists()

    def test_it_holds_for_ten_minutes(self, proved: Client) -> None:
        with time_machine.travel(timezone.now() + timedelta(minutes=9, seconds=50)):
            assert proved.get("/account/email").status_code == 200
        with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
            assert proved.get("/account/email")["Location"] == "/account/verify?next=email"

    def test_one_that_expires_while_the_code_is_under_way(self, proved: Client, ada: User) -> None:
        page = ask(proved)
        PersonProof.objects.update(expires_at=timezone.now())
        answer = proved.post(page, {"code": code_in_outbox()})
        assert answer["Location"] == "/account/verify?next=email"
        ada.refresh_from_db()
        assert ada.primary_email == "ada@example.com"

    def test_it_opens_one_browser_only(self, proved: Client) -> None:
        assert sign_in("ada").get("/account/email")["Location"] == "/account/verify?next=email"

    def test_it_is_not_carried_to_another_person_in_the_same_session(self, proved: Client) -> None:
        PersonProof.objects.update(user_id="somebodyelse")
        assert proved.get("/account/email")["Location"] == "/account/verify?next=email"

    @pytest.mark.parametrize("place", ["https://evil.example", "//evil.example", "sign-out", "../console"])
    def test_it_leads_to_pages_of_ours_only(self, browser: Client, place: str) -> None:
        answer = browser.post(f"/account/verify?next={place}", {"password": PASSWORD})
        assert answer["Location"] == "/account"


class TestChange:
    @pytest.mark.parametrize("kind", ["email", "phone"])
    def test_the_whole_way(self, proved: Client, ada: User, kind: str) -> None:
        page = ask(proved, kind)
        assert VerificationCode.objects.get().purpose == "BindNewIdentifier"
        assert VerificationCode.objects.get().recipient == STORED[kind]
        assert 'autocomplete="one-time-code"' in text_of(proved.get(page))
        assert proved.post(page, {"code": code_in_outbox()})["Location"] == f"/account?notice={kind}-changed"
        ada.refresh_from_db()
        assert getattr(ada, COLUMN[kind]) == STORED[kind]
        event = Event.objects.get(key="user.updated")
        assert (event.actor, event.target, event.data) == (ada.audit_name, ada.audit_name, {"fields": [kind]})

    @pytest.mark.parametrize(
        ("kind", "typed", "sentence"),
        [
            ("email", "", "Enter your new email address"),
            ("email", "nonsense", "This is not an email address"),
            ("email", "ADA@example.com", "This is your email address already"),
            ("phone", "12", "This is not a phone number"),
            ("phone", "(555) 123-4567", "This is your phone number already"),
        ],
    )
    def test_what_will_not_do(self, proved: Client, kind: str, typed: str, sentence: str) -> None:
        answer = proved.post(f"/account/{kind}", {"identifier": typed, "country": "US"})
        assert sentence in text_of(answer)
        assert not OutboxMessage.objects.exists()

    def test_a_wrong_code(self, proved: Client, ada: User) -> None:
        page = ask(proved)
        assert "You have 9 tries left" in text_of(proved.post(page, {"code": wrong(code_in_outbox())}))
        ada.refresh_from_db()
        assert ada.primary_email == "ada@example.com"

    def test_guessing_is_stopped(self, proved: Client) -> None:
        update_experience(by="test", sentinel_policy={"maxAttempts": 2})
        page = ask(proved)
        digits = code_in_outbox()
        for _ in range(3):
            proved.post(page, {"code": wrong(digits)})
        assert "Too many failed attempts" in text_of(proved.post(page, {"code": digits}))
        assert Lockout.objects.exists()

    def test_a_code_for_one_address_does_not_prove_another(self, proved: Client, ada: User) -> None:
        ask(proved, typed="mine@example.com")
        mine = code_in_outbox()
        page = ask(proved, typed="yours@example.com")
        if mine == code_in_outbox():
            pytest.skip("both codes are the same digits, by chance")
        assert "That is not the code" in text_of(proved.post(page, {"code": mine}))
        ada.refresh_from_db()
        assert ada.primary_email == "ada@example.com"

    def test_a_code_to_an_email_address_proves_no_phone_number(self, proved: Client) -> None:
        verification_id = ask(proved).rpartition("/")[2]
        answer = proved.post(f"/account/phone/{verification_id}", {"code": code_in_outbox()})
        assert answer["Location"] == "/account/phone"

    @pytest.mark.parametrize("purpose", ["SignIn", "Register", "ForgotPassword", "UserPermissionValidation"])
    def test_a_code_for_another_purpose_changes_nothing(self, proved: Client, ada: User, purpose: str) -> None:
        page = ask(proved)
        VerificationCode.objects.update(purpose=purpose)
        assert proved.post(page, {"code": code_in_outbox()})["Location"] == "/account/email"
        ada.refresh_from_db()
        assert ada.primary_email == "ada@example.com"

    def test_a_code_that_was_sent_to_change_proves_no_person(self, proved: Client, session: Session) -> None:
        verification_id = ask(proved).rpartition("/")[2]
        with pytest.raises(CodeNotFound):
            proofs.prove_with_code(
                owner=proofs.Owner.in_browser(session), verification_id=verification_id, digits=code_in_outbox()
            )

    def test_a_sign_in_code_changes_nothing(self, proved: Client, ada: User) -> None:
        visitor = Client()
        first = visitor.get("/account")["Location"]
        visitor.post(first, {"identifier": "stranger@example.com", "country": "US"})
        visitor.post("/sign-in/method?app_id=account-center", {"method": "code"})
        sent = VerificationCode.objects.get(purpose="SignIn")
        assert proved.post(f"/account/email/{sent.pk}", {"code": "123456"})["Location"] == "/account/email"

    def test_the_code_of_another_person(self, proved: Client, ada: User) -> None:
        page = ask(proved)
        create_user(by="test", username="bob", password=PASSWORD)
        bob = sign_in("bob")
        bob.post("/account/verify", {"password": PASSWORD})
        assert bob.post(page, {"code": code_in_outbox()})["Location"] == "/account/email"
        assert User.objects.get(username="bob").primary_email is None

    def test_that_it_is_taken_is_told_after_the_code_only(self, proved: Client, ada: User) -> None:
        create_user(by="test", email="countess@example.com")
        page = ask(proved)
        assert "already in use" not in text_of(proved.post(page, {"code": wrong(code_in_outbox())}))
        assert "already in use" in text_of(proved.post(page, {"code": code_in_outbox()}))
        assert proved.post(page, {"code": code_in_outbox()})["Location"] == "/account/email"
        ada.refresh_from_db()
        assert ada.primary_email == "ada@example.com"

    def test_a_second_code_must_wait(self, proved: Client) -> None:
        page = ask(proved)
        assert ask(proved) == page
        assert "You can ask for another one in" in text_of(proved.post(f"{page}/resend"))
        assert OutboxMessage.objects.count() == 1
        VerificationCode.objects.update(created_at=timezone.now() - timedelta(minutes=2))
        assert proved.post(f"{page}/resend")["Location"].startswith("/account/email/")
        assert OutboxMessage.objects.count() == 2

    def test_the_number_of_messages_is_limited(self, proved: Client, settings: Any) -> None:
        settings.SENDS_PER_ADDRESS = 1
        proved.defaults["REMOTE_ADDR"] = "203.0.113.9"
        ask(proved, typed="one@example.com")
        answer = proved.post("/account/email", {"identifier": "two@example.com"})
        assert "Too many codes were asked for" in text_of(answer)

    def test_the_same_form_twice(self, proved: Client) -> None:
        page = ask(proved)
        digits = code_in_outbox()
        proved.post(page, {"code": digits})
        assert proved.post(page, {"code": digits})["Location"] == "/account/email"


class TestRemove:
    @pytest.mark.parametrize("kind", ["email", "phone"])
    def test_another_way_to_sign_in_remains(self, proved: Client, ada: User, kind: str) -> None:
        assert "will no longer sign you in" in text_of(proved.get(f"/account/{kind}/remove"))
        assert proved.post(f"/account/{kind}/remove")["Location"] == f"/account?notice={kind}-removed"
        ada.refresh_from_db()
        assert getattr(ada, COLUMN[kind]) is None

    def test_the_last_way_stays(self, proved: Client, ada: User) -> None:
        update_experience(by="test", sign_in_mode="SignIn", sign_in={"methods": METHODS[1:2]})
        assert "You could not sign in any more" in text_of(proved.post("/account/email/remove"))
        ada.refresh_from_db()
        assert ada.primary_email == "ada@example.com"

    def test_a_password_alone_is_no_way_without_an_identifier_it_goes_with(
        self, proved: Client, session: Session, ada: User
    ) -> None:
        update_user(by="test", user=ada, username="")
        own_account.remove_identifier(owner=proofs.Owner.in_browser(session), kind="email")
        with pytest.raises(LastWayToSignIn):
            own_account.remove_identifier(owner=proofs.Owner.in_browser(session), kind="phone")

    def test_nothing_to_remove(self, proved: Client, ada: User) -> None:
        update_user(by="test", user=ada, phone="")
        assert proved.get("/account/phone/remove")["Location"] == "/account"


def test_somebody_without_password_and_addresses_passes_without_a_proof(browser: Client, ada: User) -> None:
    User.objects.update(password="", primary_email=None, primary_phone=None)
    assert browser.get("/account/email").status_code == 200
