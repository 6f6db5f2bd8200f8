"""/api/organizations/{organization_id}/users: the members of an organization, with their roles there."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from idp.api.management import organization_schemas as schemas
from idp.api.management import shapes
from idp.api.management.access import Permission, manager, needs
from idp.api.management.errors import NoSuchEntity, NoSuchRelated
from idp.api.management.finding import find, find_all, locked, without
from idp.api.management.paging import Page, paged, paged_if_asked
from idp.api.management.role_schemas import UserIds
from idp.organizations import roles, services
from idp.organizations.models import Membership, Organization, OrganizationPermission, OrganizationRole
from idp.users.models import User

router = Router(tags=["Organizations"])
_NO_CONTENT = {204: None}


@router.get("/{organization_id}/users", auth=needs(Permission.PEOPLE))
def list_members(
    request: HttpRequest, response: HttpResponse, organization_id: str, paging: Page, query: Query[schemas.MemberQuery]
) -> list[dict[str, Any]]:
    """Whoever joined last comes first. Each with their roles there."""
    found = Membership.objects.filter(organization=find(Organization, organization_id))
    if query.q:
        found = found.filter(user__in=User.objects.search(query.q))
    if query.organizationRoleId:
        found = found.filter(roles=query.organizationRoleId)
    rows = found.select_related("user").prefetch_related("roles").order_by("-created_at", "-pk")
    return [
        shapes.user(one.user) | {"organizationRoles": shapes.names(one.roles.all())}
        for one in paged(request, response, paging, rows)
    ]


@router.post("/{organization_id}/users", auth=needs(Permission.MANAGE), response={201: dict[str, list[str]]})
def add_members(request: HttpRequest, organization_id: str, body: UserIds) -> Status[dict[str, list[str]]]:
    organization, people, by = find(Organization, organization_id), find_all(User, body.userIds), manager(request).by
    with transaction.atomic():
        for user in people:
            services.add_member(by=by, organization=organization, user=user)
    return Status(201, {"userIds": body.userIds})


@router.put("/{organization_id}/users", auth=needs(Permission.MANAGE), response=_NO_CONTENT)
def set_members(request: HttpRequest, organization_id: str, body: UserIds) -> Status[None]:
    """These and no others. Who stays keeps their roles."""
    organization, people, by = find(Organization, organization_id), find_all(User, body.userIds), manager(request).by
    with locked(organization):
        for user_id in set(organization.memberships.values_list("user", flat=True)) - {user.pk for user in people}:
            services.remove_member(by=by, organization=organization, user_id=user_id)
        for user in people:
            services.add_member(by=by, organization=organization, user=user)
    return Status(204, None)


@router.post("/{organization_id}/users/roles", auth=needs(Permission.MANAGE), response={201: None})
def add_roles_of_members(request: HttpRequest, organization_id: str, body: schemas.RolesOfUsers) -> Status[None]:
    """Each of these roles to each of these members. Before the paths with an id, which would take `roles` for one."""
    organization, new = find(Organization, organization_id), find_all(OrganizationRole, body.organizationRoleIds)
    with transaction.atomic():
        for user in find_all(User, body.userIds):
            membership = organization.memberships.filter(user=user).first()
            if membership is None:
                raise NoSuchRelated("member of this organization", [user.pk])
            _add_roles(request, membership, new)
    return Status(201, None)


@router.delete("/{organization_id}/users/{user_id}", auth=needs(Permission.MANAGE), response=_NO_CONTENT)
def remove_member(request: HttpRequest, organization_id: str, user_id: str) -> Status[None]:
    organization = find(Organization, organization_id)
    if not services.remove_member(by=manager(request).by, organization=organization, user_id=user_id):
        raise NoSuchEntity("member of this organization", user_id)
    return Status(204, None)


@router.get("/{organization_id}/users/{user_id}/roles", auth=needs(Permission.PEOPLE))
def list_member_roles(
    request: HttpRequest, response: HttpResponse, organization_id: str, user_id: str, paging: Page
) -> list[dict[str, Any]]:
    held = _membership(organization_id, user_id).roles.all()
    return [shapes.organization_role(one) for one in paged_if_asked(request, response, paging, held)]


@router.post("/{organization_id}/users/{user_id}/roles", auth=needs(Permission.MANAGE), response={201: dict[str, list[str]]})  # fmt: skip
def add_member_roles(
    request: HttpRequest, organization_id: str, user_id: str, body: schemas.MemberRoles
) -> Status[dict[str, list[str]]]:
    new = _named(body)
    _add_roles(request, _membership(organization_id, user_id), new)
    return Status(201, {"organizationRoleIds": [role.pk for role in new]})


@router.put("/{organization_id}/users/{user_id}/roles", auth=needs(Permission.MANAGE), response=_NO_CONTENT)
def set_member_roles(
    request: HttpRequest, organization_id: str, user_id: str, body: schemas.MemberRoles
) -> Status[None]:
    membership = _membership(organization_id, user_id)
    roles.set_member_roles(by=manager(request).by, membership=membership, roles=_named(body))
    return Status(204, None)


@router.delete(
    "/{organization_id}/users/{user_id}/roles/{role_id}", auth=needs(Permission.MANAGE), response=_NO_CONTENT
)
def remove_member_role(request: HttpRequest, organization_id: str, user_id: str, role_id: str) -> Status[None]:
    membership = _membership(organization_id, user_id)
    with locked(membership):
        left = without(membership.roles.all(), role_id)
        roles.set_member_roles(by=manager(request).by, membership=membership, roles=left)
    return Status(204, None)


@router.get("/{organization_id}/users/{user_id}/scopes", auth=needs(Permission.PEOPLE))
def list_member_scopes(request: HttpRequest, organization_id: str, user_id: str) -> list[dict[str, Any]]:
    """What they may do there, by all of their roles."""
    held = _membership(organization_id, user_id).roles.all()
    found = OrganizationPermission.objects.filter(roles__in=held).distinct()
    return [shapes.organization_scope(one) for one in found]


def _membership(organization_id: str, user_id: str) -> Membership:
    rows = Membership.objects.select_related("organization")
    found = rows.filter(organization=find(Organization, organization_id), user=user_id).first()
    if found is None:
        raise NoSuchEntity("member of this organization", user_id)
    return found


def _named(body: schemas.MemberRoles) -> list[OrganizationRole]:
    """Raises NoSuchRelated."""
    by_name = {role.name: role for role in OrganizationRole.objects.filter(name__in=body.organizationRoleNames)}
    if missing := [name for name in body.organizationRoleNames if name not in by_name]:
        raise NoSuchRelated("organization role", missing)
    return [*find_all(OrganizationRole, body.organizationRoleIds), *by_name.values()]


def _add_roles(request: HttpRequest, membership: Membership, new: list[OrganizationRole]) -> None:
    with locked(membership):
        chosen = [*membership.roles.all(), *new]
        roles.set_member_roles(by=manager(request).by, membership=membership, roles=chosen)
