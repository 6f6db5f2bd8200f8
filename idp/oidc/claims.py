"""Which scope gives a client which facts about a person (OpenID Connect Core 5.1, 5.4; Logto's own claims beside them)."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from idp.authorization.queries import organization_role_names, role_names
from idp.oidc.scopes import CLAIMS_OF_SCOPE
from idp.organizations.models import Organization
from idp.users.models import User

# Large or rarely wanted: userinfo only.
_NOT_IN_ID_TOKEN = {"custom_data", "organization_data"}
_PROFILE_KEYS = {
    "family_name": "familyName", "given_name": "givenName", "middle_name": "middleName", "nickname": "nickname",
    "profile": "profile", "website": "website", "gender": "gender", "birthdate": "birthdate", "zoneinfo": "zoneinfo",
    "locale": "locale", "address": "address",
}  # fmt: skip
# Always answered, as null when empty; the profile claims are left out instead.
_VALUES: dict[str, Callable[[User], Any]] = {
    "sub": lambda user: user.pk,
    "name": lambda user: user.name,
    "username": lambda user: user.username,
    "picture": lambda user: user.avatar,
    "created_at": lambda user: int(user.created_at.timestamp() * 1000),
    "updated_at": lambda user: _updated_at(user),
    "email": lambda user: user.primary_email,
    "email_verified": lambda user: bool(user.primary_email),
    "phone_number": lambda user: user.primary_phone,
    "phone_number_verified": lambda user: bool(user.primary_phone),
    "custom_data": lambda user: user.custom_data,
    "roles": lambda user: role_names(user.pk),
    "organization_roles": lambda user: organization_role_names(user.pk),
}


def _updated_at(user: User) -> int:
    """Seconds (OpenID Connect Core 5.1); milliseconds for clients that were written for Logto's."""
    return int(user.updated_at.timestamp() * (1000 if settings.UPDATED_AT_IN_MILLISECONDS else 1))


def userinfo_claims(user: User, scopes: Iterable[str]) -> dict[str, Any]:
    names = [name for scope in scopes for name in CLAIMS_OF_SCOPE.get(scope, ())]
    claims = {name: _VALUES[name](user) for name in names if name in _VALUES}
    for name in names:
        if name in _PROFILE_KEYS and (value := user.profile.get(_PROFILE_KEYS[name])):
            claims[name] = value
    if "organizations" in names:
        claims |= _organizations(user)
    if "preferred_username" in names and (preferred := user.profile.get("preferredUsername") or user.username):
        claims["preferred_username"] = preferred
    return claims


def id_token_claims(user: User, scopes: Iterable[str]) -> dict[str, Any]:
    """The claims of the scopes are in the ID token as well: Logto's SDKs read the person's name and phone from there."""
    claims = userinfo_claims(user, scopes)
    return {name: value for name, value in claims.items() if name not in _NOT_IN_ID_TOKEN}


def _organizations(user: User) -> dict[str, Any]:
    """One statement for both claims."""
    found = list(Organization.objects.of(user.pk).values("id", "name", "description"))
    data = [{**one, "description": one["description"] or None} for one in found]
    return {"organizations": [one["id"] for one in found], "organization_data": data}
