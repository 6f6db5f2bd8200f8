"""/api/organization-roles and /api/organization-scopes: what members may do, the same for every organization."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from idp.api.management import organization_schemas as schemas
from idp.api.management import shapes
from idp.api.management.access import Permission as Needed
from idp.api.management.access import manager, needs
from idp.api.management.errors import NotSupported
from idp.api.management.finding import find, find_all, locked, without
from idp.api.management.paging import Page, paged
from idp.api.management.role_schemas import ScopeIds
from idp.authorization.models import Permission
from idp.authorization.roles import set_organization_role_permissions
from idp.organizations import roles
from idp.organizations.models import OrganizationPermission, OrganizationRole

role_router = Router(tags=["Organization roles"])
scope_router = Router(tags=["Organization scopes"])
_NO_CONTENT = {204: None}
_CREATED = {201: dict[str, Any]}


@role_router.get("", auth=needs(Needed.READ))
def list_roles(
    request: HttpRequest, response: HttpResponse, paging: Page, query: Query[schemas.Q]
) -> list[dict[str, Any]]:
    """Each with its permissions of organizations (`scopes`) and of APIs (`resourceScopes`)."""
    found = OrganizationRole.objects.filter(name__icontains=query.q)
    rows = found.prefetch_related("permissions", "api_permissions__resource")
    return [_with_scopes(one) for one in paged(request, response, paging, rows)]


@role_router.post("", auth=needs(Needed.MANAGE), response=_CREATED)
def create_role(request: HttpRequest, body: schemas.NewOrganizationRole) -> Status[dict[str, Any]]:
    by, permissions = manager(request).by, find_all(OrganizationPermission, body.organizationScopeIds)
    of_apis = _api_permissions(body.resourceScopeIds)
    with transaction.atomic():
        role = roles.create_role(
            by=by, name=body.name, type=body.type, description=body.description or "", permissions=permissions
        )
        if of_apis:
            set_organization_role_permissions(by=by, role=role, permissions=of_apis)
    return Status(201, shapes.organization_role(role))


@role_router.get("/{role_id}", auth=needs(Needed.READ))
def get_role(request: HttpRequest, role_id: str) -> dict[str, Any]:
    return shapes.organization_role(find(OrganizationRole, role_id))


@role_router.patch("/{role_id}", auth=needs(Needed.MANAGE))
def update_role(request: HttpRequest, role_id: str, body: schemas.OrganizationRoleChanges) -> dict[str, Any]:
    role, changes = find(OrganizationRole, role_id), {}
    if body.name:
        changes["name"] = body.name
    if "description" in body.model_fields_set:
        changes["description"] = body.description or ""
    roles.update_role(by=manager(request).by, role=role, **changes)
    return shapes.organization_role(role)


@role_router.delete("/{role_id}", auth=needs(Needed.MANAGE), response=_NO_CONTENT)
def delete_role(request: HttpRequest, role_id: str) -> Status[None]:
    roles.delete_role(by=manager(request).by, role=find(OrganizationRole, role_id))
    return Status(204, None)


@role_router.get("/{role_id}/scopes", auth=needs(Needed.READ))
def list_role_scopes(request: HttpRequest, response: HttpResponse, role_id: str, paging: Page) -> list[dict[str, Any]]:
    held = find(OrganizationRole, role_id).permissions.all()
    return [shapes.organization_scope(one) for one in paged(request, response, paging, held)]


@role_router.post("/{role_id}/scopes", auth=needs(Needed.MANAGE), response={201: None})
def add_role_scopes(request: HttpRequest, role_id: str, body: schemas.OrganizationScopeIds) -> Status[None]:
    role, new = find(OrganizationRole, role_id), find_all(OrganizationPermission, body.organizationScopeIds)
    with locked(role):
        roles.set_permissions(by=manager(request).by, role=role, permissions=[*role.permissions.all(), *new])
    return Status(201, None)


@role_router.put("/{role_id}/scopes", auth=needs(Needed.MANAGE), response=_NO_CONTENT)
def set_role_scopes(request: HttpRequest, role_id: str, body: schemas.OrganizationScopeIds) -> Status[None]:
    chosen = find_all(OrganizationPermission, body.organizationScopeIds)
    roles.set_permissions(by=manager(request).by, role=find(OrganizationRole, role_id), permissions=chosen)
    return Status(204, None)


@role_router.delete("/{role_id}/scopes/{scope_id}", auth=needs(Needed.MANAGE), response=_NO_CONTENT)
def remove_role_scope(request: HttpRequest, role_id: str, scope_id: str) -> Status[None]:
    role = find(OrganizationRole, role_id)
    with locked(role):
        left = without(role.permissions.all(), scope_id)
        roles.set_permissions(by=manager(request).by, role=role, permissions=left)
    return Status(204, None)


@role_router.get("/{role_id}/resource-scopes", auth=needs(Needed.READ))
def list_role_resource_scopes(
    request: HttpRequest, response: HttpResponse, role_id: str, paging: Page
) -> list[dict[str, Any]]:
    held = find(OrganizationRole, role_id).api_permissions.order_by("name", "pk")
    return [shapes.scope(one) for one in paged(request, response, paging, held)]


@role_router.post("/{role_id}/resource-scopes", auth=needs(Needed.MANAGE), response={201: None})
def add_role_resource_scopes(request: HttpRequest, role_id: str, body: ScopeIds) -> Status[None]:
    role, new = find(OrganizationRole, role_id), _api_permissions(body.scopeIds)
    with locked(role):
        chosen = [*role.api_permissions.select_related("resource"), *new]
        set_organization_role_permissions(by=manager(request).by, role=role, permissions=chosen)
    return Status(201, None)


@role_router.put("/{role_id}/resource-scopes", auth=needs(Needed.MANAGE), response=_NO_CONTENT)
def set_role_resource_scopes(request: HttpRequest, role_id: str, body: ScopeIds) -> Status[None]:
    role, chosen = find(OrganizationRole, role_id), _api_permissions(body.scopeIds)
    set_organization_role_permissions(by=manager(request).by, role=role, permissions=chosen)
    return Status(204, None)


@role_router.delete("/{role_id}/resource-scopes/{scope_id}", auth=needs(Needed.MANAGE), response=_NO_CONTENT)
def remove_role_resource_scope(request: HttpRequest, role_id: str, scope_id: str) -> Status[None]:
    role = find(OrganizationRole, role_id)
    with locked(role):
        left = without(role.api_permissions.select_related("resource"), scope_id)
        set_organization_role_permissions(by=manager(request).by, role=role, permissions=left)
    return Status(204, None)


@scope_router.get("", auth=needs(Needed.READ))
def list_scopes(
    request: HttpRequest, response: HttpResponse, paging: Page, query: Query[schemas.Q]
) -> list[dict[str, Any]]:
    found = OrganizationPermission.objects.filter(name__icontains=query.q)
    return [shapes.organization_scope(one) for one in paged(request, response, paging, found)]


@scope_router.post("", auth=needs(Needed.MANAGE), response=_CREATED)
def create_scope(request: HttpRequest, body: schemas.NewOrganizationScope) -> Status[dict[str, Any]]:
    made = roles.create_permission(by=manager(request).by, name=body.name, description=body.description or "")
    return Status(201, shapes.organization_scope(made))


@scope_router.get("/{scope_id}", auth=needs(Needed.READ))
def get_scope(request: HttpRequest, scope_id: str) -> dict[str, Any]:
    return shapes.organization_scope(find(OrganizationPermission, scope_id))


@scope_router.patch("/{scope_id}", auth=needs(Needed.MANAGE))
def update_scope(request: HttpRequest, scope_id: str, body: schemas.OrganizationScopeChanges) -> dict[str, Any]:
    permission = find(OrganizationPermission, scope_id)
    if body.name not in (None, permission.name):
        raise NotSupported("name", "apps check tokens by it, so it stays. Make another one.")
    if "description" in body.model_fields_set:
        roles.update_permission(by=manager(request).by, permission=permission, description=body.description or "")
    return shapes.organization_scope(permission)


@scope_router.delete("/{scope_id}", auth=needs(Needed.MANAGE), response=_NO_CONTENT)
def delete_scope(request: HttpRequest, scope_id: str) -> Status[None]:
    roles.delete_permission(by=manager(request).by, permission=find(OrganizationPermission, scope_id))
    return Status(204, None)


def _api_permissions(ids: list[str]) -> list[Permission]:
    return find_all(Permission, ids, Permission.objects.select_related("resource"))


def _with_scopes(role: OrganizationRole) -> dict[str, Any]:
    of_apis = [
        {"id": one.pk, "name": one.name, "resource": {"id": one.resource.pk, "name": one.resource.name}}
        for one in role.api_permissions.all()
    ]
    return shapes.organization_role(role) | {"scopes": shapes.names(role.permissions.all()), "resourceScopes": of_apis}
