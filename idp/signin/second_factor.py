"""What a person does between the first proof and the end: verify a second factor, or be spared it by a trusted device.

A proof of the second factor names the person, like every proof: `proofs["mfa"]` is worth nothing for anybody else.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction

from idp.audit.services import record
from idp.lib.errors import DomainError
from idp.mfa import services as mfa
from idp.mfa import trust
from idp.mfa.errors import FactorNotEnabled
from idp.mfa.factors import AMR, CHANNELS, Factor, masked
from idp.signin import flow
from idp.signin.errors import (
    BackupCodesRequired,
    MfaMissing,
    MfaRequired,
    NotProved,
    PasskeyPreferred,
)
from idp.signin.flow import Step
from idp.signin.models import Interaction, SignInExperience
from idp.signin.state import SESSION, State
from idp.users.errors import UserSuspended
from idp.users.models import User
from idp.verification import services as verification
from idp.verification.errors import ResendTooSoon
from idp.verification.lockout import guarded

_PURPOSE = "MfaVerification"
_CHANNEL_AMR = {"phone": "sms", "email": "otp"}


def require_nothing_left(state: State) -> None:
    """Raises MfaRequired, PasskeyPreferred, MfaMissing or BackupCodesRequired when that is what the flow needs next."""
    step = flow.step_of(state)
    if step is Step.MFA_VERIFY:
        raise MfaRequired([str(factor) for factor in state.second_factors], masked_recipients(state))
    if step is Step.CREATE_PASSKEY:
        raise PasskeyPreferred
    if step is Step.MFA_SETUP:
        raise MfaMissing([str(factor) for factor in state.new_factors], skippable=state.may_skip_setup)
    if step is Step.BACKUP_CODES:
        raise BackupCodesRequired


def masked_recipients(state: State) -> dict[str, str]:
    """Where codes would go, as much of it as the person needs to recognise it."""
    owner = state.owner
    return {
        str(factor): masked(CHANNELS[factor], mfa.own_value(owner, factor))
        for factor in state.second_factors
        if owner is not None and factor in CHANNELS
    }


def amr(state: State, by_password: bool) -> list[str]:
    """How the person proved who they are (RFC 8176). A passkey that verified them is two factors in one."""
    if state.kind == SESSION:
        methods = list(state.interaction.proofs["session_amr"])
    else:
        methods = ["pwd"] if by_password else [_CHANNEL_AMR[state.kind]] if state.kind in _CHANNEL_AMR else []
    if state.mfa_proved:
        methods += [*state.interaction.proofs["mfa_amr"], "mfa"]
    return list(dict.fromkeys(methods))


def proof(user: User, factor: Factor, amr: list[str]) -> dict[str, object]:
    """What an interaction keeps of a second factor that was verified."""
    return {"mfa": user.pk, "mfa_factor": str(factor), "mfa_amr": amr}


# --- Devices that are trusted


def recognise_device(interaction: Interaction, experience: SignInExperience, secret_for: Callable[[str], str]) -> None:
    """Spare the person their second factor where they trust this device. `secret_for` reads the cookie for a person's id."""
    if not experience.trust_days or flow.next_step(interaction, experience) is not Step.MFA_VERIFY:
        return
    owner = State(interaction, experience).owner
    if owner is not None and trust.is_trusted(user=owner, secret=secret_for(owner.pk)):
        with transaction.atomic():
            interaction.proofs = {**interaction.proofs, "trusted": owner.pk}
            _save(interaction, "proofs")
            record("user.mfa_spared", by=owner.audit_name, target=owner.audit_name)


def trust_device(interaction: Interaction, experience: SignInExperience) -> tuple[str, str]:
    """Trust this device from now on; returns the person's id and the secret for the cookie.

    Raises NotProved unless they verified a second factor here, FactorNotEnabled where devices are not trusted.
    """
    state = State(interaction, experience)
    if not experience.trust_days:
        raise FactorNotEnabled
    if state.owner is None or not state.mfa_proved:
        raise NotProved
    user = state.owner
    return user.pk, trust.trust_device(by=user.audit_name, user=user, days=experience.trust_days)


# --- Verify


def verify_totp(interaction: Interaction, experience: SignInExperience, *, digits: str) -> None:
    """Prove the person with their authenticator app. Raises NotProved, FactorNotEnabled, InvalidTotpCode, Blocked."""
    with attempt(interaction, experience, Factor.TOTP) as (user, prove):
        mfa.verify_totp(user=user, digits=digits, prove=prove)


def verify_backup_code(interaction: Interaction, experience: SignInExperience, *, code: str) -> None:
    """Prove the person with one of their backup codes. Raises as verify_totp, with InvalidBackupCode."""
    with attempt(interaction, experience, Factor.BACKUP_CODE) as (user, prove):
        mfa.verify_backup_code(user=user, code=code, prove=prove)


def send_code(interaction: Interaction, experience: SignInExperience, *, factor: Factor) -> str:
    """Send a code to the person's own phone or email address; returns the name of the code.

    Raises what verification.send_code raises. A code for this step that went out a moment ago is still good.
    """
    user = person_verifying(interaction, experience, factor)
    try:
        sent = verification.send_code(
            interaction_id=interaction.pk, channel=CHANNELS[factor], recipient=mfa.own_value(user, factor),
            purpose=_PURPOSE, policy=experience.codes,
        ).pk  # fmt: skip
    except ResendTooSoon as error:
        if error.purpose == _PURPOSE:  # never the code of the first proof: that would be one proof for two
            _note_code(interaction, factor, error.verification_id)
        raise
    _note_code(interaction, factor, sent)
    return sent


def sent_code(interaction: Interaction, factor: Factor) -> str:
    """The name of the code that was sent for this factor, or ""."""
    codes: dict[str, str] = interaction.draft.get("mfa_codes", {})
    return codes.get(factor, "")


def seconds_until_resend(state: State, factor: Factor) -> int:
    if state.owner is None:
        return 0
    return verification.seconds_until_resend(
        state.interaction.pk, CHANNELS[factor], mfa.own_value(state.owner, factor)
    )  # fmt: skip


def verify_code(interaction: Interaction, experience: SignInExperience, *, factor: Factor, digits: str) -> None:
    """Prove the person with the code that was sent. Raises as verify_totp, and what verification.check_code raises."""
    with attempt(interaction, experience, factor) as (user, prove):
        verification.check_code(
            interaction_id=interaction.pk, verification_id=sent_code(interaction, factor), channel=CHANNELS[factor],
            recipient=mfa.own_value(user, factor), digits=digits, prove=prove,
        )  # fmt: skip


@contextmanager
def attempt(
    interaction: Interaction, experience: SignInExperience, factor: Factor
) -> Iterator[tuple[User, Callable[[], None]]]:
    """One try with a factor: counted for the person, recorded, and forgiven when the same form was sent twice."""
    user = person_verifying(interaction, experience, factor)
    with guarded(mfa.LOCKOUT_KIND, user.pk, experience.lockout):
        try:
            yield user, lambda: note_proof(interaction, user, factor, AMR.get(factor, []))
        except DomainError:
            interaction.refresh_from_db()
            if not State(interaction, experience).mfa_proved:
                record(
                    "user.mfa_failed", by=user.audit_name, target=user.audit_name, succeeded=False, factor=str(factor)
                )
                raise


def note_proof(interaction: Interaction, user: User, factor: Factor, amr: list[str]) -> None:
    """Inside the transaction that accepted the factor."""
    interaction.proofs = {**interaction.proofs, **proof(user, factor, amr)}
    _save(interaction, "proofs")
    mfa.remember_use(user, factor)
    record("user.mfa_verified", by=user.audit_name, target=user.audit_name, factor=str(factor))


def person_verifying(interaction: Interaction, experience: SignInExperience, factor: Factor) -> User:
    """Whose second factor is asked for. Raises NotProved, FactorNotEnabled, UserSuspended."""
    state = State(interaction, experience)
    if flow.next_step(interaction, experience) is not Step.MFA_VERIFY:
        raise NotProved
    if state.owner is None or factor not in state.second_factors:
        raise FactorNotEnabled
    if state.owner.is_suspended:
        raise UserSuspended
    return state.owner


def _note_code(interaction: Interaction, factor: Factor, verification_id: str) -> None:
    codes = {**interaction.draft.get("mfa_codes", {}), str(factor): verification_id}
    _note(interaction, mfa_codes=codes)


def _note(interaction: Interaction, **notes: object) -> None:
    interaction.draft = {**interaction.draft, **notes}
    _save(interaction, "draft")


def _save(interaction: Interaction, *fields: str) -> None:
    interaction.save(update_fields=fields)
