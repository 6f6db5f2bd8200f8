"""Everything that changes a person. One function, one transaction, one audit row."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from idp.audit.services import record
from idp.users import identifiers, passwords
from idp.users.errors import (
    AdministratorExists,
    IdentifierMissing,
    IdentifierTaken,
    InvalidIdentifier,
    LastOwner,
)
from idp.users.models import Installation, StaffRole, User

_PROFILE_FIELDS = ("name", "avatar", "profile", "custom_data")


def create_user(
    *, by: str, username: str = "", email: str = "", phone: str = "", password: str = "", password_hash: str = "",
    application_id: str = "", **details: Any,
) -> User:  # fmt: skip
    """Create a person with at least one identifier; `details` are name, avatar, profile, custom_data.

    Give the password, or the hash of one that was checked already or comes from elsewhere (foreign_hashes.encode). An empty
    `by` is the person themself.
    Raises InvalidIdentifier, IdentifierMissing, IdentifierTaken, PasswordRejected.
    """
    user = User(application_id=application_id, password=password_hash, **details)
    if password or password_hash:
        user.password_updated_at = timezone.now()
    _set_identifiers(user, {"username": username, "email": email, "phone": phone})
    if password:
        user.password = passwords.hash_new(password, user)
    with transaction.atomic():
        _save(user, new=True)
        record("user.created", by=by or user.audit_name, target=user.audit_name, application=application_id)
        arrived.send(sender=User, user=user)
    return user


def update_user(*, by: str, user: User, **changes: Any) -> User:
    """Change identifiers (username, email, phone: "" clears one) and profile fields; raises as create_user."""
    names = {kind: changes[kind] for kind in identifiers.COLUMNS if kind in changes}
    _set_identifiers(user, names)
    for field in _PROFILE_FIELDS:
        if field in changes:
            setattr(user, field, changes[field])
    with transaction.atomic():
        _save(user, fields=[identifiers.COLUMNS.get(name, name) for name in changes])
        record("user.updated", by=by, target=user.audit_name, fields=sorted(changes))
    return user


@transaction.atomic
def merge_profile(*, by: str, user: User, changes: dict[str, Any]) -> User:
    """Change the profile claims that are named (camelCase keys); None takes one away. Returns the person as they are now."""
    locked: User = User.objects.select_for_update().get(pk=user.pk)
    merged = {**locked.profile, **changes}
    profile = {name: value for name, value in merged.items() if value not in (None, "", {})}
    return update_user(by=by, user=locked, profile=profile) if profile != locked.profile else locked


@transaction.atomic
def merge_custom_data(*, by: str, user: User, changes: dict[str, Any]) -> User:
    """Change the members that are named, each as a whole. Returns the person as they are now."""
    locked: User = User.objects.select_for_update().get(pk=user.pk)
    merged = {**locked.custom_data, **changes}
    return update_user(by=by, user=locked, custom_data=merged) if merged != locked.custom_data else locked


@transaction.atomic
def set_password(*, by: str, user: User, password_hash: str) -> None:
    """Give a person a new password, checked and hashed by passwords.hash_new before any transaction."""
    user.password, user.password_updated_at = password_hash, timezone.now()
    user.save(update_fields=["password", "password_updated_at", "updated_at"])
    record("user.password_set", by=by, target=user.audit_name)


@transaction.atomic
def set_suspended(*, by: str, user: User, suspended: bool) -> None:
    """Suspend or reactivate. A suspended person's tokens stop at once, because every use of one looks here."""
    if suspended:
        refuse_last_owner(user)
    user.is_suspended = suspended
    user.save(update_fields=["is_suspended", "updated_at"])
    record("user.suspended" if suspended else "user.reactivated", by=by, target=user.audit_name)


arrived = Signal()  # `user`, whose row is new: higher rooms give what everybody gets, in the same transaction
leaving = Signal()  # `user`, whose row is about to go: higher rooms remove what they hold without a foreign key


@transaction.atomic
def delete_user(*, by: str, user: User) -> None:
    refuse_last_owner(user)
    target = user.audit_name
    leaving.send(sender=User, user=user)
    user.delete()
    record("user.deleted", by=by, target=target)


def export(*, by: str, users: Iterable[User], format: str, what: Mapping[str, object]) -> Iterator[User]:
    """The same people, once it is written down who takes them away; `what` is the filter, or how many were chosen."""
    record("user.exported", by=by, format=format, filter=what)
    return iter(users)


@transaction.atomic
def record_sign_in(*, user: User, application_id: str, method: str) -> None:
    User.objects.filter(pk=user.pk).update(last_sign_in_at=timezone.now())
    record("user.signed_in", by=user.audit_name, target=user.audit_name, application=application_id, method=method)


def create_administrator(
    *, by: str, username: str, password: str = "", only_first: bool = False, email: str = "", name: str | None = None,
    role: StaffRole = StaffRole.OWNER, password_hash: str = "",
) -> User:  # fmt: skip
    """Create someone who may use console and admin, with a password or the hash of one that was checked; raises as create_user.

    With `only_first`, raises AdministratorExists when there is one. Two first visitors at once both try to insert the one
    row that marks the installation as claimed, and the database lets one of them in.
    """
    user = User(
        is_staff=True, staff_role=role, is_superuser=role == StaffRole.OWNER, name=name, password_updated_at=timezone.now()
    )  # fmt: skip
    _set_identifiers(user, {"username": username, "email": email})
    user.password = password_hash or passwords.hash_new(password, user)
    with transaction.atomic():
        if not Installation.claim() and only_first:
            raise AdministratorExists
        _save(user, new=True)
        record("administrator.created", by=by or user.audit_name, target=user.audit_name, role=str(role))
    return user


def check_avatar(avatar: str | None) -> None:
    """Raises InvalidIdentifier."""
    if avatar and not avatar.startswith(("https://", "http://")):
        raise InvalidIdentifier("avatar", _("An avatar is the web address of a picture."))


def _set_identifiers(user: User, values: dict[str, str]) -> None:
    for kind, value in values.items():
        setattr(user, identifiers.COLUMNS[kind], identifiers.clean(kind, value) if value else None)
    if not any(getattr(user, field) for field in identifiers.COLUMNS.values()):
        raise IdentifierMissing


def _refuse_taken(user: User) -> None:
    """Say which identifier is taken. The unique columns have the last word; this names the field, and finds the phone
    that is registered under its other spelling."""
    for kind, field in identifiers.COLUMNS.items():
        value = getattr(user, field)
        owner = User.objects.by_identifier(kind, value) if value else None
        if owner is not None and owner.pk != user.pk:
            raise IdentifierTaken(kind)


def _save(user: User, *, new: bool = False, fields: list[str] | None = None) -> None:
    """Only what was changed is written: somebody else may be changing the rest, the password for one, at this moment."""
    check_avatar(user.avatar)
    _refuse_taken(user)
    try:
        with transaction.atomic():
            user.save(force_insert=new, update_fields=None if fields is None else [*fields, "updated_at"])
    except IntegrityError as error:  # somebody took it between the look and the insert
        _refuse_taken(user)
        raise IdentifierTaken(
            next(kind for kind, field in identifiers.COLUMNS.items() if getattr(user, field))
        ) from error


def refuse_last_owner(user: User) -> None:
    """Call it in the transaction that takes an owner away: the owners are locked, so that two cannot remove each other.

    Raises LastOwner.
    """
    owners = set(User.objects.select_for_update().owners().order_by("pk").values_list("pk", flat=True))
    if owners == {user.pk}:
        raise LastOwner
