"""The order of sign-in, sign-up and recovery, a table each.

A step never names another: it saves what it learned, and `next_step` decides.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from idp.signin.errors import SignUpClosed
from idp.signin.models import Interaction, SignInExperience
from idp.signin.state import State
from idp.users import identifiers


class Step(StrEnum):
    """What the person is asked for next; FINISHED means nothing."""

    IDENTIFY = "identify"
    PASSWORD = "password"  # noqa: S105  the name of a step
    CODE = "code"
    OFFER_ACCOUNT = "offer-account"
    REGISTER = "register"
    OFFER_SIGN_IN = "offer-sign-in"
    NEW_PASSWORD = "new-password"  # noqa: S105  the name of a step
    ADD_IDENTIFIER = "add-identifier"
    ADD_IDENTIFIER_CODE = "add-identifier-code"
    EXTRA_PROFILE = "extra-profile"
    CREATE = "create"
    RECOVER = "recover"
    RESET_PASSWORD = "reset-password"  # noqa: S105  the name of a step
    MFA_VERIFY = "mfa-verify"
    RENEW_PASSWORD = "renew-password"  # noqa: S105  the name of a step
    CREATE_PASSKEY = "create-passkey"
    MFA_SETUP = "mfa-setup"
    BACKUP_CODES = "backup-codes"
    SIGN_IN = "sign-in"
    FINISHED = "finished"


_Rule = tuple[Step, Callable[[State], bool]]

# What an account must have, asked of new people and of those who lack it.
_COMPLETION: tuple[_Rule, ...] = (
    (Step.ADD_IDENTIFIER_CODE, lambda state: bool(state.adding) and bool(state.missing_identifiers)),
    (Step.ADD_IDENTIFIER, lambda state: bool(state.missing_identifiers)),
    (Step.NEW_PASSWORD, lambda state: state.needs_password),
    (Step.EXTRA_PROFILE, lambda state: bool(state.fields_to_ask)),
)
COMPLETION = tuple(step for step, _ in _COMPLETION)
# Between the first proof and the end, whichever way the person came. Nothing is changed before all of the proof is there.
_MFA_VERIFY: _Rule = (Step.MFA_VERIFY, lambda state: state.must_verify_mfa)
_SECOND_FACTOR: tuple[_Rule, ...] = (
    _MFA_VERIFY,
    (Step.RENEW_PASSWORD, lambda state: state.must_renew_password),
    (Step.CREATE_PASSKEY, lambda state: state.may_want_passkey),
    (Step.MFA_SETUP, lambda state: state.must_set_up_mfa),
    (Step.BACKUP_CODES, lambda state: state.must_keep_backup_codes),
    (Step.SIGN_IN, lambda state: True),
)
_SIGN_IN: tuple[_Rule, ...] = (
    (Step.IDENTIFY, lambda state: not state.kind),
    (Step.PASSWORD, lambda state: state.uses_password and not state.password_proved),
    (Step.CODE, lambda state: not state.uses_password and not state.identifier_lets_in),
    (Step.OFFER_ACCOUNT, lambda state: not state.password_proved and state.owner is None),
    _MFA_VERIFY,
    *_COMPLETION,
    *_SECOND_FACTOR,
)
AFTER_FIRST_PROOF = (*COMPLETION, *(step for step, _ in _SECOND_FACTOR))
_REGISTER: tuple[_Rule, ...] = (
    (Step.REGISTER, lambda state: not state.kind),
    (Step.CODE, lambda state: state.kind in identifiers.CODE_KINDS and not state.identifier_proved),
    (Step.OFFER_SIGN_IN, lambda state: state.owner is not None and not state.created_here),
    *_COMPLETION,
    (Step.CREATE, lambda state: state.owner is None),
    *_SECOND_FACTOR,
)
_FORGOT_PASSWORD: tuple[_Rule, ...] = (
    (Step.RECOVER, lambda state: not state.kind),
    (Step.CODE, lambda state: not state.identifier_proved),
    (Step.RESET_PASSWORD, lambda state: True),
)
_TABLES = {"SignIn": _SIGN_IN, "Register": _REGISTER, "ForgotPassword": _FORGOT_PASSWORD}
EVENTS = tuple(_TABLES)


def next_step(interaction: Interaction, experience: SignInExperience) -> Step:
    """The first step of the event's table that is still needed."""
    return step_of(State(interaction, experience))


def step_of(state: State) -> Step:
    """The same, for whoever has a state at hand and has changed nothing of its person since."""
    if state.interaction.result:
        return Step.FINISHED
    return next(step for step, is_needed in _TABLES[state.interaction.event] if is_needed(state))


def require_event(experience: SignInExperience, event: str) -> None:
    """Does the sign-in mode allow this event? Raises SignUpClosed (auth.forbidden)."""
    if (event == "Register" and not experience.allows_sign_up) or (event == "SignIn" and not experience.allows_sign_in):
        raise SignUpClosed


def may_sign_up_with(experience: SignInExperience, kind: str) -> bool:
    return experience.allows_sign_up and kind in experience.sign_up["identifiers"]


def require_sign_up(experience: SignInExperience, kind: str) -> None:
    if not may_sign_up_with(experience, kind):
        raise SignUpClosed


def preferred_method(method: dict[str, Any]) -> str:
    """`password` or `code`, whichever comes first for this identifier."""
    if not method["verificationCode"]:
        return "password"
    return "password" if method["password"] and method["isPasswordPrimary"] else "code"
