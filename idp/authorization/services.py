"""Everything that changes API resources and their permissions. One function, one transaction, one audit row."""

from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from idp.audit.services import record
from idp.authorization.errors import (
    BuiltInResource,
    InvalidPermission,
    InvalidResource,
    PermissionExists,
    ResourceExists,
)
from idp.authorization.models import Permission, Resource
from idp.lib.scopes import may_be_permission
from idp.organizations.models import AUDIENCE_PREFIX

_RESERVED_INDICATORS = (AUDIENCE_PREFIX, "urn:logto:resource:")
_RESOURCE_FIELDS = {"name", "access_token_ttl", "is_default"}


@transaction.atomic
def save_resource(
    *, by: str, name: str, indicator: str, access_token_ttl: int = 3600, is_default: bool = False,
    permissions: dict[str, str] | None = None,
) -> Resource:  # fmt: skip
    """Create or update the API resource with this indicator. `permissions` (name to description) replaces the old ones.

    Raises InvalidResource, InvalidPermission, BuiltInResource.
    """
    resource = Resource.objects.select_for_update().filter(indicator=indicator).first()
    if resource is None:
        resource = create_resource(
            by=by, name=name, indicator=indicator, access_token_ttl=access_token_ttl, is_default=is_default
        )
    else:
        update_resource(by=by, resource=resource, name=name, access_token_ttl=access_token_ttl, is_default=is_default)
    if permissions is not None:
        resource.permissions.exclude(name__in=permissions).delete()
        for permission, description in permissions.items():
            _check_permission(permission)
            Permission.objects.update_or_create(
                resource=resource, name=permission, defaults={"description": description}
            )
    return resource


def create_resource(
    *, by: str, name: str, indicator: str, access_token_ttl: int = 3600, is_default: bool = False
) -> Resource:
    """An API that tokens can be issued for. Raises InvalidResource, ResourceExists."""
    indicator = indicator.strip()
    resource = Resource(name=name.strip(), indicator=indicator, access_token_ttl=access_token_ttl)
    _check(resource)
    try:
        with transaction.atomic():
            resource.save(force_insert=True)
            _set_default(resource, is_default)
            record("resource.created", by=by, target=resource.audit_name, indicator=indicator)
    except IntegrityError as error:
        raise ResourceExists from error
    return resource


@transaction.atomic
def update_resource(*, by: str, resource: Resource, **changes: Any) -> None:
    """Change name, access_token_ttl, is_default; the indicator is what APIs check tokens by, and stays.

    Raises InvalidResource, BuiltInResource.
    """
    _refuse_builtin(resource)
    unknown = changes.keys() - _RESOURCE_FIELDS
    if unknown:
        raise InvalidResource(f"$.{min(unknown)}", "An API resource has no such setting.")
    is_default = changes.pop("is_default", resource.is_default)
    for field, value in changes.items():
        setattr(resource, field, value)
    _check(resource)
    resource.save(update_fields=["name", "access_token_ttl"])
    _set_default(resource, is_default)
    record("resource.updated", by=by, target=resource.audit_name, indicator=resource.indicator)


@transaction.atomic
def delete_resource(*, by: str, resource: Resource) -> None:
    """With its permissions. Tokens for it that APIs check by themselves live out their time. Raises BuiltInResource."""
    _refuse_builtin(resource)
    target = resource.audit_name
    resource.delete()
    record("resource.deleted", by=by, target=target, indicator=resource.indicator)


@transaction.atomic
def create_permission(*, by: str, resource: Resource, name: str, description: str = "") -> Permission:
    """Raises InvalidPermission, PermissionExists, BuiltInResource."""
    _refuse_builtin(resource)
    _check_permission(name)
    permission = Permission(resource=resource, name=name, description=description.strip())
    _save_permission(permission)
    record("permission.created", by=by, target=permission.audit_name, permission=name, resource=resource.indicator)
    return permission


@transaction.atomic
def update_permission(*, by: str, permission: Permission, **changes: str) -> None:
    """Change name, description. Raises InvalidPermission, PermissionExists, BuiltInResource."""
    _refuse_builtin(permission.resource)
    permission.name = changes.get("name", permission.name)
    permission.description = changes.get("description", permission.description).strip()
    _check_permission(permission.name)
    _save_permission(permission)
    record(
        "permission.updated", by=by, target=permission.audit_name, permission=permission.name,
        resource=permission.resource.indicator,
    )  # fmt: skip


@transaction.atomic
def delete_permission(*, by: str, permission: Permission) -> None:
    """Roles lose it with the next token. Raises BuiltInResource."""
    _refuse_builtin(permission.resource)
    target = permission.audit_name
    permission.delete()
    record(
        "permission.deleted", by=by, target=target, permission=permission.name, resource=permission.resource.indicator
    )


def _check_permission(name: str) -> None:
    """Raises InvalidPermission for what no token could carry, and for what means something else in every token."""
    if not may_be_permission(name):
        raise InvalidPermission


def _check_address(indicator: str) -> None:
    """An absolute URI without a fragment (RFC 8707 section 2)."""
    parts = urlsplit(indicator)
    if not parts.scheme or not (parts.netloc or parts.path) or set("#, ") & set(indicator):
        raise InvalidResource("$.indicator", "An indicator is an absolute URI without a fragment, a comma or a space.")
    if indicator.startswith(_RESERVED_INDICATORS):
        raise InvalidResource("$.indicator", "This indicator is reserved for organizations.")


def _check(resource: Resource) -> None:
    if not resource.name:
        raise InvalidResource("$.name", "Give it a name.")
    for field, most in (("name", 256), ("indicator", 1024)):
        if len(getattr(resource, field)) > most:
            raise InvalidResource(f"$.{field}", f"At most {most} characters.")
    _check_address(resource.indicator)
    if not 60 <= resource.access_token_ttl <= 86400:  # a replaced signing key is published for two days
        raise InvalidResource("$.accessTokenTtl", "Use a number of seconds from 60 to 86400.")


def _set_default(resource: Resource, is_default: bool) -> None:
    """One at most: the one that was is no longer."""
    if is_default == resource.is_default:
        return
    if is_default:
        Resource.objects.filter(is_default=True).update(is_default=False)
    Resource.objects.filter(pk=resource.pk).update(is_default=is_default)
    resource.is_default = is_default


def _save_permission(permission: Permission) -> None:
    try:
        with transaction.atomic():
            permission.save()
    except IntegrityError as error:
        raise PermissionExists from error


def _refuse_builtin(resource: Resource) -> None:
    if resource.is_builtin:
        raise BuiltInResource
