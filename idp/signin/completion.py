"""What an account still needs before somebody is let in: other identifiers, a password, answers about themselves (section 5.6).

Of somebody new it is noted in the interaction's draft until the account is made; of somebody known it is saved at once, for
by then they have proved who they are with everything that is asked of them.
"""

from typing import Any

from django.db import transaction

from connectors.ports import UsageType
from idp.audit.services import record
from idp.signin import flow
from idp.signin.errors import MissingProfile, NotProved
from idp.signin.flow import Step
from idp.signin.models import Interaction, SignInExperience
from idp.signin.state import State
from idp.users import identifiers, passwords, profile_answers
from idp.users import services as users
from idp.users.errors import IdentifierTaken, ProfileValueInvalid, UserSuspended
from idp.users.models import User
from idp.verification import services as verification
from idp.verification.errors import CodeNotFound, ResendTooSoon
from idp.verification.lockout import guarded

_PURPOSE = UsageType.BIND_NEW_IDENTIFIER


def require_nothing_missing(state: State) -> None:
    """Raises MissingProfile when that is what the flow needs next."""
    if flow.step_of(state) in flow.COMPLETION:
        raise MissingProfile(state.missing_profile)


def asks_for(interaction: Interaction, experience: SignInExperience, kind: str) -> bool:
    """Is the person to add an identifier of this kind now?"""
    if flow.next_step(interaction, experience) not in (Step.ADD_IDENTIFIER, Step.ADD_IDENTIFIER_CODE):
        return False
    return any(kind in group for group in State(interaction, experience).missing_identifiers)


def add_identifier(interaction: Interaction, experience: SignInExperience, *, kind: str, value: str) -> None:
    """Add a username at once, an address after a code that goes out here, or at once when it was proved before.

    Raises NotProved when nobody asked for it, EmailNotAllowed, IdentifierTaken, InvalidIdentifier, UserSuspended, and what
    verification.send_code raises.
    """
    _require_asked(interaction, experience, kind)
    if kind == "email":
        experience.emails.check(value)
    if kind == "username":
        value = experience.usernames.check(value)
        _take(interaction, experience, kind, value)
    elif interaction.proofs.get(kind) == value:
        _take(interaction, experience, kind, value)
    else:
        _note(interaction, adding={"type": kind, "value": value, "verification_id": ""})
        try:
            send_code(interaction, experience)
        except ResendTooSoon:
            return  # a code that went out a moment ago is good enough


def send_code(interaction: Interaction, experience: SignInExperience) -> str:
    """A code to the address that is being added; returns its name. Whose it is now, only its messages tell.

    Raises NotProved, and what verification.send_code raises.
    """
    adding = _adding(interaction, experience)
    try:
        verification_id = verification.send_code(
            interaction_id=interaction.pk, channel=adding["type"], recipient=adding["value"], purpose=_PURPOSE,
            policy=experience.codes,
        ).pk  # fmt: skip
    except ResendTooSoon as error:
        if error.purpose == _PURPOSE:
            _note(interaction, adding={**adding, "verification_id": error.verification_id})
        raise
    _note(interaction, adding={**adding, "verification_id": verification_id})
    return verification_id


def verify_code(interaction: Interaction, experience: SignInExperience, *, digits: str) -> None:
    """Prove the address that is being added. Raises what verification.check_code raises; a form sent twice goes on."""
    adding = _adding(interaction, experience)
    kind, value = adding["type"], adding["value"]

    def prove() -> None:
        interaction.proofs = {**interaction.proofs, kind: value}
        _save(interaction, "proofs")

    with guarded(kind, value, experience.lockout):
        try:
            verification.check_code(
                interaction_id=interaction.pk, verification_id=adding["verification_id"], channel=kind, recipient=value,
                digits=digits, prove=prove,
            )  # fmt: skip
        except CodeNotFound:
            interaction.refresh_from_db()
            if interaction.proofs.get(kind) != value:
                raise


def take_identifier(interaction: Interaction, experience: SignInExperience, *, kind: str, value: str) -> None:
    """Add the address that was just proved. Raises NotProved, IdentifierTaken (it is forgotten then), UserSuspended."""
    if interaction.proofs.get(kind) != value:
        raise NotProved
    if State(interaction, experience).added.get(kind) == value:
        return  # the same form was sent twice
    _require_asked(interaction, experience, kind)
    _take(interaction, experience, kind, value)


def forget_adding(interaction: Interaction) -> None:
    """The person wants to give another address."""
    if interaction.draft.get("adding"):
        _note(interaction, adding={})


def forget_added(interaction: Interaction, kind: str) -> None:
    """Somebody else took it meanwhile: the person is asked again."""
    _note(
        interaction, added={name: value for name, value in interaction.draft.get("added", {}).items() if name != kind}
    )


def choose_password(interaction: Interaction, experience: SignInExperience, *, password: str) -> None:
    """The password of a new account, noted as its hash; or the first one of a known person. Raises PasswordRejected."""
    state = State(interaction, experience)
    owner = state.owner
    if owner is None or interaction.event == "Register":
        values = {**({state.kind: state.value} if state.kind in identifiers.COLUMNS else {}), **state.added}
        somebody = User(**{identifiers.COLUMNS[kind]: value for kind, value in values.items()})
        _note(interaction, password=passwords.hash_new(password, somebody, experience.passwords))
        return
    if flow.next_step(interaction, experience) is not Step.NEW_PASSWORD:
        raise NotProved
    _refuse_suspended(owner)
    password_hash = passwords.hash_new(password, owner, experience.passwords)
    users.set_password(by=owner.audit_name, user=owner, password_hash=password_hash)


def answer(interaction: Interaction, experience: SignInExperience, *, answers: dict[str, Any]) -> None:
    """What the person says about themselves, every answer checked. Raises ProfileValueInvalid, NotProved, UserSuspended."""
    state = State(interaction, experience)
    asked = experience.profile_fields if state.owner is None else state.fields_to_ask
    if flow.next_step(interaction, experience) not in flow.COMPLETION and state.owner is not None:
        raise NotProved
    cleaned = profile_answers.validate_all(asked, answers)
    if state.owner is None:
        _note(interaction, answers=cleaned)
        return
    _refuse_suspended(state.owner)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=state.owner.pk)
        users.update_user(by=user.audit_name, user=user, **profile_answers.changes_for(user, cleaned))


def agree(interaction: Interaction, experience: SignInExperience) -> None:
    """The person went on after the sentence, or ticked the box: these are the terms that they saw."""
    if experience.terms and interaction.proofs.get("agreed") != experience.terms:
        interaction.proofs = {**interaction.proofs, "agreed": experience.terms}
        _save(interaction, "proofs")


def has_agreed(interaction: Interaction, experience: SignInExperience) -> bool:
    """To the terms as they are now."""
    return bool(experience.terms) and interaction.proofs.get("agreed") == experience.terms


def record_agreement(interaction: Interaction, user: User) -> None:
    """For the log, when an account is made: what exactly was agreed to."""
    if terms := interaction.proofs.get("agreed"):
        record("user.agreed_to_terms", by=user.audit_name, target=user.audit_name, **terms)


def details_for_new(interaction: Interaction, experience: SignInExperience) -> dict[str, Any]:
    """What was collected for a new account, as users.create_user takes it. Raises MissingProfile."""
    answers = interaction.draft.get("answers", {})
    try:
        profile_answers.validate_all(experience.profile_fields, answers)  # what is asked may have changed meanwhile
    except ProfileValueInvalid as error:
        raise MissingProfile(["extraProfile"]) from error
    return {**interaction.draft.get("added", {}), **profile_answers.changes_for(None, answers)}


def _take(interaction: Interaction, experience: SignInExperience, kind: str, value: str) -> None:
    state = State(interaction, experience)
    somebody = User.objects.by_identifier(kind, value)
    if somebody is not None and somebody != state.owner:
        forget_adding(interaction)
        raise IdentifierTaken(kind)
    if state.owner is None:
        _note(interaction, added={**state.added, kind: value}, adding={})
        return
    _refuse_suspended(state.owner)
    try:
        with transaction.atomic():
            user = User.objects.select_for_update().get(pk=state.owner.pk)
            if not getattr(user, identifiers.COLUMNS[kind]):
                users.update_user(by=user.audit_name, user=user, **{kind: value})
    finally:
        forget_adding(interaction)


def _require_asked(interaction: Interaction, experience: SignInExperience, kind: str) -> None:
    if not asks_for(interaction, experience, kind):
        raise NotProved


def _adding(interaction: Interaction, experience: SignInExperience) -> dict[str, str]:
    adding = State(interaction, experience).adding
    if not adding:
        raise NotProved
    _require_asked(interaction, experience, adding["type"])
    return adding


def _refuse_suspended(user: User) -> None:
    if user.is_suspended:
        raise UserSuspended


def _note(interaction: Interaction, **notes: object) -> None:
    interaction.draft = {**interaction.draft, **notes}
    _save(interaction, "draft")


def _save(interaction: Interaction, *fields: str) -> None:
    interaction.save(update_fields=fields)
