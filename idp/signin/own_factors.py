"""What people change about their own second factors and passkeys. The account pages and the Account API call the same functions.

Each says who it is for (`owner`), checks that the account centre leaves the field to people (`passkey`, or `mfa` for the
rest), and what is bound or taken away needs a fresh proof of the person.
"""

import re
from typing import Any

from django.db import transaction

from idp.audit import caller
from idp.mfa import administrators, passkeys, totp, trust
from idp.mfa import services as mfa
from idp.mfa.errors import FactorNotEnabled, InvalidTotpCode
from idp.mfa.factors import Factor, account_name
from idp.mfa.models import Passkey, TotpDevice
from idp.mfa.passkeys import Question
from idp.signin import proofs
from idp.signin.account_center import require_editable
from idp.signin.errors import BackupCodesAlone, LastFactor
from idp.signin.models import SignInExperience
from idp.signin.proofs import Owner


def field_of(factor: Factor) -> str:
    """The field of the account centre that a factor belongs to."""
    return "passkey" if factor == Factor.WEBAUTHN else "mfa"


def usable_factors(experience: SignInExperience) -> list[Factor]:
    """What people may set up for themselves, under the settings as they are."""
    on = set(experience.mfa_factors) | ({str(Factor.WEBAUTHN)} if experience.offers_passkeys else set())
    return [factor for factor in (Factor.WEBAUTHN, Factor.TOTP, Factor.BACKUP_CODE) if factor in on]


# --- Passkeys


def begin_passkey(*, owner: Owner) -> Question:
    """Ask the browser for a new passkey. Raises FieldNotEnabled, FieldNotEditable, FactorNotEnabled."""
    _require(owner, Factor.WEBAUTHN)
    return passkeys.begin_registration(user=owner.user, holder=_holder(owner), name=account_name(owner.user))


def check_new_passkey(*, owner: Owner, ceremony_id: str, payload: dict[str, Any]) -> None:
    """Was the answer right? Raises as begin_passkey, CeremonyOver, InvalidPasskey."""
    _require(owner, Factor.WEBAUTHN)
    passkeys.check_new_passkey(
        user=owner.user, holder=_holder(owner), ceremony_id=ceremony_id, payload=payload,
        related_origins=owner.center.webauthn_related_origins,
    )  # fmt: skip


def bind_passkey(*, owner: Owner, ceremony_id: str, name: str = "") -> Passkey:
    """Bind the passkey that was checked. Raises as begin_passkey, ProofRequired, CeremonyOver, PasskeyInUse."""
    _require(owner, Factor.WEBAUTHN)
    proofs.require_proof(owner)
    return passkeys.bind_passkey(
        by=owner.user.audit_name, user=owner.user, holder=_holder(owner), ceremony_id=ceremony_id, name=name,
        agent=caller.current().user_agent,
    )  # fmt: skip


def rename_passkey(*, owner: Owner, passkey_id: int, name: str) -> bool:
    """False when it is not there any more. Raises FieldNotEnabled, FieldNotEditable, ProofRequired."""
    require_editable(owner.center, field_of(Factor.WEBAUTHN))
    proofs.require_proof(owner)
    return passkeys.rename_passkey(by=owner.user.audit_name, user=owner.user, passkey_id=passkey_id, name=name)


# --- The authenticator app, and backup codes


def new_app(*, owner: Owner, secret: str = "") -> totp.NewApp:
    """A key for a new authenticator app, or the same once more. Raises FieldNotEnabled, FieldNotEditable, FactorNotEnabled."""
    _require(owner, Factor.TOTP)
    secret = secret if _is_secret(secret) else mfa.start_totp()
    return totp.new_app(secret, account=account_name(owner.user))


def bind_app(*, owner: Owner, secret: str, digits: str, replace: bool = False) -> TotpDevice:
    """Bind the app that shows the right digits for this key, in the place of the old one when that is asked for.

    Raises as new_app, ProofRequired, InvalidTotpCode, TotpInUse, FactorChangedInConsole.
    """
    _require(owner, Factor.TOTP)
    proofs.require_proof(owner)
    administrators.refuse_without_code(owner.user)
    if not _is_secret(secret):
        raise InvalidTotpCode
    step = mfa.check_new_totp(secret, digits)
    user = owner.user
    return mfa.confirm_totp(by=user.audit_name, user=user, secret=secret, step=step, replace=replace)


def new_backup_codes(*, owner: Owner) -> list[str]:
    """Ten codes in the place of those before; nobody sees them again.

    Raises FieldNotEnabled, FieldNotEditable, FactorNotEnabled, ProofRequired, BackupCodesAlone, FactorChangedInConsole.
    """
    _require(owner, Factor.BACKUP_CODE)
    proofs.require_proof(owner)
    administrators.refuse_without_code(owner.user)
    with transaction.atomic():
        user = owner.locked()
        if not set(mfa.bound_factors(user)) - {Factor.BACKUP_CODE}:
            raise BackupCodesAlone
        return mfa.generate_backup_codes(by=user.audit_name, user=user)


# --- Any


def remove(*, owner: Owner, factor: Factor, passkey_id: int | None = None) -> bool:
    """Take a factor away: one passkey, or what there is one of. False when it is not there any more.

    Raises FieldNotEnabled, FieldNotEditable, ProofRequired, FactorChangedInConsole, and LastFactor where everybody must have one.
    """
    require_editable(owner.center, field_of(factor))
    proofs.require_proof(owner)
    if factor != Factor.WEBAUTHN:
        administrators.refuse_without_code(owner.user)
    experience = SignInExperience.load()
    with transaction.atomic():
        user = owner.locked()
        had = mfa.factors_of(user, experience.mfa_factors)
        removed = mfa.remove_factor(by=user.audit_name, user=user, factor=factor, passkey_id=passkey_id)
        if had and not experience.mfa_is_skippable and not mfa.factors_of(user, experience.mfa_factors):
            raise LastFactor
    return removed


def forget_device(*, owner: Owner, device_id: int) -> bool:
    """A device that was trusted is asked for the second factor again. Raises FieldNotEnabled, FieldNotEditable."""
    require_editable(owner.center, "trustedDevice")
    return trust.forget_device(by=owner.user.audit_name, user=owner.user, device_id=device_id)


def _require(owner: Owner, factor: Factor) -> None:
    require_editable(owner.center, field_of(factor))
    if factor not in usable_factors(SignInExperience.load()):
        raise FactorNotEnabled


def _is_secret(secret: str) -> bool:
    return bool(re.fullmatch(r"[A-Z2-7]{32}", secret))


def _holder(owner: Owner) -> str:
    """A question to a signed-in person may be answered wherever they are signed in: an app asks and a browser answers."""
    return f"{owner.user.pk}.account"
