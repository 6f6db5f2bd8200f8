"""What people change about their own account. The account pages and the Account API call the same functions.

Each says who it is for, checks that the account centre leaves the field to people, and asks for a fresh proof where another
person at the same screen, or with a stolen token, could take the account over.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from connectors.ports import UsageType
from idp.mfa.trust import forget_all_devices
from idp.signin import accounts, personal_data, proofs, sessions
from idp.signin.account_center import require_editable
from idp.signin.errors import FieldNotEnabled, SamePassword
from idp.signin.models import Session, SignInExperience
from idp.signin.proofs import Owner
from idp.tokens.grants import live_grants, revoke_all_grants
from idp.tokens.services import revoke_grant as end_grant
from idp.users import identifiers, passwords
from idp.users import services as users
from idp.users.errors import IdentifierTaken, InvalidIdentifier, LastWayToSignIn
from idp.users.models import ProfileField, User
from idp.users.profile_answers import changes_for
from idp.verification import person
from idp.verification import services as verification
from idp.verification.errors import CodeNotFound
from idp.verification.lockout import guarded
from idp.verification.models import VerificationCode

_FIELDS = {
    "username": "username",
    "name": "name",
    "avatar": "avatar",
    "profile": "profile",
    "custom_data": "customData",
}
_YOURS = {"email": _("This is your email address already."), "phone": _("This is your phone number already.")}


def ways_to_sign_in(user: User, experience: SignInExperience) -> list[str]:
    """The identifiers that this person could sign in with, under the settings as they are."""
    return [method["identifier"] for method in experience.methods if _can_use(user, method)]


def _can_use(user: User, method: dict[str, Any]) -> bool:
    if not getattr(user, identifiers.COLUMNS[method["identifier"]]):
        return False
    by_code = method["verificationCode"] and method["identifier"] in identifiers.CODE_KINDS
    return bool(by_code or (method["password"] and user.has_password))


def may_remove(user: User, experience: SignInExperience, kind: str) -> bool:
    """Would another way to sign in remain?"""
    return any(way != kind for way in ways_to_sign_in(user, experience))


def change(*, owner: Owner, **changes: Any) -> User:
    """Change username, name, avatar, profile or custom_data, all or nothing: each is replaced as a whole, None takes it away.

    Returns the person as they are now. Raises FieldNotEnabled, FieldNotEditable, InvalidIdentifier (also a picture's address);
    for a username also ProofRequired, ActedFor, IdentifierTaken, LastWayToSignIn.
    """
    if "username" in changes:
        changes["username"] = _may_be_called(owner, changes["username"])
    with transaction.atomic():
        user = owner.locked()
        changed = {field: value for field, value in changes.items() if getattr(user, field) != value}
        require_editable(owner.center, *(_FIELDS[field] for field in changed))
        if "username" in changed and not changed["username"]:
            _refuse_last_way(user, "username")
        if changed:
            users.update_user(by=user.audit_name, user=user, **changed)
    return user


def _may_be_called(owner: Owner, username: str | None) -> str | None:
    """The username as it is kept, where the person may change theirs at all."""
    require_editable(owner.center, "username")
    proofs.require_proof(owner)
    if not username or username == owner.user.username:
        return username or None
    return SignInExperience.load().usernames.check(username)


def merge_profile(*, owner: Owner, changes: dict[str, Any]) -> User:
    """Change the profile claims that are named (camelCase keys); None takes one away. Raises FieldNotEnabled, FieldNotEditable."""
    require_editable(owner.center, "profile")
    return users.merge_profile(by=owner.user.audit_name, user=owner.user, changes=changes)


def answer_profile(*, owner: Owner, asked: list[ProfileField], answers: dict[str, Any]) -> User:
    """Change what the person said about themself in these profile fields; `answers` are checked (profile_answers.validate).

    Raises FieldNotEnabled, FieldNotEditable, InvalidIdentifier (a picture's address).
    """
    require_editable(owner.center, "profile")
    with transaction.atomic():
        user = owner.locked()
        changes = changes_for(user, answers, asked=[field.name for field in asked])
        if changes:
            users.update_user(by=user.audit_name, user=user, **changes)
    return user


def send_new_identifier_code(*, owner: Owner, kind: str, value: str) -> VerificationCode:
    """Send a code to an address that the person wants to add, or to have instead of the one they have.

    Whether it is somebody else's is told to nobody who cannot read its messages. Raises FieldNotEnabled, FieldNotEditable,
    InvalidIdentifier, EmailNotAllowed, SubaddressNotAllowed, and what verification.send_code raises.
    """
    require_editable(owner.center, kind)
    if value == proofs.recipient_of(owner.user, kind):
        raise InvalidIdentifier(kind, _YOURS[kind])
    experience = SignInExperience.load()
    if kind == "email":
        experience.emails.check(value)
    return verification.send_code(
        interaction_id=_interaction(owner.user), channel=kind, recipient=value,
        purpose=UsageType.BIND_NEW_IDENTIFIER, policy=experience.codes,
    )  # fmt: skip


def find_new_identifier_code(*, user: User, kind: str, verification_id: str) -> VerificationCode:
    """The code that this person asked for, for this purpose. Raises CodeNotFound."""
    sent = VerificationCode.objects.sent(interaction_id=_interaction(user), purpose=UsageType.BIND_NEW_IDENTIFIER)
    code: VerificationCode | None = sent.filter(pk=verification_id, channel=kind, consumed_at=None).first()
    if code is None:
        raise CodeNotFound
    return code


def prove_new_identifier(*, owner: Owner, kind: str, verification_id: str, digits: str) -> None:
    """The person has read the code; the address becomes theirs when they say so (take_identifier).

    Raises what verification.check_code raises. Never inside a transaction.
    """

    def remember(code: VerificationCode) -> None:
        person.remember_address(
            name=code.pk, user_id=owner.user.pk, channel=code.channel, recipient=code.recipient
        )  # fmt: skip

    _check_code(owner, kind, verification_id, digits, remember)


def take_identifier(*, owner: Owner, kind: str, value: str, verification_id: str) -> None:
    """Give the person the address that they proved (prove_new_identifier).

    Raises FieldNotEnabled, FieldNotEditable, ProofRequired, IdentifierTaken.
    """
    require_editable(owner.center, kind)
    proofs.require_proof(owner)
    with transaction.atomic():
        user = owner.locked()
        person.use_address(name=verification_id, user_id=user.pk, channel=kind, recipient=value)
        users.update_user(by=user.audit_name, user=user, **{kind: value})


def change_identifier(*, owner: Owner, kind: str, verification_id: str, digits: str) -> None:
    """Give the person the address that the code was sent to, in one step.

    Raises FieldNotEnabled, FieldNotEditable, ProofRequired, IdentifierTaken, and what verification.check_code raises. Never
    inside a transaction.
    """
    require_editable(owner.center, kind)
    proofs.require_proof(owner)
    taken: list[IdentifierTaken] = []

    def change(code: VerificationCode) -> None:
        user = owner.locked()
        try:
            users.update_user(by=user.audit_name, user=user, **{kind: code.recipient})
        except IdentifierTaken as error:  # the code was right, and is used up all the same
            taken.append(error)

    _check_code(owner, kind, verification_id, digits, change)
    if taken:
        raise taken[0]


def remove_identifier(*, owner: Owner, kind: str) -> None:
    """Take the email address or phone number away. Raises FieldNotEnabled, FieldNotEditable, ProofRequired, LastWayToSignIn."""
    require_editable(owner.center, kind)
    proofs.require_proof(owner)
    with transaction.atomic():
        user = owner.locked()
        if proofs.recipient_of(user, kind):
            _refuse_last_way(user, kind)
            users.update_user(by=user.audit_name, user=user, **{kind: ""})


def change_password(*, owner: Owner, password: str, current: str | None = None) -> None:
    """A new password; every other browser and its apps are signed out, this one stays. Never inside a transaction.

    Proved by the current password where that is given, else as other changes are. Raises FieldNotEnabled, FieldNotEditable,
    InvalidCredentials, Blocked, ProofRequired, SamePassword, PasswordRejected.
    """
    require_editable(owner.center, "password")
    user = owner.user
    if current is not None and user.has_password:
        proofs.check_password(user=user, password=current)
    else:
        proofs.require_proof(owner)
    if current == password or (current is None and user.has_password and passwords.verify(user, password)):
        raise SamePassword
    password_hash = passwords.hash_new(password, user, SignInExperience.load().passwords)
    with transaction.atomic():
        users.set_password(by=user.audit_name, user=user, password_hash=password_hash)
        forget_all_devices(by=user.audit_name, user=user)
        here = Session.objects.filter(sid=owner.session_id, user=user).first()
        sessions.end_all_sessions(by=user.audit_name, user=user, keep=here)
        revoke_all_grants(
            user=user, reason="new password", keep_session_id=owner.session_id, keep_grant_id=owner.grant_id
        )


def end_session(*, owner: Owner, sid: str, with_grants: str = "") -> bool:
    """Sign the person out in one of their browsers; False when it is not there (any more).

    `with_grants` (`all`, `firstParty`) ends what apps got there as well, even what was to last longer than the session.
    Raises FieldNotEnabled, FieldNotEditable.
    """
    require_editable(owner.center, "session")
    ended = sessions.live_sessions(owner.user).filter(sid=sid).first()
    if ended is None:
        return False
    by = owner.user.audit_name
    if with_grants:
        sessions.end_session_and_grants(by=by, session=ended, whose=with_grants, reason="session ended by the person")
    else:
        sessions.end_session(by=by, session=ended)
    return True


def end_other_sessions(*, owner: Owner) -> None:
    """Sign the person out in every browser but this one. Raises FieldNotEnabled, FieldNotEditable."""
    require_editable(owner.center, "session")
    here = Session.objects.filter(sid=owner.session_id, user=owner.user).first()
    sessions.end_all_sessions(by=owner.user.audit_name, user=owner.user, keep=here)


def end_grant_of_app(*, owner: Owner, grant_id: str) -> bool:
    """End one sign-in of an app with all its tokens; False when there is none (any more). Raises FieldNotEditable."""
    require_editable(owner.center, "session")
    grant = live_grants(owner.user).filter(pk=grant_id).first()
    if grant is not None:
        end_grant(grant=grant, reason="ended by the person")
    return grant is not None


def export_data(*, owner: Owner) -> dict[str, Any]:
    """Everything that this server knows about the person (personal_data.export): a whole account, so it needs a proof of them.

    Raises ProofRequired, ActedFor.
    """
    proofs.require_proof(owner)
    return personal_data.export(user=owner.user)


def delete_account(*, owner: Owner) -> None:
    """Leave for good. Raises FieldNotEnabled where the service has its own way to leave, ProofRequired, LastAdministrator."""
    if owner.center.delete_account_url or not owner.center.enabled:
        raise FieldNotEnabled("deleteAccount")
    proofs.require_proof(owner)
    accounts.delete(by=owner.user.audit_name, user=owner.user)


def _check_code(
    owner: Owner, kind: str, verification_id: str, digits: str, then: Callable[[VerificationCode], None]
) -> None:
    """Use up the code that went to a new address; guesses count where those at the sign-in page do."""
    code = find_new_identifier_code(user=owner.user, kind=kind, verification_id=verification_id)
    with guarded(kind, code.recipient, SignInExperience.load().lockout):
        verification.check_code(
            interaction_id=code.interaction_id, verification_id=code.pk, channel=kind, recipient=code.recipient,
            digits=digits, prove=lambda: then(code),
        )  # fmt: skip


def _refuse_last_way(user: User, kind: str) -> None:
    if not may_remove(user, SignInExperience.load(), kind):
        raise LastWayToSignIn


def _interaction(user: User) -> str:
    """Codes are bound to the person; those of other purposes have other names, and other cool-downs."""
    return f"{user.pk}.bind"
