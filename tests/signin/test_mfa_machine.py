"""No order of requests signs in a person with a second factor without it.

The visitor knows Ada's password and reads her mail, and has an account with a second factor of their own (Bob's). They do not
have Ada's passkey, authenticator app, backup codes or phone.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from idp.applications.models import Application
from idp.messaging.models import OutboxMessage
from idp.mfa import services
from idp.mfa.factors import Factor
from idp.mfa.models import Ceremony, Habit, Passkey, TotpDevice, TrustedDevice
from idp.signin import acr
from idp.signin.experience import update_experience
from idp.signin.models import Interaction, Session
from idp.tokens.models import Grant
from idp.users.models import User
from idp.users.services import create_user
from idp.verification.models import VerificationCode
from tests.api.callers import Page
from tests.conftest import PASSWORD
from tests.mfa.authenticator import Authenticator, stored, with_passkey
from tests.mfa.helpers import code, forget_use, mfa, with_totp
from tests.protocol.client import App
from tests.signin.helpers import code_in_outbox

EVENTS = ("SignIn", "Register", "ForgotPassword")
PEOPLE = ("ada", "bob", "grace")
APP = "?app_id=bookstore"
POSTS = ("mfa-verification", "mfa-verification/totp", "mfa-verification/backup-code", "mfa-verification/phone",
         "mfa-verification/phone/send", "sign-in/passkey", "create-passkey", "create-passkey/skip", "mfa-binding/passkey",
         "mfa-binding/skip", "mfa-binding/totp", "mfa-binding/backup-codes",
         "register/existing-account", "sign-in/new-account", "register/password")  # fmt: skip
QUESTIONS = ("/verification/web-authn/authentication", "/preflight/sign-in-passkey/authentication",
             "/verification/sign-in-passkey/authentication")  # fmt: skip
NEW_PASSWORD = "another horse battery"
PASSKEYS: dict[str, Authenticator] = {}
reached: set[str] = set()  # who got in, and what was bound, over all runs: the machine must be able to do something


class Visitor(RuleBasedStateMachine):
    @initialize()
    def open_the_app(self) -> None:
        Session.objects.all().delete()
        Interaction.objects.all().delete()
        VerificationCode.objects.all().delete()
        Habit.objects.all().delete()
        Ceremony.objects.all().delete()
        TrustedDevice.objects.all().delete()
        User.objects.filter(username="grace").delete()
        self.ada, self.bob = (User.objects.get(username=name) for name in ("ada", "bob"))
        self.ada.set_password(PASSWORD)
        self.ada.save()
        self.bobs_secret = TotpDevice.objects.get(user=self.bob).secret
        self.adas_secret = TotpDevice.objects.get(user=self.ada).secret
        self.page = Page(App("bookstore", "com.example.app://callback"))
        self.pending: dict[str, str] = {}
        self.questions: list[dict[str, Any]] = []
        self.bobs_passkey = PASSKEYS[self.bob.pk]

    @rule(event=st.sampled_from(EVENTS))
    def begin(self, event: str) -> None:
        self.page("put", "", {"interactionEvent": event})

    @rule(event=st.sampled_from(EVENTS))
    def change_event(self, event: str) -> None:
        self.page("put", "/interaction-event", {"interactionEvent": event})

    @rule(name=st.sampled_from(PEOPLE), password=st.sampled_from([PASSWORD, NEW_PASSWORD]))
    def password(self, name: str, password: str) -> None:
        identifier = {"type": "username", "value": name}
        self.page("post", "/verification/password", {"identifier": identifier, "password": password})

    @rule(name=st.sampled_from(PEOPLE))
    def password_on_the_page(self, name: str) -> None:
        self.page.app.browser.post(f"/sign-in{APP}", {"identifier": name, "password": PASSWORD})

    @rule()
    def new_account(self) -> None:
        self.page("put", "", {"interactionEvent": "Register"})
        identity = {"identifier": {"type": "username", "value": "grace"}, "password": PASSWORD}
        self.page("post", "/verification/new-password-identity", identity)
        self.identify()

    @rule()
    def read_adas_mail(self) -> None:
        self.page("put", "", {"interactionEvent": "ForgotPassword"})
        identifier = {"type": "email", "value": "ada@example.com"}
        body = {"identifier": identifier, "interactionEvent": "ForgotPassword"}
        sent = self.page("post", "/verification/verification-code", body)
        if sent.status_code == 200:
            proof = {"identifier": identifier, "code": code_in_outbox(), **sent.json()}
            self.page("post", "/verification/verification-code/verify", proof)

    @rule()
    def choose_a_new_password(self) -> None:
        self.page("put", "/profile/password", {"password": NEW_PASSWORD})

    @rule()
    def code_of_ones_own_app(self) -> None:
        forget_use(self.bob)
        self.page("post", "/verification/totp/verify", {"code": code(self.bobs_secret)})

    @rule()
    def set_up_an_app(self) -> None:
        answer = self.page("post", "/verification/totp/secret")
        if answer.status_code == 200:
            self.pending = answer.json()

    @rule()
    def prove_and_bind_the_app(self) -> None:
        if self.pending:
            name = self.pending["verificationId"]
            body = {"verificationId": name, "code": code(self.pending["secret"])}
            self.page("post", "/verification/totp/verify", body)
            self.page("post", "/verification/totp/verify", {"code": body["code"]})
            self.page("post", "/profile/mfa", {"type": "Totp", "verificationId": name})

    @rule()
    def take_backup_codes(self) -> None:
        answer = self.page("post", "/verification/backup-code/generate")
        if answer.status_code == 200:
            found = answer.json()
            reached.add("backup codes")
            self.page("post", "/verification/backup-code/verify", {"code": found["codes"][0]})
            self.page("post", "/profile/mfa", {"type": "BackupCode", "verificationId": found["verificationId"]})

    @rule()
    def ask_for_an_sms_and_try_the_code_from_the_mail(self) -> None:
        sent = self.page("post", "/verification/mfa-verification-code", {"identifierType": "phone"})
        mails = OutboxMessage.objects.filter(usage_type="ForgotPassword")
        if sent.status_code == 200 and mails:
            digits = "".join(filter(str.isdigit, mails.latest("pk").text))[:6]
            body = {"code": digits, "identifierType": "phone", **sent.json()}
            self.page("post", "/verification/mfa-verification-code/verify", body)

    @rule(path=st.sampled_from(QUESTIONS), name=st.sampled_from(PEOPLE))
    def ask_for_a_passkey(self, path: str, name: str) -> None:
        body = {"identifier": {"type": "username", "value": name}} if path == QUESTIONS[2] else None
        answer = self.page("post", path, body)
        if answer.status_code == 200:
            self.questions.append(answer.json())

    @rule(path=st.sampled_from(QUESTIONS), data=st.data())
    def answer_with_ones_own_passkey(self, path: str, data: st.DataObject) -> None:
        """Any question that was ever asked, wherever it was, at any of the three doors."""
        if self.questions:
            self._answer(path, data.draw(st.sampled_from(self.questions)))

    @rule(name=st.sampled_from(["ada", "bob"]), path=st.sampled_from(QUESTIONS))
    def password_and_ones_own_passkey(self, name: str, path: str) -> None:
        self.begin("SignIn")
        self.password(name, PASSWORD)
        self.ask_for_a_passkey(path, name)
        if self.questions:
            self._answer(path, self.questions[-1])

    def _answer(self, path: str, question: dict[str, Any]) -> None:
        options = question.get("authenticationOptions", question.get("registrationOptions"))
        body = {"verificationId": question["verificationId"], "payload": self.bobs_passkey.get(options)}
        self.page("post", f"{path.replace('preflight', 'verification')}/verify", body)

    @rule(bind=st.sampled_from(["/profile/mfa", "/profile/mfa/passkey"]))
    def create_a_passkey(self, bind: str) -> None:
        answer = self.page("post", "/verification/web-authn/registration")
        if answer.status_code == 200:
            question, authenticator = answer.json(), Authenticator()
            name = question["verificationId"]
            payload = authenticator.create(question["registrationOptions"])
            self.page(
                "post", "/verification/web-authn/registration/verify", {"verificationId": name, "payload": payload}
            )
            self.page("post", bind, {"verificationId": name, **({} if "passkey" in bind else {"type": "WebAuthn"})})

    @rule()
    def trust_this_device(self) -> None:
        self.page("post", "/profile/mfa/trusted-device")

    @rule()
    def bring_ones_own_trust_for_her(self) -> None:
        """The cookie of a device that Bob trusts, under Ada's name."""
        cookies = self.page.app.browser.cookies
        if f"_trusted_device_{self.bob.pk}" in cookies:
            cookies[f"_trusted_device_{self.ada.pk}"] = cookies[f"_trusted_device_{self.bob.pk}"].value

    @rule(wanted=st.sampled_from(["mfa", "phr"]))
    def step_up(self, wanted: str) -> None:
        self.page.app.follow(self.page.app.authorize(acr_values=wanted))

    @rule()
    def both_proofs_of_oneself_trust_and_come_back(self) -> None:
        self.begin("SignIn")
        self.password("bob", PASSWORD)
        self.identify()
        self.code_of_ones_own_app()
        self.trust_this_device()
        self.submit_and_follow(True)
        self.page.app.authorize(prompt="login")
        self.password_on_the_page("bob")
        self.submit_and_follow(True)

    @rule()
    def decline_a_passkey(self) -> None:
        self.page("post", "/profile/mfa/passkey-skipped")

    @rule()
    def skip(self) -> None:
        self.page("post", "/profile/mfa/mfa-skipped")

    @rule(path=st.sampled_from(POSTS), typed=st.sampled_from(["000000", "0000000000", "own"]))
    def post_a_page(self, path: str, typed: str) -> None:
        forget_use(self.bob)
        typed = code(self.bobs_secret) if typed == "own" else typed
        answer = self.page.app.browser.post(f"/{path}{APP}", {"code": typed, "password": PASSWORD})
        self.page.app.follow(answer)

    @rule(name=st.sampled_from(["ada", "bob"]))
    def both_proofs_of_oneself_and_then(self, name: str) -> None:
        """Everything right for Bob, up to the end; then, perhaps, Ada's name with it."""
        self.begin("SignIn")
        self.password("bob", PASSWORD)
        self.identify()
        self.code_of_ones_own_app()
        if name == "ada":
            self.password("ada", PASSWORD)

    @rule()
    def identify(self) -> None:
        self.page("post", "/identification", {})

    @rule(with_identification=st.booleans())
    def submit_and_follow(self, with_identification: bool) -> None:
        if with_identification:
            self.identify()
        answer = self.page("post", "/submit")
        if answer.status_code == 200 and answer.content and "redirectTo" in (answer.json() or {}):
            self.page.app.follow(self.page.app.browser.get(answer.json()["redirectTo"]))

    @rule()
    def go_back_to_the_app(self) -> None:
        for interaction in Interaction.objects.all():
            self.page.app.follow(self.page.app.browser.get(f"/oidc/auth/{interaction.pk}"))

    @rule()
    def open_the_app_again(self) -> None:
        self.page.app.authorize(prompt="login")

    @invariant()
    def ada_is_not_signed_in(self) -> None:
        if not hasattr(self, "ada"):
            return
        sessions = Session.objects.all()
        reached.update(session.user.username for session in sessions.select_related("user"))
        assert not sessions.filter(user=self.ada).exists()
        assert all(one.result.get("user") != self.ada.pk for one in Interaction.objects.all())
        assert all(one.proofs.get("mfa") != self.ada.pk for one in Interaction.objects.all())

    @invariant()
    def bob_has_shown_his_second_factor(self) -> None:
        for session in Session.objects.filter(user__username="bob"):
            if session.amr == ["pwd"]:
                assert TrustedDevice.objects.filter(user=session.user).exists()
                reached.add("trusted")
                continue
            assert "mfa" in session.amr
            assert {"otp", "hwk"} & set(session.amr)

    @invariant()
    def what_an_application_wanted_was_there(self) -> None:
        for grant in Grant.objects.exclude(acr="1fa"):
            assert acr.level_of(grant.amr) >= acr.LEVELS.index(grant.acr)
        assert not TrustedDevice.objects.filter(user__username="ada").exists()

    @invariant()
    def adas_factors_are_hers(self) -> None:
        if hasattr(self, "ada"):
            assert TotpDevice.objects.get(user=self.ada).secret == self.adas_secret
            assert services.bound_factors(self.ada) == [Factor.WEBAUTHN, Factor.TOTP, Factor.BACKUP_CODE]
            assert Passkey.objects.get(user=self.ada) == stored(PASSKEYS[self.ada.pk])


@pytest.mark.django_db
def test_no_order_of_requests_gets_past_the_second_factor(native: Application) -> None:
    factors = ("WebAuthn", "Totp", "BackupCode", "PhoneVerificationCode")
    update_experience(by="test", passkey_sign_in={"enabled": True}, trusted_device={"enabled": True})
    update_experience(by="test", **mfa(*factors, policy="UserControlled"), sentinel_policy={"maxAttempts": 1000})
    for name, phone in (("ada", "15551234567"), ("bob", "")):
        user = create_user(by="test", username=name, email=f"{name}@example.com", phone=phone, password=PASSWORD)
        with_totp(user)
        PASSKEYS[user.pk] = with_passkey(user)
        services.generate_backup_codes(by="test", user=user)
    reached.clear()
    machine: Any = Visitor
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert reached >= {"bob", "trusted"}, reached
