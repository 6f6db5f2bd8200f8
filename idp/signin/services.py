"""What a person does on the sign-in pages, one function each. The JSON Experience API walks through the same ones."""

import time
from typing import Any

from django.db import transaction

from idp.audit.services import record
from idp.signin import flow
from idp.signin.errors import InvalidCredentials, MethodNotEnabled, NotProved, UserNotFound
from idp.signin.flow import State
from idp.signin.models import Interaction, Session, SignInExperience
from idp.users import passwords
from idp.users import services as users
from idp.users.errors import IdentifierTaken, UserSuspended
from idp.users.models import User
from idp.verification import services as verification
from idp.verification.errors import CodeNotFound, ResendTooSoon


def begin(interaction: Interaction, *, event: str) -> None:
    """Start over with another event (SignIn or Register); proofs stay, they are true in both."""
    if interaction.result:
        return
    interaction.event, interaction.identifier, interaction.draft = event, {}, {}
    _save(interaction, "event", "identifier", "draft")


def identify(
    interaction: Interaction, experience: SignInExperience, *, kind: str, value: str, method: str = ""
) -> None:
    """Note who wants to sign in, and how: `password`, `code` or the way that comes first. Raises MethodNotEnabled."""
    enabled = experience.method_for(kind)
    if enabled is None or not experience.allows_sign_in:
        raise MethodNotEnabled
    method = method or flow.preferred_method(enabled)
    if not enabled["password" if method == "password" else "verificationCode"]:
        raise MethodNotEnabled
    interaction.identifier = {"type": kind, "value": value}
    interaction.draft = {"method": method}
    _save(interaction, "identifier", "draft")


def identify_new(interaction: Interaction, experience: SignInExperience, *, kind: str, value: str) -> None:
    """Note who wants an account. Raises SignUpClosed, and IdentifierTaken for a username (nothing proves one)."""
    flow.require_sign_up(experience, kind)
    if kind == "username" and User.objects.by_identifier(kind, value):
        raise IdentifierTaken(kind)
    interaction.identifier = {"type": kind, "value": value}
    interaction.draft = {}
    _save(interaction, "identifier", "draft")


def send_code(interaction: Interaction, experience: SignInExperience) -> None:
    """Send a code to the noted identifier. Raises what verification.send_code raises; nothing noted is lost then.

    Somebody unknown who could not sign up with it gets nothing, and sees no difference.
    """
    state = State(interaction, experience)
    if state.kind not in flow.CODE_KINDS:
        raise MethodNotEnabled
    reachable = flow.may_sign_up_with(experience, state.kind) or state.owner is not None
    try:
        code = verification.send_code(
            interaction_id=interaction.pk, channel=state.kind, recipient=state.value, purpose=interaction.event,
            deliver=reachable,
        )  # fmt: skip
    except ResendTooSoon as error:
        _expect_code(interaction, error.verification_id)
        raise
    _expect_code(interaction, code.pk)


def _expect_code(interaction: Interaction, verification_id: str) -> None:
    interaction.verification_id = verification_id
    _save(interaction, "verification_id")


def verify_code(interaction: Interaction, experience: SignInExperience, *, digits: str) -> None:
    """Prove the noted identifier with the code. Raises what verification.check_code raises.

    The same form sent twice: whoever comes second finds the proof and goes on.
    """
    state = State(interaction, experience)

    def prove() -> None:
        interaction.proofs = {**interaction.proofs, state.kind: state.value}
        _save(interaction, "proofs")

    try:
        verification.check_code(
            interaction_id=interaction.pk, verification_id=interaction.verification_id, channel=state.kind,
            recipient=state.value, digits=digits, prove=prove,
        )  # fmt: skip
    except CodeNotFound:
        interaction.refresh_from_db()
        if not State(interaction, experience).identifier_proved:
            raise


def verify_password(interaction: Interaction, experience: SignInExperience, *, password: str) -> None:
    """Prove the person with their password. Raises InvalidCredentials, whatever of the two was wrong."""
    state = State(interaction, experience)
    method = experience.method_for(state.kind)
    if method is None or not method["password"]:
        raise MethodNotEnabled
    owner = state.owner
    if not passwords.verify(owner, password) or owner is None:
        record("user.sign_in_failed", target=owner.audit_name if owner else "", succeeded=False, method="password",
               application=interaction.application_id)  # fmt: skip
        raise InvalidCredentials
    interaction.proofs = {**interaction.proofs, "user": owner.pk}
    _save(interaction, "proofs")


def choose_password(interaction: Interaction, *, password: str) -> None:
    """Keep the hash of a new account's password until the account is made. Raises PasswordRejected."""
    interaction.draft = {**interaction.draft, "password": passwords.hash_new(password)}
    _save(interaction, "draft")


def accept_account(interaction: Interaction, experience: SignInExperience) -> None:
    """ "No account yet, create one?" Yes: the proof stays, no second code is sent. Raises SignUpClosed, NotProved."""
    state = State(interaction, experience)
    flow.require_sign_up(experience, state.kind)
    if not state.identifier_proved:
        raise NotProved
    interaction.event = "Register"
    _save(interaction, "event")


def accept_sign_in(interaction: Interaction, experience: SignInExperience) -> None:
    """ "There is an account already, sign in to it?" Yes, with the identifier that was just proved. Raises NotProved."""
    if not State(interaction, experience).identifier_proved:
        raise NotProved
    interaction.event, interaction.draft = "SignIn", {"method": "code"}
    _save(interaction, "event", "draft")


def create_account(interaction: Interaction, experience: SignInExperience) -> None:
    """Create the person that was described and proved, and sign them in. Raises SignUpClosed, IdentifierTaken, NotProved.

    Two at once: the second finds the identifier taken; when it was this interaction that took it, it goes on.
    """
    state = State(interaction, experience)
    flow.require_sign_up(experience, state.kind)
    if flow.next_step(interaction, experience) != flow.Step.CREATE:
        raise NotProved
    with transaction.atomic():
        identifiers: dict[str, Any] = {state.kind: state.value}
        user = users.create_user(
            by="", application_id=interaction.application_id, password_hash=interaction.draft.get("password", ""),
            **identifiers,
        )  # fmt: skip
        _finish(interaction, user, method="code" if state.identifier_proved else "password")


def sign_in(interaction: Interaction, experience: SignInExperience) -> None:
    """Sign in the person whose password or identifier was proved. Raises UserNotFound, UserSuspended, NotProved."""
    state = State(interaction, experience)
    if flow.next_step(interaction, experience) != flow.Step.SIGN_IN:
        raise NotProved
    user, method = state.owner, "password" if state.uses_password else "code"
    if user is None:
        raise UserNotFound
    if user.is_suspended:
        record("user.sign_in_failed", target=user.audit_name, succeeded=False, reason="suspended")
        raise UserSuspended
    with transaction.atomic():
        _finish(interaction, user, method=method)


def _finish(interaction: Interaction, user: User, *, method: str) -> None:
    interaction.result = {"user": user.pk, "method": method, "auth_time": int(time.time())}
    interaction.draft = {}  # a password hash has no business here any more
    _save(interaction, "result", "draft")
    users.record_sign_in(user=user, application_id=interaction.application_id, method=method)


def _save(interaction: Interaction, *fields: str) -> None:
    interaction.save(update_fields=fields)


def consent(interaction: Interaction, session: Session, *, allowed: bool) -> None:
    """The person signed in here lets an application know who they are, or does not. Once decided it stays."""
    if not interaction.result:
        interaction.result = {"user": session.user_id, **({} if allowed else {"denied": True})}
        _save(interaction, "result")
