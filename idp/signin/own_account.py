"""What people change about their own account. The account pages and the Account API call the same functions."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from connectors.ports import UsageType
from idp.signin import accounts, flow, proofs
from idp.signin.errors import SamePassword
from idp.signin.models import Session, SignInExperience
from idp.signin.sessions import end_all_sessions
from idp.tokens.grants import revoke_all_grants
from idp.users import passwords
from idp.users import services as users
from idp.users.errors import IdentifierTaken, InvalidIdentifier, LastWayToSignIn
from idp.users.models import User
from idp.verification import services as verification
from idp.verification.errors import CodeNotFound
from idp.verification.lockout import guarded
from idp.verification.models import VerificationCode

_COLUMNS = {"username": "username", "email": "primary_email", "phone": "primary_phone"}
_YOURS = {"email": _("This is your email address already."), "phone": _("This is your phone number already.")}


def ways_to_sign_in(user: User, experience: SignInExperience) -> list[str]:
    """The identifiers that this person could sign in with, under the settings as they are."""
    return [method["identifier"] for method in experience.methods if _can_use(user, method)]


def _can_use(user: User, method: dict[str, Any]) -> bool:
    if not getattr(user, _COLUMNS[method["identifier"]]):
        return False
    by_code = method["verificationCode"] and method["identifier"] in flow.CODE_KINDS
    return bool(by_code or (method["password"] and user.has_password))


def may_remove(user: User, experience: SignInExperience, kind: str) -> bool:
    """Would another way to sign in remain?"""
    return any(way != kind for way in ways_to_sign_in(user, experience))


def change_profile(*, session: Session, username: str, name: str, avatar: str) -> None:
    """Raises InvalidIdentifier, IdentifierTaken, LastWayToSignIn."""
    with transaction.atomic():
        user = _locked(session)
        changes = {"name": name or None, "avatar": avatar or None}
        changed: dict[str, Any] = {field: value for field, value in changes.items() if getattr(user, field) != value}
        if username != (user.username or ""):
            changed["username"] = username
            if not username:
                _refuse_last_way(user, "username")
        if changed:
            users.update_user(by=user.audit_name, user=user, **changed)


def send_new_identifier_code(*, session: Session, kind: str, value: str) -> VerificationCode:
    """Send a code to an address that the person wants to add, or to have instead of the one they have.

    Whether it is somebody else's is told to nobody who cannot read its messages. Raises ProofRequired, InvalidIdentifier,
    and what verification.send_code raises.
    """
    proofs.require_proof(session)
    if value == proofs.recipient_of(session.user, kind):
        raise InvalidIdentifier(kind, _YOURS[kind])
    return verification.send_code(
        interaction_id=_interaction(session.user), channel=kind, recipient=value,
        purpose=UsageType.BIND_NEW_IDENTIFIER,
    )  # fmt: skip


def find_new_identifier_code(*, user: User, kind: str, verification_id: str) -> VerificationCode:
    """The code that this person asked for, for this purpose. Raises CodeNotFound."""
    sent = VerificationCode.objects.sent(interaction_id=_interaction(user), purpose=UsageType.BIND_NEW_IDENTIFIER)
    code: VerificationCode | None = sent.filter(pk=verification_id, channel=kind, consumed_at=None).first()
    if code is None:
        raise CodeNotFound
    return code


def change_identifier(*, session: Session, kind: str, verification_id: str, digits: str) -> None:
    """Give the person the address that the code was sent to.

    Raises ProofRequired, IdentifierTaken, and what verification.check_code raises. Never inside a transaction.
    """
    proofs.require_proof(session)
    code = find_new_identifier_code(user=session.user, kind=kind, verification_id=verification_id)
    taken: list[IdentifierTaken] = []

    def change() -> None:
        user = _locked(session)
        try:
            users.update_user(by=user.audit_name, user=user, **{kind: code.recipient})
        except IdentifierTaken as error:  # the code was right, and is used up all the same
            taken.append(error)

    with guarded(kind, code.recipient, SignInExperience.load().lockout):
        verification.check_code(
            interaction_id=code.interaction_id, verification_id=code.pk, channel=kind, recipient=code.recipient,
            digits=digits, prove=change,
        )  # fmt: skip
    if taken:
        raise taken[0]


def remove_identifier(*, session: Session, kind: str) -> None:
    """Take the email address or phone number away. Raises ProofRequired, LastWayToSignIn."""
    proofs.require_proof(session)
    with transaction.atomic():
        user = _locked(session)
        if proofs.recipient_of(user, kind):
            _refuse_last_way(user, kind)
            users.update_user(by=user.audit_name, user=user, **{kind: ""})


def change_password(*, session: Session, current: str, password: str) -> None:
    """A new password; every other browser and its apps are signed out, this one stays. Never inside a transaction.

    Proved by the current password, or as other changes are where there is none. Raises InvalidCredentials, Blocked,
    ProofRequired, SamePassword, PasswordRejected.
    """
    user = session.user
    if user.has_password:
        proofs.check_password(user=user, password=current)
        if current == password:
            raise SamePassword
    else:
        proofs.require_proof(session)
    password_hash = passwords.hash_new(password, user, SignInExperience.load().passwords)
    with transaction.atomic():
        users.set_password(by=user.audit_name, user=user, password_hash=password_hash)
        end_all_sessions(by=user.audit_name, user=user, keep=session)
        revoke_all_grants(user=user, reason="new password", keep_session_id=session.sid)


def delete_account(*, session: Session) -> None:
    """Leave for good. Raises ProofRequired, LastAdministrator."""
    proofs.require_proof(session)
    with transaction.atomic():
        user = _locked(session)
        accounts.delete(by=user.audit_name, user=user)


def _refuse_last_way(user: User, kind: str) -> None:
    if not may_remove(user, SignInExperience.load(), kind):
        raise LastWayToSignIn


def _locked(session: Session) -> User:
    """The person as they are now, theirs alone to change until the transaction ends: two removals at once see each other."""
    user: User = User.objects.select_for_update().get(pk=session.user_id)
    return user


def _interaction(user: User) -> str:
    """Codes are bound to the person; those of other purposes have other names, and other cool-downs."""
    return f"{user.pk}.bind"
