"""/api/roles: roles, their permissions of APIs, and who has them."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from idp.api.management import role_schemas as schemas
from idp.api.management import shapes
from idp.api.management.access import Permission as Needed
from idp.api.management.access import manager, needs, require_may_change
from idp.api.management.errors import NoSuchEntity
from idp.api.management.finding import SEARCH, find, find_all, locked, plain_search, without
from idp.api.management.paging import CappedCount, Page, paged, paged_if_asked
from idp.api.management.searching import PARAMETERS, search
from idp.applications.models import Application
from idp.authorization import roles
from idp.authorization.models import ApplicationRole, Permission, Role, UserRole
from idp.organizations.models import RoleType
from idp.users.models import User

router = Router(tags=["Roles"])
_NO_CONTENT = {204: None}
_FEATURED = 3


@router.get("", auth=needs(Needed.READ), openapi_extra=SEARCH)
def list_roles(
    request: HttpRequest, response: HttpResponse, paging: Page, query: Query[schemas.RoleQuery]
) -> list[dict[str, Any]]:
    """With how many have each, and the newest three of them."""
    found = Role.objects.filter(name__icontains=plain_search(request)).annotate(
        users=CappedCount(UserRole.objects.filter(role=OuterRef("pk"))),
        machines=CappedCount(ApplicationRole.objects.filter(role=OuterRef("pk"))),
    )
    if query.type:
        found = found.filter(type=query.type)
    if query.excludeUserId:
        found = found.filter(~Exists(UserRole.objects.filter(role=OuterRef("pk"), user=query.excludeUserId)))
    if query.excludeApplicationId:
        held = ApplicationRole.objects.filter(role=OuterRef("pk"), application=query.excludeApplicationId)
        found = found.filter(~Exists(held))
    return [_with_holders(one) for one in paged(request, response, paging, found)]


@router.post("", auth=needs(Needed.MANAGE))
def create_role(request: HttpRequest, body: schemas.NewRole) -> dict[str, Any]:
    role = roles.create_role(
        by=manager(request).by, name=body.name, type=body.type, description=body.description, is_default=body.isDefault,
        permissions=_permissions(body.scopeIds),
    )  # fmt: skip
    return shapes.role(role)


@router.get("/{role_id}", auth=needs(Needed.READ))
def get_role(request: HttpRequest, role_id: str) -> dict[str, Any]:
    return shapes.role(find(Role, role_id))


@router.patch("/{role_id}", auth=needs(Needed.MANAGE))
def update_role(request: HttpRequest, role_id: str, body: schemas.RoleChanges) -> dict[str, Any]:
    role = find(Role, role_id)
    columns = {"name": body.name, "description": body.description, "is_default": body.isDefault}
    changes = {column: value for column, value in columns.items() if value is not None}
    roles.update_role(by=manager(request).by, role=role, **changes)
    return shapes.role(role)


@router.delete("/{role_id}", auth=needs(Needed.MANAGE), response=_NO_CONTENT)
def delete_role(request: HttpRequest, role_id: str) -> Status[None]:
    roles.delete_role(by=manager(request).by, role=find(Role, role_id))
    return Status(204, None)


@router.get("/{role_id}/scopes", auth=needs(Needed.READ), openapi_extra=SEARCH)
def list_scopes(request: HttpRequest, response: HttpResponse, role_id: str, paging: Page) -> list[dict[str, Any]]:
    """Each with its API resource."""
    found = find(Role, role_id).permissions.filter(name__icontains=plain_search(request))
    rows = found.select_related("resource").order_by("name", "pk")
    return [
        shapes.scope(one) | {"resource": shapes.resource(one.resource)}
        for one in paged_if_asked(request, response, paging, rows)
    ]


@router.post("/{role_id}/scopes", auth=needs(Needed.MANAGE), response={201: list[dict[str, Any]]})
def add_scopes(request: HttpRequest, role_id: str, body: schemas.ScopeIds) -> Status[list[dict[str, Any]]]:
    role, new = find(Role, role_id), _permissions(body.scopeIds)
    with locked(role):
        roles.set_permissions(by=manager(request).by, role=role, permissions=[*_held(role), *new])
    return Status(201, [shapes.scope(one) for one in new])


@router.delete("/{role_id}/scopes/{scope_id}", auth=needs(Needed.MANAGE), response=_NO_CONTENT)
def remove_scope(request: HttpRequest, role_id: str, scope_id: str) -> Status[None]:
    role = find(Role, role_id)
    with locked(role):
        roles.set_permissions(by=manager(request).by, role=role, permissions=without(_held(role), scope_id))
    return Status(204, None)


@router.get("/{role_id}/users", auth=needs(Needed.PEOPLE), openapi_extra=PARAMETERS)
def list_users(request: HttpRequest, response: HttpResponse, role_id: str, paging: Page) -> list[dict[str, Any]]:
    """Who got it last comes first. Searched as people are."""
    found = search(request)
    held = UserRole.objects.filter(role=find(Role, role_id)).select_related("user").order_by("-created_at", "-pk")
    if found.is_filtered:
        held = held.filter(user__in=found.people)
    rows = paged(request, response, paging, held, is_cut=found.is_cut)
    return [shapes.user(one.user) for one in rows]


@router.post("/{role_id}/users", auth=needs(Needed.MANAGE), response={201: None})
def give_to_users(request: HttpRequest, role_id: str, body: schemas.UserIds) -> Status[None]:
    who = manager(request)
    require_may_change(who, body.userIds)
    roles.give_to_users(by=who.by, role=find(Role, role_id), users=find_all(User, body.userIds))
    return Status(201, None)


@router.delete("/{role_id}/users/{user_id}", auth=needs(Needed.MANAGE, person=True), response=_NO_CONTENT)
def take_from_user(request: HttpRequest, role_id: str, user_id: str) -> Status[None]:
    return _take(request, role_id, find(User, user_id))


@router.get("/{role_id}/applications", auth=needs(Needed.READ), openapi_extra=SEARCH)
def list_applications(request: HttpRequest, response: HttpResponse, role_id: str, paging: Page) -> list[dict[str, Any]]:
    found = Application.objects.managed().filter(application_roles__role=find(Role, role_id))
    if text := plain_search(request):
        found = found.search(text)
    return [shapes.application(one) for one in paged(request, response, paging, found)]


@router.post("/{role_id}/applications", auth=needs(Needed.MANAGE), response={201: None})
def give_to_applications(request: HttpRequest, role_id: str, body: schemas.ApplicationIds) -> Status[None]:
    chosen = find_all(Application, body.applicationIds)
    roles.give_to_applications(by=manager(request).by, role=find(Role, role_id), applications=chosen)
    return Status(201, None)


@router.delete("/{role_id}/applications/{application_id}", auth=needs(Needed.MANAGE), response=_NO_CONTENT)
def take_from_application(request: HttpRequest, role_id: str, application_id: str) -> Status[None]:
    return _take(request, role_id, find(Application, application_id))


def _take(request: HttpRequest, role_id: str, holder: User | Application) -> Status[None]:
    if not roles.take_from(by=manager(request).by, role=find(Role, role_id), holder=holder):
        raise NoSuchEntity("holder of this role", holder.pk)
    return Status(204, None)


def _permissions(ids: list[str]) -> list[Permission]:
    return find_all(Permission, ids, Permission.objects.select_related("resource"))


def _held(role: Role) -> list[Permission]:
    return list(role.permissions.select_related("resource"))


def _with_holders(role: Any) -> dict[str, Any]:
    """A role is for people or for machines, so one query says who has it."""
    people, machines = [], []
    if role.type == RoleType.USER and role.users:
        rows = role.user_roles.select_related("user").order_by("-created_at", "-pk")[:_FEATURED]
        people = [{"id": one.user.pk, "avatar": one.user.avatar, "name": one.user.name} for one in rows]
    if role.type == RoleType.MACHINE and role.machines:
        held = role.application_roles.select_related("application").order_by("-created_at", "-pk")[:_FEATURED]
        machines = [
            {"id": one.application.pk, "name": one.application.name, "type": one.application.type} for one in held
        ]
    return shapes.role(role) | {
        "usersCount": role.users, "featuredUsers": people,
        "applicationsCount": role.machines, "featuredApplications": machines,
    }  # fmt: skip
