"""Passkeys on the sign-in pages: as the second factor, as the only one, and new ones.

Every page that asks has a question of its own (idp.mfa.models.Ceremony), bound to the interaction: several tabs and the back
button do not take each other's away.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from idp.audit import caller
from idp.audit.services import record
from idp.lib.errors import DomainError
from idp.mfa import passkeys
from idp.mfa import services as mfa
from idp.mfa.factors import Factor, account_name
from idp.mfa.models import Passkey
from idp.mfa.passkeys import Question
from idp.signin import factor_setup, flow, second_factor
from idp.signin.errors import NotProved, PasskeysNotEnabled
from idp.signin.flow import Step
from idp.signin.models import AccountCenter, Interaction, SignInExperience
from idp.signin.state import PASSKEY, State
from idp.users.errors import UserSuspended
from idp.users.models import User


def related_origins() -> list[str]:
    """Other sites that may use our passkeys, as the account centre says."""
    origins: list[str] = AccountCenter.load().webauthn_related_origins
    return origins


# --- The second factor


def begin_verification(interaction: Interaction, experience: SignInExperience) -> Question:
    """Ask for a passkey of the person whose first proof is there. Raises NotProved, FactorNotEnabled, UserSuspended."""
    user = second_factor.person_verifying(interaction, experience, Factor.WEBAUTHN)
    return passkeys.begin_verification(user=user, holder=interaction.pk)


def verify(
    interaction: Interaction, experience: SignInExperience, *, ceremony_id: str, payload: dict[str, Any]
) -> None:
    """Prove the person with their passkey. Raises as begin_verification, CeremonyOver, InvalidPasskey, Blocked."""
    with second_factor.attempt(interaction, experience, Factor.WEBAUTHN) as (user, _):
        passkeys.verify_passkey(
            user=user, holder=interaction.pk, ceremony_id=ceremony_id, payload=payload,
            prove=lambda passkey: second_factor.note_proof(interaction, user, Factor.WEBAUTHN, passkey.amr),
            related_origins=related_origins(),
        )  # fmt: skip


# --- The only factor


def begin_sign_in(
    interaction: Interaction, experience: SignInExperience, *, kind: str = "", value: str = ""
) -> Question:
    """Ask whoever is there for a passkey; with an identifier, for one of that person (who may not exist: nobody is told).

    Raises PasskeysNotEnabled.
    """
    _require_passkey_sign_in(interaction, experience)
    owner = User.objects.by_identifier(kind, value) if kind else None
    named = owner.pk if owner else "nobody" if kind else ""
    return passkeys.begin_sign_in(holder=interaction.pk, user_id=named)


def sign_in(
    interaction: Interaction, experience: SignInExperience, *, ceremony_id: str | None, payload: dict[str, Any]
) -> None:
    """Prove with a passkey who is there: it verified them, so it is the second factor as well.

    Raises PasskeysNotEnabled, CeremonyOver, InvalidPasskey, PasskeyCloned. The same form sent twice goes on.
    """
    _require_passkey_sign_in(interaction, experience)

    def prove(passkey: Passkey) -> None:
        user = passkey.user
        interaction.identifier, interaction.draft = {"type": PASSKEY, "value": user.pk}, {"method": PASSKEY}
        interaction.event, interaction.verification_id = "SignIn", ""
        interaction.proofs = {
            **interaction.proofs, PASSKEY: user.pk, **second_factor.proof(user, Factor.WEBAUTHN, passkey.amr)
        }  # fmt: skip
        interaction.save(update_fields=["identifier", "draft", "event", "verification_id", "proofs"])
        mfa.remember_use(user, Factor.WEBAUTHN)
        record("user.mfa_verified", by=user.audit_name, target=user.audit_name, factor=str(Factor.WEBAUTHN))

    _forgive_twins(
        interaction, experience,
        lambda: passkeys.sign_in_with_passkey(
            holder=interaction.pk, ceremony_id=ceremony_id, payload=payload, prove=prove,
            related_origins=related_origins(),
        ),
    )  # fmt: skip


def _forgive_twins(interaction: Interaction, experience: SignInExperience, action: Callable[[], None]) -> None:
    try:
        action()
    except DomainError as error:
        interaction.refresh_from_db()
        if interaction.result or ((state := State(interaction, experience)).kind == PASSKEY and state.mfa_proved):
            return
        record("user.sign_in_failed", succeeded=False, method=PASSKEY, application=interaction.application_id,
               reason=error.code)  # fmt: skip
        raise


def _require_passkey_sign_in(interaction: Interaction, experience: SignInExperience) -> None:
    if not experience.offers_passkeys or interaction.event == "ForgotPassword":
        raise PasskeysNotEnabled


# --- New ones


def begin_registration(interaction: Interaction, experience: SignInExperience) -> Question:
    """Ask for a new passkey, where one is offered or a second factor is to be set up.

    Raises NotProved, FactorNotEnabled, UserSuspended.
    """
    user = _person_registering(interaction, experience)
    return passkeys.begin_registration(user=user, holder=interaction.pk, name=account_name(user))


def check_new(
    interaction: Interaction, experience: SignInExperience, *, ceremony_id: str, payload: dict[str, Any]
) -> None:
    """Raises as begin_registration, CeremonyOver, InvalidPasskey."""
    user = _person_registering(interaction, experience)
    passkeys.check_new_passkey(
        user=user, holder=interaction.pk, ceremony_id=ceremony_id, payload=payload, related_origins=related_origins()
    )


def bind(interaction: Interaction, experience: SignInExperience, *, ceremony_id: str) -> None:
    """Bind the passkey that was checked. Where passkeys are a second factor, it is the person's, and proved.

    Raises as begin_registration, CeremonyOver, PasskeyInUse.
    """
    user = _person_registering(interaction, experience)
    with transaction.atomic():
        passkey = passkeys.bind_passkey(
            by=user.audit_name, user=user, holder=interaction.pk, ceremony_id=ceremony_id,
            agent=caller.current().user_agent,
        )  # fmt: skip
        if Factor.WEBAUTHN in experience.mfa_factors:
            factor_setup.note_bound(interaction, user, Factor.WEBAUTHN, passkey.amr)


def skip(interaction: Interaction, experience: SignInExperience) -> None:
    """The person does not want a passkey, now and later. Raises NotProved."""
    owner = State(interaction, experience).owner
    if flow.next_step(interaction, experience) is not Step.CREATE_PASSKEY or owner is None:
        raise NotProved
    mfa.skip_passkey(by=owner.audit_name, user=owner)


def _person_registering(interaction: Interaction, experience: SignInExperience) -> User:
    if flow.next_step(interaction, experience) is not Step.CREATE_PASSKEY:
        return factor_setup.person_setting_up(interaction, experience, Factor.WEBAUTHN)
    owner = State(interaction, experience).owner
    if owner is None:
        raise NotProved
    if owner.is_suspended:
        raise UserSuspended
    return owner
