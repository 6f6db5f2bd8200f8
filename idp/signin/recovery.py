"""A new password in the place of one that was forgotten, or has expired."""

from idp.signin import accounts, flow, services
from idp.signin.errors import NotProved, RecoveryNotEnabled, SamePassword
from idp.signin.experience import recovery_kinds
from idp.signin.models import Interaction, SignInExperience
from idp.signin.state import State
from idp.users import passwords
from idp.users.errors import UserSuspended


def identify_for_recovery(interaction: Interaction, experience: SignInExperience, *, kind: str, value: str) -> None:
    """Note whose password was forgotten. Raises RecoveryNotEnabled; whether there is such a person is not told."""
    services.require_captcha(interaction, experience)
    if kind not in recovery_kinds(experience):
        raise RecoveryNotEnabled
    interaction.identifier = {"type": kind, "value": value}
    interaction.draft = {}
    interaction.save(update_fields=["identifier", "draft"])


def reset_password(interaction: Interaction, experience: SignInExperience, *, password: str) -> None:
    """Give the person whose identifier was proved a new password, and end their sessions: whoever knew the old one is out.

    The interaction starts over as a sign-in. Raises NotProved, SamePassword, PasswordRejected, UserSuspended.
    """
    state = State(interaction, experience)
    if flow.next_step(interaction, experience) != flow.Step.RESET_PASSWORD or state.owner is None:
        raise NotProved
    if state.owner.is_suspended:
        raise UserSuspended
    if state.owner.has_password and passwords.verify(state.owner, password):
        raise SamePassword
    accounts.reset_password(by=state.owner.audit_name, user=state.owner, password=password)
    services.begin(interaction, event="SignIn")
    interaction.draft = {"reset": True}
    interaction.save(update_fields=["draft"])


def renew_password(interaction: Interaction, experience: SignInExperience, *, password: str) -> None:
    """Replace a password that has expired, by the person who has just proved it; others who know it are out.

    Raises NotProved, SamePassword, PasswordRejected, UserSuspended.
    """
    owner = State(interaction, experience).owner
    if flow.next_step(interaction, experience) != flow.Step.RENEW_PASSWORD or owner is None:
        raise NotProved
    if owner.is_suspended:
        raise UserSuspended
    if passwords.verify(owner, password):
        raise SamePassword
    accounts.reset_password(by=owner.audit_name, user=owner, password=password)


def has_just_reset(interaction: Interaction) -> bool:
    """Was a new password the last thing that happened?"""
    return bool(interaction.draft.get("reset"))
