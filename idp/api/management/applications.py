"""/api/applications: clients, their secrets and their roles."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from ninja import Body, Query, Router, Status

from idp.api.management import application_schemas as schemas
from idp.api.management import shapes
from idp.api.management.access import Permission, manager, needs
from idp.api.management.errors import NoSuchEntity
from idp.api.management.finding import SEARCH, find, find_all, locked, plain_search
from idp.api.management.paging import Page, paged, paged_if_asked
from idp.api.management.role_schemas import RoleIds
from idp.applications import services
from idp.applications.errors import InvalidSetting
from idp.applications.models import Application, ApplicationSecret
from idp.applications.wire import CUSTOM_METADATA, OIDC_METADATA, SETTINGS
from idp.authorization import roles
from idp.authorization.models import ApplicationMembership, ApplicationRole, Role
from idp.tokens import grants

router = Router(tags=["Applications"])
_NO_CONTENT = {204: None}
_GROUPS = {"oidcClientMetadata": OIDC_METADATA, "customClientMetadata": CUSTOM_METADATA}


@router.get("", auth=needs(Permission.READ), openapi_extra=SEARCH)
def list_applications(
    request: HttpRequest, response: HttpResponse, paging: Page, query: Query[schemas.ApplicationQuery]
) -> list[dict[str, Any]]:
    """Newest first, without those that are built in."""
    found = Application.objects.managed()
    if text := plain_search(request):
        found = found.search(text)
    if query.types:
        found = found.filter(type__in=query.types)
    if query.isThirdParty is not None:
        found = found.filter(is_third_party=query.isThirdParty)
    if query.excludeRoleId:
        held = ApplicationRole.objects.filter(application=OuterRef("pk"), role=query.excludeRoleId)
        found = found.filter(~Exists(held))
    if query.excludeOrganizationId:
        works = ApplicationMembership.objects.filter(
            application=OuterRef("pk"), organization=query.excludeOrganizationId
        )
        found = found.filter(~Exists(works))
    return [shapes.application(one) for one in paged_if_asked(request, response, paging, found)]


@router.post("", auth=needs(Permission.MANAGE))
def create_application(request: HttpRequest, body: Body[schemas.NewApplication]) -> dict[str, Any]:
    """A confidential one gets its first secret, which is in this answer (`secret`) and nowhere else."""
    by, custom = manager(request).by, body.customClientMetadata
    with transaction.atomic():
        application = services.create_application(
            by=by, type=body.type, is_third_party=body.isThirdParty,
            is_device_flow=bool(custom and custom.isDeviceFlow), **_changes(body),
        )  # fmt: skip
        secret = application.secrets.first()
        value = services.reveal_secret(by=by, secret=secret) if secret else None
    return shapes.application(application) | ({"secret": value} if value else {})


@router.get("/{application_id}", auth=needs(Permission.READ))
def get_application(request: HttpRequest, application_id: str) -> dict[str, Any]:
    return shapes.application(_application(application_id))


@router.patch("/{application_id}", auth=needs(Permission.MANAGE))
def update_application(
    request: HttpRequest, application_id: str, body: Body[schemas.ApplicationChanges]
) -> dict[str, Any]:
    """What is named changes, in the two groups of metadata too."""
    application, custom = _application(application_id), body.customClientMetadata
    if custom and custom.isDeviceFlow not in (None, application.is_device_flow):
        raise InvalidSetting("isDeviceFlow", "Whether it is a device is decided when an application is made.")
    services.update_application(by=manager(request).by, application=application, **_changes(body))
    return shapes.application(application)


@router.delete("/{application_id}", auth=needs(Permission.MANAGE), response=_NO_CONTENT)
def delete_application(request: HttpRequest, application_id: str) -> Status[None]:
    grants.delete_application(by=manager(request).by, application=_application(application_id))
    return Status(204, None)


@router.patch("/{application_id}/custom-data", auth=needs(Permission.MANAGE))
def merge_custom_data(request: HttpRequest, application_id: str, body: Body[dict[str, Any]]) -> dict[str, Any]:
    """What is named changes; the rest stays."""
    application = _application(application_id)
    with locked(application):
        application.refresh_from_db()
        merged = {**application.custom_data, **body}
        services.update_application(by=manager(request).by, application=application, custom_data=merged)
    return merged


@router.get("/{application_id}/secrets", auth=needs(Permission.READ))
def list_secrets(request: HttpRequest, application_id: str) -> list[dict[str, Any]]:
    """How each begins; the whole value is told once, by whoever made it."""
    found = _application(application_id).secrets.order_by("created_at", "pk")
    return [shapes.application_secret(one) for one in found]


@router.post("/{application_id}/secrets", auth=needs(Permission.MANAGE), response={201: dict[str, Any]})
def create_secret(request: HttpRequest, application_id: str, body: schemas.NewSecret) -> Status[dict[str, Any]]:
    """The answer is the only one with its value."""
    application = _application(application_id)
    if application.is_public:
        raise InvalidSetting("type", "An application of this type has no secrets.")
    expires_at = datetime.fromtimestamp(body.expiresAt / 1000, UTC) if body.expiresAt else None
    secret = services.create_secret(
        by=manager(request).by, application=application, name=body.name, expires_at=expires_at
    )
    return Status(201, shapes.application_secret(secret, value=secret.value))


@router.delete("/{application_id}/secrets/{name}", auth=needs(Permission.MANAGE), response=_NO_CONTENT)
def delete_secret(request: HttpRequest, application_id: str, name: str) -> Status[None]:
    secrets = ApplicationSecret.objects.select_related("application")
    secret = secrets.filter(application=_application(application_id), name=name).first()
    if secret is None:
        raise NoSuchEntity("secret", name)
    services.delete_secret(by=manager(request).by, secret=secret)
    return Status(204, None)


@router.get("/{application_id}/roles", auth=needs(Permission.READ), openapi_extra=SEARCH)
def list_roles(request: HttpRequest, response: HttpResponse, application_id: str, paging: Page) -> list[dict[str, Any]]:
    held = Role.objects.filter(application_roles__application=_application(application_id))
    found = held.filter(name__icontains=plain_search(request))
    return [shapes.role(one) for one in paged(request, response, paging, found)]


@router.post("/{application_id}/roles", auth=needs(Permission.MANAGE), response={201: dict[str, list[str]]})
def add_roles(request: HttpRequest, application_id: str, body: RoleIds) -> Status[dict[str, list[str]]]:
    application, chosen, by = _application(application_id), find_all(Role, body.roleIds), manager(request).by
    with transaction.atomic():
        added = [role.pk for role in chosen if roles.give_to_applications(by=by, role=role, applications=[application])]
    return Status(201, {"roleIds": body.roleIds, "addedRoleIds": added})


@router.put("/{application_id}/roles", auth=needs(Permission.MANAGE))
def set_roles(request: HttpRequest, application_id: str, body: RoleIds) -> dict[str, list[str]]:
    chosen = find_all(Role, body.roleIds)
    roles.set_application_roles(by=manager(request).by, application=_application(application_id), roles=chosen)
    return {"roleIds": body.roleIds}


@router.delete("/{application_id}/roles/{role_id}", auth=needs(Permission.MANAGE), response=_NO_CONTENT)
def remove_role(request: HttpRequest, application_id: str, role_id: str) -> Status[None]:
    role = find(Role, role_id)
    if not roles.take_from(by=manager(request).by, role=role, holder=_application(application_id)):
        raise NoSuchEntity("role of this application", role_id)
    return Status(204, None)


@router.get("/{application_id}/organizations", auth=needs(Permission.READ))
def list_organizations(
    request: HttpRequest, response: HttpResponse, application_id: str, paging: Page
) -> list[dict[str, Any]]:
    """Those that it works for, with the roles that it has there."""
    found = ApplicationMembership.objects.filter(application=_application(application_id))
    rows = found.select_related("organization").prefetch_related("roles").order_by("organization__name", "pk")
    return [
        {**shapes.organization(one.organization), "organizationRoles": shapes.names(one.roles.all())}
        for one in paged_if_asked(request, response, paging, rows)
    ]


def _application(application_id: str) -> Application:
    """One that somebody made. Raises NoSuchEntity."""
    return find(Application, application_id, Application.objects.managed())


def _changes(body: Any) -> dict[str, Any]:
    """What the service calls what is named in the body; null is what a new application has."""
    changes = _named(body, SETTINGS)
    for group, table in _GROUPS.items():
        members = getattr(body, group)
        changes |= _named(members, table) if members is not None else {}
    return changes


def _named(body: Any, table: dict[str, tuple[str, type]]) -> dict[str, Any]:
    named = {table[name][0]: getattr(body, name) for name in table if name in body.model_fields_set}
    return {setting: _default(setting, table) if value is None else value for setting, value in named.items()}


def _default(setting: str, table: dict[str, tuple[str, type]]) -> Any:
    if dict(table.values())[setting] is list:
        return []
    return Application._meta.get_field(setting).get_default()
