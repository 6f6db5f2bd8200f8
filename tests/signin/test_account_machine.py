"""No order of requests changes somebody else's account, or lets a code count twice.

The caller holds access tokens of two people: of Bob, who they are, and of Ada, from an app that leaked it. They know Bob's
password and read Bob's mail and that of a new address; of Ada they know what the app knows, and nothing else.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from idp.applications.models import Application
from idp.messaging.models import OutboxMessage
from idp.mfa.models import TotpDevice
from idp.signin.experience import update_experience
from idp.signin.models import Session
from idp.tokens.models import Grant
from idp.users.models import User
from idp.users.services import create_user
from idp.verification.models import AddressProof, PersonProof, VerificationCode
from tests.account.conftest import METHODS
from tests.api.callers import SCOPES, Api
from tests.conftest import PASSWORD
from tests.mfa.helpers import code as totp_code
from tests.protocol.client import App
from tests.signin.helpers import code_in_outbox

BOBS_PASSWORD, NEW_PASSWORD = "bobs own secret", "another fine secret"
ADAS, BOBS, NEW = "ada@example.com", "bob@example.com", "new@example.com"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WHO = st.sampled_from(["ada", "bob"])
PROOFS = st.integers(min_value=0, max_value=5)
reached: set[str] = set()  # the machine must be able to do something
tokens: dict[str, str] = {}


class Caller(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        for model in (VerificationCode, PersonProof, AddressProof, OutboxMessage):
            model.objects.all().delete()
        TotpDevice.objects.all().delete()
        Grant.objects.update(revoked_at=None)
        self.bob, self.ada = User.objects.get(username="bob"), User.objects.get(username="ada")
        self.bob.primary_email = BOBS
        self.bob.set_password(BOBS_PASSWORD)
        self.bob.save()
        self.before = (self.ada.username, self.ada.primary_email, self.ada.primary_phone, self.ada.password)
        self.sessions = set(Session.objects.filter(user=self.ada).values_list("sid", flat=True))
        self.api = {name: Api(token) for name, token in tokens.items()}
        self.records = ["nothing"]  # names of proofs and codes, whoever they are of
        self.verified: set[str] = set()

    def send(self, who: str, proof: int, method: str, path: str, body: Any = None) -> Any:
        self.api[who].proof = self._record(proof)
        return self.api[who](method, path, body)

    def _record(self, number: int) -> str:
        return self.records[-1 - number % len(self.records)]

    @rule(who=WHO, password=st.sampled_from([BOBS_PASSWORD, NEW_PASSWORD, "wrong"]))
    def prove_by_password(self, who: str, password: str) -> None:
        answer = self.send(who, 0, "post", "/verifications/password", {"password": password})
        if answer.status_code == 201:
            self.records.append(answer.json()["verificationRecordId"])

    @rule(who=WHO, to=st.sampled_from([ADAS, BOBS, NEW]), proof=PROOFS,
          template=st.sampled_from(["UserPermissionValidation", "BindNewIdentifier", None]))  # fmt: skip
    def send_code(self, who: str, to: str, proof: int, template: str | None) -> None:
        VerificationCode.objects.all().update(created_at="2020-01-01T00:00:00Z")  # the pace is tested elsewhere
        body = {"identifier": {"type": "email", "value": to}, **({"templateType": template} if template else {})}
        answer = self.send(who, proof, "post", "/verifications/verification-code", body)
        if answer.status_code == 201:
            self.records.append(answer.json()["verificationRecordId"])

    @rule(who=WHO, record=PROOFS, to=st.sampled_from([ADAS, BOBS, NEW]), reads=st.booleans())
    def verify_code(self, who: str, record: int, to: str, reads: bool) -> None:
        """Types the last code that reached a mailbox of theirs, or guesses."""
        readable = OutboxMessage.objects.filter(recipient__in=[BOBS, NEW]).exists()
        digits = code_in_outbox(BOBS, NEW) if reads and readable else "000000"
        name = self._record(record)
        body = {"identifier": {"type": "email", "value": to}, "verificationId": name, "code": digits}
        answer = self.send(who, 0, "post", "/verifications/verification-code/verify", body)
        if answer.status_code == 200:
            assert name not in self.verified, "a code counted twice"
            self.verified.add(name)
            reached.add("verified")

    @rule(who=WHO, proof=PROOFS, record=PROOFS, to=st.sampled_from([ADAS, BOBS, NEW]))
    def change_email(self, who: str, proof: int, record: int, to: str) -> None:
        body = {"email": to, "newIdentifierVerificationRecordId": self._record(record)}
        if self.send(who, proof, "post", "/my-account/primary-email", body).status_code == 204:
            reached.add("changed")

    @rule(proof=PROOFS)
    def bob_takes_the_new_address(self, proof: int) -> None:
        """The right way from end to end; Ada's token may come in between by the other rules."""
        self.prove_by_password("bob", BOBS_PASSWORD)
        self.send_code("bob", NEW, 0, "BindNewIdentifier")
        self.verify_code("bob", 0, NEW, reads=True)
        self.change_email("bob", 1 + proof % 2, 0, NEW)

    @rule(who=WHO, proof=PROOFS)
    def take_things_away(self, who: str, proof: int) -> None:
        self.send(who, proof, "delete", "/my-account/primary-phone")
        self.send(who, proof, "delete", "/my-account/primary-email")

    @rule(who=WHO, proof=PROOFS)
    def new_password(self, who: str, proof: int) -> None:
        if self.send(who, proof, "post", "/my-account/password", {"password": NEW_PASSWORD}).status_code == 204:
            reached.add("password")
            Grant.objects.update(revoked_at=None)  # the token goes on

    @rule(who=WHO, proof=PROOFS, username=st.sampled_from(["ada", "bob", "mallory"]))
    def new_username(self, who: str, proof: int, username: str) -> None:
        self.send(who, proof, "patch", "/my-account", {"username": username})

    @rule(who=WHO, proof=PROOFS)
    def bind_an_app(self, who: str, proof: int) -> None:
        body = {"type": "Totp", "secret": SECRET, "code": totp_code(SECRET)}
        self.send(who, proof, "post", "/my-account/mfa-verifications", body)

    @rule(who=WHO, proof=PROOFS)
    def end_sessions(self, who: str, proof: int) -> None:
        for sid in self.sessions:
            self.send(who, proof, "delete", f"/my-account/sessions/{sid}")

    @rule(proof=PROOFS)
    def leave_as_ada(self, proof: int) -> None:
        self.send("ada", proof, "delete", "/my-account")

    @invariant()
    def adas_account_is_hers(self) -> None:
        if not hasattr(self, "before"):
            return
        ada = User.objects.get(pk=self.ada.pk)
        assert (ada.username, ada.primary_email, ada.primary_phone, ada.password) == self.before
        assert not TotpDevice.objects.filter(user=ada).exists()
        assert set(Session.objects.filter(user=ada).values_list("sid", flat=True)) == self.sessions

    @invariant()
    def nobody_has_an_address_that_was_not_proved(self) -> None:
        if hasattr(self, "bob"):
            assert User.objects.get(pk=self.bob.pk).primary_email in (BOBS, NEW, None)


@pytest.mark.django_db
def test_no_order_of_requests_changes_somebody_elses_account(native: Application, ada: User) -> None:
    create_user(by="", username="bob", email=BOBS, password=BOBS_PASSWORD)
    for name, password in (("ada", PASSWORD), ("bob", BOBS_PASSWORD)):
        app = App("bookstore", "com.example.app://callback")
        code = app.sign_in_with_password(name, password, scope=SCOPES)["code"]
        tokens[name] = app.exchange(code).json()["access_token"]
    update_experience(by="test", sign_in={"methods": METHODS})
    machine: Any = Caller
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert reached == {"verified", "changed", "password"}
