"""What a person does on the sign-in pages, one function each. The JSON Experience API walks through the same ones."""

import time

from django.db import transaction

from idp.audit.services import record
from idp.lib.ids import standard_id
from idp.signin import completion, flow, second_factor
from idp.signin.errors import (
    InvalidCredentials,
    MethodNotEnabled,
    MissingProfile,
    NotProved,
    PasswordExpired,
    UserNotFound,
)
from idp.signin.models import Interaction, Session, SignInExperience
from idp.signin.state import PASSKEY, SESSION, State
from idp.users import identifiers, passwords
from idp.users import services as users
from idp.users.errors import IdentifierTaken, UserSuspended
from idp.users.models import User
from idp.verification import captcha
from idp.verification import services as verification
from idp.verification.errors import CaptchaRequired, CodeNotFound, ResendTooSoon
from idp.verification.lockout import guarded


def restart(interaction: Interaction, *, event: str) -> None:
    """Forget everything that happened in this interaction, and begin with this event (SignIn, Register, ForgotPassword)."""
    interaction.event, interaction.identifier, interaction.draft = event, {}, {}
    interaction.proofs, interaction.result, interaction.verification_id = {}, {}, ""
    _save(interaction, "event", "identifier", "draft", "proofs", "result", "verification_id")


def change_event(interaction: Interaction, *, event: str) -> None:
    """Go on with another event; what was noted and proved stays."""
    interaction.event = event
    _save(interaction, "event")


def note_verification(interaction: Interaction) -> str:
    """A name for what was just verified without a code, for clients that must present one."""
    verification_id = standard_id()
    interaction.draft = {**interaction.draft, "verifications": [*known_verifications(interaction), verification_id]}
    _save(interaction, "draft")
    return verification_id


def known_verifications(interaction: Interaction) -> list[str]:
    """The names of everything verified in this interaction."""
    noted: list[str] = list(interaction.draft.get("verifications", []))
    return [*noted, interaction.verification_id] if interaction.verification_id else noted


def begin(interaction: Interaction, *, event: str) -> None:
    """Start over with another event. Proofs stay between sign-in and sign-up; a code that was sent to sign in resets no
    password, and the other way round.
    """
    if interaction.result:
        return
    if interaction.event == event and not interaction.identifier and not interaction.draft:
        return  # nothing has happened yet
    if interaction.event != event and "ForgotPassword" in (interaction.event, event):
        interaction.proofs, interaction.verification_id = {}, ""
    interaction.event, interaction.identifier, interaction.draft = event, {}, {}
    _save(interaction, "event", "identifier", "draft", "proofs", "verification_id")


def show_captcha(interaction: Interaction, experience: SignInExperience, *, answer: str) -> None:
    """Prove that this is a person, where that is asked for. Raises CaptchaRequired, CaptchaFailed, CaptchaTooEarly."""
    if not experience.asks_for_captcha:
        return
    captcha.verify(interaction_id=interaction.pk, answer=answer)
    interaction.proofs = {**interaction.proofs, "captcha": True}
    _save(interaction, "proofs")


def require_captcha(interaction: Interaction, experience: SignInExperience) -> None:
    """Before anybody is named: whatever follows costs a message, or is a guess. Raises CaptchaRequired."""
    if experience.asks_for_captcha and not interaction.proofs.get("captcha"):
        raise CaptchaRequired


def _require_allowed(experience: SignInExperience, kind: str, value: str) -> None:
    """May a new account have this identifier?"""
    if kind == "email":
        experience.emails.check(value)


def identify(
    interaction: Interaction, experience: SignInExperience, *, kind: str, value: str, method: str = ""
) -> None:
    """Note who wants to sign in, and how: `password`, `code` or the way that comes first.

    Raises CaptchaRequired, MethodNotEnabled.
    """
    require_captcha(interaction, experience)
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
    """Note who wants an account. Raises CaptchaRequired, SignUpClosed, EmailNotAllowed, SubaddressNotAllowed, and
    IdentifierTaken for a username (nothing proves one).
    """
    require_captcha(interaction, experience)
    flow.require_sign_up(experience, kind)
    _require_allowed(experience, kind, value)
    if kind == "username":
        value = experience.usernames.check(value)
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
    if state.kind not in identifiers.CODE_KINDS:
        raise MethodNotEnabled
    welcome = interaction.event != "ForgotPassword" and flow.may_sign_up_with(experience, state.kind)
    reachable = welcome or state.owner is not None
    try:
        code = verification.send_code(
            interaction_id=interaction.pk, channel=state.kind, recipient=state.value, purpose=interaction.event,
            policy=experience.codes, deliver=reachable,
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

    with guarded(state.kind, state.value, experience.lockout):
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
    """Prove the person with their password. Raises InvalidCredentials, whatever of the two was wrong, and Blocked."""
    state = State(interaction, experience)
    method = experience.method_for(state.kind)
    if method is None or not method["password"]:
        raise MethodNotEnabled
    with guarded(state.kind, state.value, experience.lockout):
        owner = _owner_of_password(interaction, state, password)
    interaction.proofs = {**interaction.proofs, "user": owner.pk}
    _save(interaction, "proofs")


def _owner_of_password(interaction: Interaction, state: State, password: str) -> User:
    owner = state.owner
    if not passwords.verify(owner, password) or owner is None:
        record("user.sign_in_failed", target=owner.audit_name if owner else "", succeeded=False, method="password",
               application=interaction.application_id)  # fmt: skip
        raise InvalidCredentials
    return owner


def accept_account(interaction: Interaction, experience: SignInExperience) -> None:
    """ "No account yet, create one?" Yes: the proof stays, no second code is sent. Raises SignUpClosed, NotProved."""
    state = State(interaction, experience)
    flow.require_sign_up(experience, state.kind)
    _require_allowed(experience, state.kind, state.value)
    if not state.identifier_proved:
        raise NotProved
    interaction.event = "Register"
    _save(interaction, "event")


def accept_sign_in(interaction: Interaction, experience: SignInExperience) -> None:
    """ "There is an account already, sign in to it?" Yes, with the identifier that was just proved; where no code lets people
    in, their password is asked for. Raises NotProved, MethodNotEnabled.
    """
    state = State(interaction, experience)
    if not state.identifier_proved:
        raise NotProved
    method = experience.method_for(state.kind)
    if method is None or not experience.allows_sign_in:
        raise MethodNotEnabled
    interaction.event = "SignIn"
    interaction.draft = {"method": "code" if method["verificationCode"] else "password"}
    _save(interaction, "event", "draft")


def create_account(interaction: Interaction, experience: SignInExperience) -> None:
    """Create the person that was described and proved, and sign them in unless a second factor is to be set up.

    Raises SignUpClosed, IdentifierTaken, MissingProfile, NotProved.

    Two at once: the second finds the identifier taken; when it was this interaction that took it, it goes on.
    """
    state = State(interaction, experience)
    flow.require_sign_up(experience, state.kind)
    _require_allowed(experience, state.kind, state.value)
    step = flow.next_step(interaction, experience)
    if step in flow.COMPLETION:
        raise MissingProfile(state.missing_profile)
    if step is not flow.Step.CREATE:
        raise IdentifierTaken(state.kind) if step is flow.Step.OFFER_SIGN_IN else NotProved()
    try:
        _create(interaction, experience, {state.kind: state.value})
    except IdentifierTaken as error:
        if error.field in state.added:
            completion.forget_added(interaction, error.field)
        raise


def _create(interaction: Interaction, experience: SignInExperience, identifier: dict[str, str]) -> None:
    details = completion.details_for_new(interaction, experience)
    with transaction.atomic():
        user = users.create_user(
            by="", application_id=interaction.application_id, password_hash=interaction.draft.get("password", ""),
            **identifier, **details,
        )  # fmt: skip
        completion.record_agreement(interaction, user)
        interaction.proofs = {**interaction.proofs, "created": user.pk}
        interaction.draft = {}  # a password hash has no business here any more
        _save(interaction, "proofs", "draft")
        if flow.next_step(interaction, experience) is flow.Step.SIGN_IN:
            sign_in(interaction, experience)


def sign_in(interaction: Interaction, experience: SignInExperience) -> None:
    """Sign in the person whose password or identifier was proved, and whose second factor where they have one.

    Raises UserNotFound, UserSuspended, NotProved, MissingProfile, PasswordExpired, and what second_factor.require_nothing_left
    raises.
    """
    state = State(interaction, experience)
    user = _first_proof(state)
    completion.require_nothing_missing(state)
    second_factor.require_nothing_left(state)
    step = flow.step_of(state)
    if step is flow.Step.RENEW_PASSWORD:
        raise PasswordExpired
    if step is not flow.Step.SIGN_IN:
        raise NotProved
    with transaction.atomic():
        _finish(interaction, user, state)


def acknowledge(interaction: Interaction, experience: SignInExperience) -> None:
    """Whose proof was it? Signs them in when nothing else is needed; the second factor is asked for later.

    Raises UserNotFound, UserSuspended, NotProved.
    """
    state = State(interaction, experience)
    user = _first_proof(state)
    if flow.step_of(state) is flow.Step.SIGN_IN:
        sign_in(interaction, experience)
    else:
        interaction.draft = {**interaction.draft, "acknowledged": user.pk}
        _save(interaction, "draft")


def submit(interaction: Interaction, experience: SignInExperience) -> None:
    """Finish what was acknowledged, or created here. Raises NotProved, and what sign_in raises."""
    owner = State(interaction, experience).owner
    named = (interaction.draft.get("acknowledged"), interaction.proofs.get("created"))
    if owner is None or owner.pk not in named:
        raise NotProved
    sign_in(interaction, experience)


def consent(interaction: Interaction, session: Session, *, allowed: bool) -> None:
    """The person signed in here lets an application know who they are, or does not. Once decided it stays."""
    result = {"user": session.user_id, **({} if allowed else {"denied": True})}
    Interaction.objects.filter(pk=interaction.pk, result={}).update(result=result)


def _first_proof(state: State) -> User:
    """The person whom the first proof named. Raises UserNotFound, UserSuspended, NotProved, MethodNotEnabled."""
    step, user = flow.step_of(state), state.owner
    if step is flow.Step.CODE and state.identifier_proved:
        raise MethodNotEnabled  # a code of sign-up or recovery, where people sign in by password
    if step is flow.Step.OFFER_ACCOUNT:
        raise UserNotFound
    if step not in flow.AFTER_FIRST_PROOF or user is None:
        raise NotProved
    if user.is_suspended:
        record("user.sign_in_failed", target=user.audit_name, succeeded=False, reason="suspended")
        raise UserSuspended
    return user


def _finish(interaction: Interaction, user: User, state: State) -> None:
    by_password = state.uses_password or (state.created_here and not state.identifier_proved)
    method = "password" if by_password else state.kind if state.kind in (PASSKEY, SESSION) else "code"
    auth_time = interaction.proofs["session_auth_time"] if state.kind == SESSION else int(time.time())
    interaction.result = {
        "user": user.pk, "method": method, "auth_time": auth_time, "amr": second_factor.amr(state, by_password),
    }  # fmt: skip
    interaction.draft = {}  # secrets have no business here any more
    _save(interaction, "result", "draft")
    users.record_sign_in(user=user, application_id=interaction.application_id, method=method)


def _save(interaction: Interaction, *fields: str) -> None:
    interaction.save(update_fields=fields)
