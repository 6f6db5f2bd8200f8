"""/api/organizations: the organizations themselves."""

from typing import Any

from django.db import transaction
from django.db.models import OuterRef
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from idp.api.management import organization_schemas as schemas
from idp.api.management import shapes
from idp.api.management.access import Permission, manager, needs
from idp.api.management.finding import find
from idp.api.management.paging import CappedCount, Page, paged
from idp.organizations import services
from idp.organizations.models import Membership, Organization

router = Router(tags=["Organizations"])
_NO_CONTENT = {204: None}
_CREATED = {201: dict[str, Any]}
_COLUMNS = {
    "name": "name", "description": "description", "customData": "custom_data", "color": "color", "branding": "branding",
    "customCss": "custom_css",
}  # fmt: skip
_FEATURED = 3


@router.get("", auth=needs(Permission.PEOPLE))
def list_organizations(
    request: HttpRequest, response: HttpResponse, paging: Page, query: Query[schemas.OrganizationQuery]
) -> list[dict[str, Any]]:
    """Newest first; with `showFeatured`, how many members each has, and the newest three."""
    found = Organization.objects.search(query.q) if query.q else Organization.objects.all()
    if not query.showFeatured:
        return [shapes.organization(one) for one in paged(request, response, paging, found)]
    members = CappedCount(Membership.objects.filter(organization=OuterRef("pk")))
    return [
        shapes.organization(one) | {"usersCount": one.members, "featuredUsers": _featured(one)}
        for one in paged(request, response, paging, found.annotate(members=members))
    ]


@router.post("", auth=needs(Permission.MANAGE), response=_CREATED)
def create_organization(request: HttpRequest, body: schemas.NewOrganization) -> Status[dict[str, Any]]:
    by, changes = manager(request).by, _changes(body)
    name, description = changes.pop("name"), changes.pop("description", "")
    with transaction.atomic():
        organization = services.create_organization(by=by, name=name, description=description)
        if changes:
            services.update_organization(by=by, organization=organization, **changes)
    return Status(201, shapes.organization(organization))


@router.get("/{organization_id}", auth=needs(Permission.PEOPLE))
def get_organization(request: HttpRequest, organization_id: str) -> dict[str, Any]:
    return shapes.organization(find(Organization, organization_id))


@router.patch("/{organization_id}", auth=needs(Permission.MANAGE))
def update_organization(
    request: HttpRequest, organization_id: str, body: schemas.OrganizationChanges
) -> dict[str, Any]:
    organization = find(Organization, organization_id)
    services.update_organization(by=manager(request).by, organization=organization, **_changes(body))
    return shapes.organization(organization)


@router.delete("/{organization_id}", auth=needs(Permission.MANAGE), response=_NO_CONTENT)
def delete_organization(request: HttpRequest, organization_id: str) -> Status[None]:
    services.delete_organization(by=manager(request).by, organization=find(Organization, organization_id))
    return Status(204, None)


def _changes(body: schemas.OrganizationChanges) -> dict[str, Any]:
    """What the service calls what is named in the body; null is what a new organization has."""
    named = {column: getattr(body, name) for name, column in _COLUMNS.items() if name in body.model_fields_set}
    defaults = Organization()
    return {column: getattr(defaults, column) if value is None else value for column, value in named.items()}


def _featured(organization: Any) -> list[dict[str, Any]]:
    if not organization.members:
        return []
    rows = organization.memberships.select_related("user").order_by("-created_at", "-pk")[:_FEATURED]
    return [{"id": one.user.pk, "avatar": one.user.avatar, "name": one.user.name} for one in rows]
