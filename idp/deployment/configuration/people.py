"""People in the document: users of the apps, and administrators."""

from typing import Any

from idp.deployment.configuration.access import set_roles
from idp.deployment.configuration.reading import ApplyError, Node
from idp.lib.errors import DomainError
from idp.signin import accounts
from idp.users import foreign_hashes, identifiers, passwords
from idp.users import services as users
from idp.users.models import User

BY = "system:apply"
_IDENTIFIERS = {"username": "username", "primaryEmail": "email", "primaryPhone": "phone"}
_LONGEST_NAME = 128
_DETAILS = {"name": "name", "avatar": "avatar", "profile": "profile", "customData": "custom_data"}


def apply_user(node: Node) -> str:
    """Create or update a person, found by any of the identifiers given."""
    found = node.fields(
        username=str, primaryEmail=str, primaryPhone=str, password=str, passwordDigest=str, passwordAlgorithm=str,
        name=str, avatar=str, profile=dict, customData=dict,
        isSuspended=bool, roles=list,
    )  # fmt: skip
    values = {kind: _clean(found[name], kind) for name, kind in _IDENTIFIERS.items() if name in found}
    details: dict[str, Any] = {key: found[name].value for name, key in _DETAILS.items() if name in found}
    _refuse_long_name(found)
    password = found["password"].value if "password" in found else ""
    with node.errors_here():
        user = _find(node, values)
        if user is None:
            user = users.create_user(by=BY, password=password, password_hash=_digest(found), **values, **details)
        else:
            users.update_user(by=BY, user=user, **values, **details)
            _set_password(user, password)
        if "roles" in found:
            set_roles(user, found["roles"])
        if "isSuspended" in found and found["isSuspended"].value != user.is_suspended:
            _set_suspended(user, suspended=found["isSuspended"].value)
    return f"user {user.pk} ({user.display_name})"


def apply_administrator(node: Node) -> str:
    found = node.fields(username=str, password=str, primaryEmail=str, name=str)
    node.require(found, "username", "password")
    username, password = found["username"].value, found["password"].value
    email = found["primaryEmail"].value if "primaryEmail" in found else ""
    name = found["name"].value if "name" in found else None
    _refuse_long_name(found)
    with node.errors_here():
        user = User.objects.filter(username=username).first()
        if user is None:
            users.create_administrator(by=BY, username=username, password=password, email=email, name=name)
        elif not user.is_staff:
            raise ApplyError(node.path, f"{username} is the name of a user who is no administrator.")
        else:
            _set_password(user, password)
    return f"administrator {username}"


def _refuse_long_name(found: dict[str, Node]) -> None:
    if "name" in found and len(found["name"].value) > _LONGEST_NAME:
        raise ApplyError(found["name"].path, f"has more than {_LONGEST_NAME} characters.")


def _digest(found: dict[str, Node]) -> str:
    """A hash from elsewhere, for a person who is new here."""
    if "passwordDigest" not in found:
        return ""
    method = found["passwordAlgorithm"].value if "passwordAlgorithm" in found else "Argon2id"
    return foreign_hashes.encode(method, found["passwordDigest"].value)


def _find(node: Node, values: dict[str, str]) -> User | None:
    owners = {owner.pk: owner for kind, value in values.items() if (owner := User.objects.by_identifier(kind, value))}
    if len(owners) > 1:
        raise ApplyError(node.path, "names identifiers of different people.")
    return next(iter(owners.values()), None)


def _set_password(user: User, password: str) -> None:
    if password and not passwords.verify(user, password):
        accounts.reset_password(by=BY, user=user, password=password)


def _set_suspended(user: User, *, suspended: bool) -> None:
    if suspended:
        accounts.suspend(by=BY, user=user)
    else:
        users.set_suspended(by=BY, user=user, suspended=False)


def _clean(node: Node, kind: str) -> str:
    try:
        return identifiers.clean(kind, node.value)
    except DomainError as error:
        raise ApplyError(node.path, error.message) from error
