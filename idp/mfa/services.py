"""Bind, use and remove second factors. One function, one transaction, one audit row. Passkeys: idp.mfa.passkeys."""

import secrets
from collections.abc import Callable, Collection

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from idp.audit.services import record
from idp.mfa import administrators, totp
from idp.mfa.errors import InvalidBackupCode, InvalidTotpCode, TotpInUse
from idp.mfa.factors import CHANNELS, ORDER, Factor
from idp.mfa.models import BackupCode, Habit, Passkey, TotpDevice, TrustedDevice
from idp.users.models import User
from idp.verification.lockout import unblock

BACKUP_CODES = 10
_DEVICES: dict[Factor, type[Passkey | TotpDevice]] = {Factor.WEBAUTHN: Passkey, Factor.TOTP: TotpDevice}
LOCKOUT_KIND = "mfa"  # failures are counted for the person, whichever factor is guessed


def start_totp() -> str:
    """A secret for a new authenticator app, in base32. Nothing is bound before a code proves that the app has it."""
    return totp.new_secret()


def check_new_totp(secret: str, digits: str) -> int:
    """The step of a code from an app that is being set up; raises InvalidTotpCode."""
    step = totp.matching_step(secret, digits)
    if step is None:
        raise InvalidTotpCode
    return step


def confirm_totp(*, by: str, user: User, secret: str, step: int, replace: bool = False) -> TotpDevice:
    """Bind the app that showed the code of this step; that code is used up. Raises TotpInUse, unless it may replace another."""
    try:
        with transaction.atomic():
            if replace:
                TotpDevice.objects.filter(user=user).delete()
            device: TotpDevice = TotpDevice.objects.create(user=user, secret=secret, last_step=step)
            record("user.mfa_bound", by=by, target=user.audit_name, factor=str(Factor.TOTP))
    except IntegrityError as error:
        raise TotpInUse from error
    return device


def verify_totp(*, user: User, digits: str, prove: Callable[[], None]) -> None:
    """Use up a code of the person's app, once; `prove` writes down what it proves, in the same transaction.

    Raises InvalidTotpCode.
    """
    device = TotpDevice.objects.filter(user=user).first()
    step = totp.matching_step(device.secret, digits) if device else None
    if device is None or step is None:
        raise InvalidTotpCode
    with transaction.atomic():
        unused = TotpDevice.objects.filter(pk=device.pk, last_step__lt=step)
        if not unused.update(last_step=step, last_used_at=timezone.now()):
            raise InvalidTotpCode
        prove()


@transaction.atomic
def generate_backup_codes(*, by: str, user: User) -> list[str]:
    """Ten new codes of ten hexadecimal characters; those before are void. They cannot be read again."""
    codes = [secrets.token_hex(5) for _ in range(BACKUP_CODES)]
    BackupCode.objects.filter(user=user).delete()
    BackupCode.objects.bulk_create(BackupCode(user=user, digest=_digest(user, code)) for code in codes)
    record("user.mfa_bound", by=by, target=user.audit_name, factor=str(Factor.BACKUP_CODE))
    return codes


def verify_backup_code(*, user: User, code: str, prove: Callable[[], None]) -> None:
    """Use up one of the person's codes; `prove` as in verify_totp. Raises InvalidBackupCode."""
    with transaction.atomic():
        unused = BackupCode.objects.filter(user=user, digest=_digest(user, code.lower()), used_at=None)
        if not unused.update(used_at=timezone.now()):
            raise InvalidBackupCode
        prove()


def has_backup_codes(user: User, codes: Collection[str]) -> bool:
    """Are these the person's codes, all of them and none used?"""
    digests = {_digest(user, code.lower()) for code in codes}
    return BackupCode.objects.filter(user=user, digest__in=digests, used_at=None).count() == BACKUP_CODES


def bound_factors(user: User) -> list[Factor]:
    """What the person has set up, whatever is switched on."""
    bound = [factor for factor, model in _DEVICES.items() if model.objects.filter(user=user).exists()]
    return [*bound, Factor.BACKUP_CODE] if backup_codes_left(user) else bound


def backup_codes_left(user: User) -> int:
    return BackupCode.objects.filter(user=user, used_at=None).count()


def factors_of(user: User, enabled: Collection[str]) -> list[Factor]:
    """The factors that this person can verify with now: the one used last, then in order, backup codes always at the end.

    Backup codes stand in for another factor and are none of their own.
    """
    if not enabled:
        return []
    bound = bound_factors(user)
    found = [factor for factor in ORDER if factor in enabled and (factor in bound or own_value(user, factor))]
    if found == [Factor.BACKUP_CODE]:
        return []
    habit = Habit.objects.filter(user=user).first()
    last = habit.last_factor if habit else ""
    return sorted(found, key=lambda factor: (factor == Factor.BACKUP_CODE, factor != last, ORDER.index(factor)))


def own_value(user: User, factor: Factor) -> str:
    """The phone number or email address that a factor's codes go to; "" when it is no such factor or there is none."""
    values = {"phone": user.primary_phone, "email": user.primary_email}
    return values.get(CHANNELS.get(factor, "")) or ""


def remember_use(user: User, factor: Factor) -> None:
    if factor != Factor.BACKUP_CODE:
        Habit.objects.update_or_create(user=user, defaults={"last_factor": str(factor)})


def has_skipped(user: User) -> bool:
    return Habit.objects.filter(user=user).exclude(skipped_at=None).exists()


def wants_passkey(user: User) -> bool:
    """Nobody asked them before, and they have none."""
    has_said_no = Habit.objects.filter(user=user).exclude(passkey_skipped_at=None).exists()
    return not has_said_no and not Passkey.objects.filter(user=user).exists()


@transaction.atomic
def skip_setup(*, by: str, user: User) -> None:
    """The person does not want a second factor; they are not asked again."""
    Habit.objects.update_or_create(user=user, defaults={"skipped_at": timezone.now()})
    record("user.mfa_skipped", by=by, target=user.audit_name)


@transaction.atomic
def undo_skip(*, by: str, user: User) -> None:
    """The person does want a second factor: they are asked to set one up again."""
    if Habit.objects.filter(user=user).exclude(skipped_at=None).update(skipped_at=None):
        record("user.mfa_enabled", by=by, target=user.audit_name)


@transaction.atomic
def skip_passkey(*, by: str, user: User) -> None:
    """The person does not want to sign in with a passkey; they are not asked again."""
    Habit.objects.update_or_create(user=user, defaults={"passkey_skipped_at": timezone.now()})
    record("user.passkey_skipped", by=by, target=user.audit_name)


@transaction.atomic
def skip_suggestion(*, by: str, user: User) -> None:
    """The person does not want one more factor than they have."""
    Habit.objects.update_or_create(user=user, defaults={"suggestion_skipped_at": timezone.now()})
    record("user.mfa_suggestion_skipped", by=by, target=user.audit_name)


@transaction.atomic
def remove_factor(*, by: str, user: User, factor: Factor, passkey_id: int | None = None) -> bool:
    """Unbind a factor, all passkeys or one of them; backup codes go with the last that they stand in for.

    False when it was not bound. Raises FactorOfAdministrators for one's own app while administrators need it.
    """
    if factor == Factor.TOTP and by == user.audit_name:
        administrators.refuse_turning_off(user)
    model: type[Passkey | TotpDevice | BackupCode] = _DEVICES.get(factor, BackupCode)
    chosen = {} if passkey_id is None else {"pk": passkey_id}
    removed = model.objects.filter(user=user, **chosen).delete()[0]
    if removed:
        if bound_factors(user) == [Factor.BACKUP_CODE] and factor != Factor.BACKUP_CODE:
            BackupCode.objects.filter(user=user).delete()
        record("user.mfa_removed", by=by, target=user.audit_name, factor=str(factor))
    return bool(removed)


@transaction.atomic
def reset_mfa(*, by: str, user: User) -> None:
    """An administrator's help for somebody who lost everything: nothing bound, trusted or skipped, no failures counted.

    Raises FactorOfAdministrators for oneself while administrators need a factor.
    """
    if by == user.audit_name:
        administrators.refuse_turning_off(user)
    for model in (TotpDevice, Passkey, BackupCode, Habit, TrustedDevice):
        model.objects.filter(user=user).delete()
    unblock(by=by, identifiers=[(LOCKOUT_KIND, user.pk)])
    record("user.mfa_reset", by=by, target=user.audit_name)


def _digest(user: User, code: str) -> str:
    return salted_hmac("idp.mfa.backup_code", f"{user.pk}:{code}", algorithm="sha256").hexdigest()
