"""Who may call the Management API, and for what. Each endpoint says what it needs; nothing else decides it.

A machine brings an access token of ours for the Management API, and may do all that an administrator may. An administrator brings
an API key, and may do with it what their role may at this moment.
"""

import time
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from idp.api.errors import AuthorizationMissing, InvalidToken, TokenTypeUnsupported
from idp.api.management.errors import Forbidden, SubjectMissing
from idp.applications import clients
from idp.audit import caller
from idp.authorization.models import ALL, MANAGEMENT_API
from idp.lib.ids import API_KEY_PREFIX
from idp.mfa.administrators import must_set_up
from idp.tokens.keys import read_own_token
from idp.users import api_keys
from idp.users.models import StaffRole, User
from idp.users.roles import GRANTED, Permission

__all__ = ["Permission"]
_MACHINES = GRANTED[StaffRole.ADMIN]


@dataclass(frozen=True, slots=True)
class Manager:
    """Who calls. `by` is what the log says, `administrator` is None for a machine."""

    by: str
    granted: frozenset[Permission]
    administrator: User | None = None


class BearerAuth(HttpBearer):
    """What an endpoint asks for. With `person` its address names somebody, in `user_id`: an administrator among people is changed
    by owners only, or whoever may help people could help themselves to the account of an owner.

    The same object reads the header, so that an endpoint without it lets nobody in.
    """

    def __init__(self, permission: Permission, *, person: bool = False, machines_only: bool = False) -> None:
        super().__init__()
        self.permission, self.person, self.machines_only = permission, person, machines_only

    def __call__(self, request: HttpRequest) -> Manager:
        """Raises AuthorizationMissing, TokenTypeUnsupported, InvalidToken, SubjectMissing, Forbidden."""
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            raise AuthorizationMissing
        if scheme.lower() != "bearer":
            raise TokenTypeUnsupported
        found = self.authenticate(request, value.strip())
        if self.permission not in found.granted or (self.machines_only and found.administrator is not None):
            raise Forbidden
        if self.person:
            path = cast(Any, request.resolver_match).kwargs
            require_may_change(found, [path["user_id"]])
        return found

    def authenticate(self, request: HttpRequest, token: str) -> Manager:
        return _administrator(token) if token.startswith(API_KEY_PREFIX) else _machine(token)


def needs(permission: Permission, *, person: bool = False, machines_only: bool = False) -> BearerAuth:
    """For `auth=` of an endpoint."""
    return BearerAuth(permission, person=person, machines_only=machines_only)


def manager(request: HttpRequest) -> Manager:
    """Only for endpoints behind `needs`."""
    return cast(Manager, cast(Any, request).auth)


def require_may_change(who: Manager, user_ids: list[str]) -> None:
    """Raises Forbidden for an administrator among them, unless an owner asks."""
    if Permission.OWN not in who.granted and User.objects.administrators().filter(pk__in=user_ids).exists():
        raise Forbidden("Administrators are changed by owners only.")


def refuse(request: HttpRequest) -> Manager:
    """For an endpoint that forgot to say what it needs."""
    raise Forbidden


def _machine(token: str) -> Manager:
    """By its access token, without a look at the database; an application that is gone is out within seconds."""
    claims = read_own_token(token, typ="at+jwt")
    if claims is None or claims["aud"] != MANAGEMENT_API or claims["exp"] <= time.time():
        raise InvalidToken
    if not claims.get("sub"):
        raise SubjectMissing
    if ALL not in claims["scope"].split() or claims["sub"] != claims["client_id"]:
        raise Forbidden
    client = clients.get(claims["sub"])
    if client is None:
        raise InvalidToken
    return Manager(client.application.audit_name, _MACHINES)


def _administrator(token: str) -> Manager:
    """By an API key. Whoever has to set up a second factor first does that in the console, as for everything else."""
    row = api_keys.find(token)
    if row is None:
        raise InvalidToken
    if must_set_up(row.administrator):
        raise Forbidden("Set up your second factor in the console first: every administrator needs one.")
    api_keys.touch(row)
    caller.set_api_key(row.pk)
    user = row.administrator
    return Manager(user.audit_name, GRANTED[user.staff_role], user)
