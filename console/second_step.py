"""The second step of signing in to the console: who passed the password and has an authenticator app is asked for a code.

Who that is stands in the session of the browser, for ten minutes; nobody is signed in by it.
"""

import time

from django.http import HttpRequest

from console import throttle
from console.errors import TooManyTries
from idp.audit.services import record
from idp.lib.errors import DomainError
from idp.mfa import services as mfa
from idp.mfa.factors import Factor
from idp.signin.models import SignInExperience
from idp.users.models import User
from idp.verification.lockout import guarded

_KEY = "second_step"
_PATIENCE = 10 * 60  # seconds


def is_needed(user: User) -> bool:
    """Backup codes stand in for an app and are no second factor by themselves."""
    return Factor.TOTP in mfa.bound_factors(user)


def begin(request: HttpRequest, user: User) -> None:
    """The password was right: remember whose, and with which password, for a new one ends this as it ends sessions."""
    request.session.cycle_key()
    request.session[_KEY] = [user.pk, user.get_session_auth_hash(), int(time.time())]


def waiting(request: HttpRequest) -> User | None:
    """Who is asked for a code in this browser."""
    pk, session_hash, since = request.session.get(_KEY) or ("", "", 0)
    user = User.objects.administrators().filter(pk=pk, is_suspended=False).first()
    if user is None or time.time() - since > _PATIENCE or user.get_session_auth_hash() != session_hash:
        return None
    return user


def forget(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def verify(request: HttpRequest, user: User, code: str) -> None:
    """Use up a code of the app, or a backup code. Raises InvalidTotpCode, InvalidBackupCode, Blocked, TooManyTries.

    Wrong ones count for the person, as at the sign-in pages, and for the address, as wrong passwords of the console do.
    """
    if throttle.is_blocked(request, _counted(user)):
        raise TooManyTries
    is_digits = len(code) == 6 and code.isdecimal()
    factor = Factor.TOTP if is_digits else Factor.BACKUP_CODE
    try:
        with guarded(mfa.LOCKOUT_KIND, user.pk, SignInExperience.load().lockout):
            if is_digits:
                mfa.verify_totp(user=user, digits=code, prove=lambda: None)
            else:
                mfa.verify_backup_code(user=user, code=code, prove=lambda: None)
    except DomainError as error:
        throttle.count_failure(request, _counted(user))
        record("user.mfa_failed", by=user.audit_name, target=user.audit_name, succeeded=False, factor=str(factor),
               where="console", reason=error.code)  # fmt: skip
        raise
    throttle.forget(request, _counted(user))
    record("user.mfa_verified", by=user.audit_name, target=user.audit_name, factor=str(factor), where="console")


def _counted(user: User) -> str:
    return f"second step of {user.pk}"
