"""/api/resources: APIs that tokens are for, and their permissions, which are `scopes` on the wire."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from idp.api.management import role_schemas as schemas
from idp.api.management import shapes
from idp.api.management.access import Permission as Needed
from idp.api.management.access import manager, needs
from idp.api.management.finding import SEARCH, find, plain_search
from idp.api.management.paging import Page, paged, paged_if_asked
from idp.authorization import services
from idp.authorization.models import Permission, Resource

router = Router(tags=["Resources"])
_NO_CONTENT = {204: None}
_CREATED = {201: dict[str, Any]}


@router.get("", auth=needs(Needed.READ))
def list_resources(
    request: HttpRequest, response: HttpResponse, paging: Page, query: Query[schemas.ResourceQuery]
) -> list[dict[str, Any]]:
    found = Resource.objects.order_by("-created_at", "pk")
    if query.includeScopes:
        found = found.prefetch_related("permissions")
    return [
        shapes.resource(one) | ({"scopes": _scopes(one)} if query.includeScopes else {})
        for one in paged_if_asked(request, response, paging, found)
    ]


@router.post("", auth=needs(Needed.MANAGE), response=_CREATED)
def create_resource(request: HttpRequest, body: schemas.NewResource) -> Status[dict[str, Any]]:
    resource = services.create_resource(
        by=manager(request).by, name=body.name, indicator=body.indicator, access_token_ttl=body.accessTokenTtl
    )
    return Status(201, shapes.resource(resource) | {"scopes": []})


@router.get("/{resource_id}", auth=needs(Needed.READ))
def get_resource(request: HttpRequest, resource_id: str) -> dict[str, Any]:
    return shapes.resource(find(Resource, resource_id))


@router.patch("/{resource_id}", auth=needs(Needed.MANAGE))
def update_resource(request: HttpRequest, resource_id: str, body: schemas.ResourceChanges) -> dict[str, Any]:
    columns = {"name": body.name, "access_token_ttl": body.accessTokenTtl}
    changes = {column: value for column, value in columns.items() if value is not None}
    return _update(request, resource_id, **changes)


@router.delete("/{resource_id}", auth=needs(Needed.MANAGE), response=_NO_CONTENT)
def delete_resource(request: HttpRequest, resource_id: str) -> Status[None]:
    services.delete_resource(by=manager(request).by, resource=find(Resource, resource_id))
    return Status(204, None)


@router.patch("/{resource_id}/is-default", auth=needs(Needed.MANAGE))
def set_default(request: HttpRequest, resource_id: str, body: schemas.IsDefault) -> dict[str, Any]:
    """The one that a token is for when its request names none; one at most."""
    return _update(request, resource_id, is_default=body.isDefault)


@router.get("/{resource_id}/scopes", auth=needs(Needed.READ), openapi_extra=SEARCH)
def list_scopes(request: HttpRequest, response: HttpResponse, resource_id: str, paging: Page) -> list[dict[str, Any]]:
    found = find(Resource, resource_id).permissions.filter(name__icontains=plain_search(request)).order_by("name")
    return [shapes.scope(one) for one in paged(request, response, paging, found)]


@router.post("/{resource_id}/scopes", auth=needs(Needed.MANAGE), response=_CREATED)
def create_scope(request: HttpRequest, resource_id: str, body: schemas.NewScope) -> Status[dict[str, Any]]:
    permission = services.create_permission(
        by=manager(request).by,
        resource=find(Resource, resource_id),
        name=body.name,
        description=body.description or "",
    )
    return Status(201, shapes.scope(permission))


@router.patch("/{resource_id}/scopes/{scope_id}", auth=needs(Needed.MANAGE))
def update_scope(request: HttpRequest, resource_id: str, scope_id: str, body: schemas.ScopeChanges) -> dict[str, Any]:
    permission, changes = _permission(resource_id, scope_id), {}
    if body.name:
        changes["name"] = body.name
    if "description" in body.model_fields_set:
        changes["description"] = body.description or ""
    services.update_permission(by=manager(request).by, permission=permission, **changes)
    return shapes.scope(permission)


@router.delete("/{resource_id}/scopes/{scope_id}", auth=needs(Needed.MANAGE), response=_NO_CONTENT)
def delete_scope(request: HttpRequest, resource_id: str, scope_id: str) -> Status[None]:
    services.delete_permission(by=manager(request).by, permission=_permission(resource_id, scope_id))
    return Status(204, None)


def _update(request: HttpRequest, resource_id: str, **changes: Any) -> dict[str, Any]:
    resource = find(Resource, resource_id)
    services.update_resource(by=manager(request).by, resource=resource, **changes)
    return shapes.resource(resource)


def _permission(resource_id: str, scope_id: str) -> Permission:
    rows = Permission.objects.select_related("resource").filter(resource=find(Resource, resource_id))
    return find(Permission, scope_id, rows)


def _scopes(resource: Resource) -> list[dict[str, Any]]:
    return [shapes.scope(one) for one in sorted(resource.permissions.all(), key=lambda one: one.name)]
