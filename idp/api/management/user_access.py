"""/api/users/{user_id}/…: the roles and organizations of a person, where they are signed in, and how they prove who they are."""

from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from idp.api import shapes as common
from idp.api.management import shapes
from idp.api.management.access import Permission, manager, needs
from idp.api.management.errors import NoSuchEntity
from idp.api.management.finding import SEARCH, find, find_all, plain_search
from idp.api.management.paging import Page, paged
from idp.api.management.role_schemas import RoleIds
from idp.api.parsing import number
from idp.authorization import roles
from idp.authorization.models import Role
from idp.mfa import services as mfa
from idp.mfa import trust
from idp.organizations.models import Membership
from idp.signin.models import Session
from idp.signin.sessions import end_session, end_session_and_grants, live_sessions
from idp.tokens.grants import live_grants
from idp.tokens.services import revoke_grant
from idp.users.models import User

router = Router(tags=["Users"])
_NO_CONTENT = {204: None}
_REASON = "ended by an administrator"


@router.get("/{user_id}/roles", auth=needs(Permission.PEOPLE), openapi_extra=SEARCH)
def list_roles(request: HttpRequest, response: HttpResponse, user_id: str, paging: Page) -> list[dict[str, Any]]:
    found = Role.objects.filter(user_roles__user=find(User, user_id), name__icontains=plain_search(request))
    return [shapes.role(one) for one in paged(request, response, paging, found)]


@router.post("/{user_id}/roles", auth=needs(Permission.MANAGE, person=True), response={201: dict[str, list[str]]})
def add_roles(request: HttpRequest, user_id: str, body: RoleIds) -> Status[dict[str, list[str]]]:
    user, chosen, by = find(User, user_id), find_all(Role, body.roleIds), manager(request).by
    with transaction.atomic():
        added = [role.pk for role in chosen if roles.give_to_users(by=by, role=role, users=[user])]
    return Status(201, {"roleIds": body.roleIds, "addedRoleIds": added})


@router.put("/{user_id}/roles", auth=needs(Permission.MANAGE, person=True))
def set_roles(request: HttpRequest, user_id: str, body: RoleIds) -> dict[str, list[str]]:
    roles.set_user_roles(by=manager(request).by, user=find(User, user_id), roles=find_all(Role, body.roleIds))
    return {"roleIds": body.roleIds}


@router.delete("/{user_id}/roles/{role_id}", auth=needs(Permission.MANAGE, person=True), response=_NO_CONTENT)
def remove_role(request: HttpRequest, user_id: str, role_id: str) -> Status[None]:
    role = find(Role, role_id)
    if not roles.take_from(by=manager(request).by, role=role, holder=find(User, user_id)):
        raise NoSuchEntity("role of this person", role_id)
    return Status(204, None)


@router.get("/{user_id}/organizations", auth=needs(Permission.PEOPLE))
def list_organizations(request: HttpRequest, user_id: str) -> list[dict[str, Any]]:
    """With the roles that they have there."""
    found = Membership.objects.filter(user=find(User, user_id)).select_related("organization").prefetch_related("roles")
    return [
        {**shapes.organization(one.organization), "organizationRoles": shapes.names(one.roles.all())}
        for one in found.order_by("organization__name", "pk")
    ]


@router.get("/{user_id}/sessions", auth=needs(Permission.PEOPLE))
def list_sessions(request: HttpRequest, user_id: str) -> dict[str, Any]:
    user = find(User, user_id)
    grants = list(live_grants(user))
    return {"sessions": [common.session(one, grants) for one in live_sessions(user)]}


@router.get("/{user_id}/sessions/{session_id}", auth=needs(Permission.PEOPLE))
def get_session(request: HttpRequest, user_id: str, session_id: str) -> dict[str, Any]:
    session = _session(user_id, session_id)
    return common.session(session, list(live_grants(session.user)))


@router.delete("/{user_id}/sessions/{session_id}", auth=needs(Permission.SUPPORT, person=True), response=_NO_CONTENT)
def revoke_session(
    request: HttpRequest,
    user_id: str,
    session_id: str,
    target: Annotated[Literal["all", "firstParty"] | None, Query(alias="revokeGrantsTarget")] = None,
) -> Status[None]:
    """Sign them out of one browser, and of the apps that they signed in to there: all of them, or those of this service."""
    session, by = _session(user_id, session_id), manager(request).by
    if target:
        end_session_and_grants(by=by, session=session, whose=target, reason=_REASON)
    else:
        end_session(by=by, session=session)
    return Status(204, None)


@router.get("/{user_id}/grants", auth=needs(Permission.PEOPLE))
def list_grants(
    request: HttpRequest,
    user_id: str,
    kind: Annotated[Literal["firstParty", "thirdParty"] | None, Query(alias="appType")] = None,
) -> dict[str, Any]:
    found = live_grants(find(User, user_id))
    if kind is not None:
        found = found.filter(application__is_third_party=kind == "thirdParty")
    return {"grants": [common.grant(one) for one in found]}


@router.delete("/{user_id}/grants/{grant_id}", auth=needs(Permission.SUPPORT, person=True), response=_NO_CONTENT)
def end_grant(request: HttpRequest, user_id: str, grant_id: str) -> Status[None]:
    grant = live_grants(find(User, user_id)).filter(pk=grant_id).first()
    if grant is None:
        raise NoSuchEntity("grant", grant_id)
    revoke_grant(by=manager(request).by, grant=grant, reason=_REASON)
    return Status(204, None)


@router.get("/{user_id}/mfa-verifications", auth=needs(Permission.PEOPLE))
def list_factors(request: HttpRequest, user_id: str) -> list[dict[str, Any]]:
    return common.factors(find(User, user_id))


@router.delete(
    "/{user_id}/mfa-verifications/{factor_id}", auth=needs(Permission.SUPPORT, person=True), response=_NO_CONTENT
)
def remove_factor(request: HttpRequest, user_id: str, factor_id: str) -> Status[None]:
    user, (factor, passkey_id) = find(User, user_id), common.named_factor(factor_id)
    if not mfa.remove_factor(by=manager(request).by, user=user, factor=factor, passkey_id=passkey_id):
        raise NoSuchEntity("factor of this person", factor_id)
    return Status(204, None)


@router.get("/{user_id}/trusted-devices", auth=needs(Permission.PEOPLE))
def list_devices(request: HttpRequest, response: HttpResponse, user_id: str, paging: Page) -> list[dict[str, Any]]:
    """The browsers in which they are not asked for a second factor."""
    found = trust.live_devices(find(User, user_id))
    return [common.trusted_device(one) for one in paged(request, response, paging, found)]


@router.delete(
    "/{user_id}/trusted-devices/{device_id}", auth=needs(Permission.SUPPORT, person=True), response=_NO_CONTENT
)
def forget_device(request: HttpRequest, user_id: str, device_id: str) -> Status[None]:
    if not trust.forget_device(by=manager(request).by, user=find(User, user_id), device_id=number(device_id)):
        raise NoSuchEntity("trusted device", device_id)
    return Status(204, None)


def _session(user_id: str, session_id: str) -> Session:
    session = live_sessions(find(User, user_id)).select_related("user").filter(sid=session_id).first()
    if session is None:
        raise NoSuchEntity("session", session_id)
    return session
