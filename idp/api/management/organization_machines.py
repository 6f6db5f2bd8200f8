"""/api/organizations/{organization_id}/applications: machines that work for an organization, with their roles there."""

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
from idp.api.management.role_schemas import ApplicationIds
from idp.applications.models import Application
from idp.authorization import machines
from idp.authorization.models import ApplicationMembership
from idp.organizations.models import Organization, OrganizationRole

router = Router(tags=["Organizations"])
_NO_CONTENT = {204: None}


@router.get("/{organization_id}/applications", auth=needs(Permission.READ))
def list_machines(
    request: HttpRequest, response: HttpResponse, organization_id: str, paging: Page, query: Query[schemas.Q]
) -> list[dict[str, Any]]:
    found = ApplicationMembership.objects.filter(organization=find(Organization, organization_id))
    if query.q:
        found = found.filter(application__in=Application.objects.search(query.q))
    rows = found.select_related("application").prefetch_related("roles").order_by("-created_at", "-pk")
    return [
        shapes.application(one.application) | {"organizationRoles": shapes.names(one.roles.all())}
        for one in paged(request, response, paging, rows)
    ]


@router.post("/{organization_id}/applications", auth=needs(Permission.MANAGE), response={201: dict[str, list[str]]})
def add_machines(request: HttpRequest, organization_id: str, body: ApplicationIds) -> Status[dict[str, list[str]]]:
    organization, chosen = find(Organization, organization_id), find_all(Application, body.applicationIds)
    with transaction.atomic():
        for application in chosen:
            machines.add_machine(by=manager(request).by, organization=organization, application=application)
    return Status(201, {"applicationIds": body.applicationIds})


@router.put("/{organization_id}/applications", auth=needs(Permission.MANAGE), response=_NO_CONTENT)
def set_machines(request: HttpRequest, organization_id: str, body: ApplicationIds) -> Status[None]:
    """These and no others. Who stays keeps its roles."""
    organization, chosen = find(Organization, organization_id), find_all(Application, body.applicationIds)
    by = manager(request).by
    with locked(organization):
        before = set(organization.application_memberships.values_list("application", flat=True))
        for application_id in before - {one.pk for one in chosen}:
            machines.remove_machine(by=by, organization=organization, application_id=application_id)
        for application in chosen:
            machines.add_machine(by=by, organization=organization, application=application)
    return Status(204, None)


@router.post("/{organization_id}/applications/roles", auth=needs(Permission.MANAGE), response={201: None})
def add_roles_of_machines(
    request: HttpRequest, organization_id: str, body: schemas.RolesOfApplications
) -> Status[None]:
    """Each of these roles to each of these applications. Before the paths with an id, which would take `roles` for one."""
    organization, new = find(Organization, organization_id), find_all(OrganizationRole, body.organizationRoleIds)
    with transaction.atomic():
        for application in find_all(Application, body.applicationIds):
            membership = organization.application_memberships.filter(application=application).first()
            if membership is None:
                raise NoSuchRelated("application of this organization", [application.pk])
            _add_roles(request, membership, new)
    return Status(201, None)


@router.delete("/{organization_id}/applications/{application_id}", auth=needs(Permission.MANAGE), response=_NO_CONTENT)
def remove_machine(request: HttpRequest, organization_id: str, application_id: str) -> Status[None]:
    organization = find(Organization, organization_id)
    if not machines.remove_machine(by=manager(request).by, organization=organization, application_id=application_id):
        raise NoSuchEntity("application of this organization", application_id)
    return Status(204, None)


@router.get("/{organization_id}/applications/{application_id}/roles", auth=needs(Permission.READ))
def list_machine_roles(
    request: HttpRequest, response: HttpResponse, organization_id: str, application_id: str, paging: Page
) -> list[dict[str, Any]]:
    held = _membership(organization_id, application_id).roles.all()
    return [shapes.organization_role(one) for one in paged_if_asked(request, response, paging, held)]


@router.post("/{organization_id}/applications/{application_id}/roles", auth=needs(Permission.MANAGE), response={201: None})  # fmt: skip
def add_machine_roles(
    request: HttpRequest, organization_id: str, application_id: str, body: schemas.OrganizationRoleIds
) -> Status[None]:
    new = find_all(OrganizationRole, body.organizationRoleIds)
    _add_roles(request, _membership(organization_id, application_id), new)
    return Status(201, None)


@router.put("/{organization_id}/applications/{application_id}/roles", auth=needs(Permission.MANAGE), response=_NO_CONTENT)  # fmt: skip
def set_machine_roles(
    request: HttpRequest, organization_id: str, application_id: str, body: schemas.OrganizationRoleIds
) -> Status[None]:
    chosen = find_all(OrganizationRole, body.organizationRoleIds)
    membership = _membership(organization_id, application_id)
    machines.set_machine_roles(by=manager(request).by, membership=membership, roles=chosen)
    return Status(204, None)


@router.delete(
    "/{organization_id}/applications/{application_id}/roles/{role_id}",
    auth=needs(Permission.MANAGE),
    response=_NO_CONTENT,
)
def remove_machine_role(request: HttpRequest, organization_id: str, application_id: str, role_id: str) -> Status[None]:
    membership = _membership(organization_id, application_id)
    with locked(membership):
        left = without(membership.roles.all(), role_id)
        machines.set_machine_roles(by=manager(request).by, membership=membership, roles=left)
    return Status(204, None)


def _membership(organization_id: str, application_id: str) -> ApplicationMembership:
    rows = ApplicationMembership.objects.select_related("organization")
    found = rows.filter(organization=find(Organization, organization_id), application=application_id).first()
    if found is None:
        raise NoSuchEntity("application of this organization", application_id)
    return found


def _add_roles(request: HttpRequest, membership: ApplicationMembership, new: list[OrganizationRole]) -> None:
    with locked(membership):
        chosen = [*membership.roles.all(), *new]
        machines.set_machine_roles(by=manager(request).by, membership=membership, roles=chosen)
