"""API resources, roles and what organizations have in common, in the document and out of it."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from idp.applications.models import Application
from idp.authorization import roles
from idp.authorization.models import MANAGEMENT_API, Permission, Resource, Role
from idp.authorization.services import save_resource
from idp.deployment.configuration.reading import ApplyError, Node
from idp.organizations import roles as organization_roles
from idp.organizations.models import OrganizationPermission, OrganizationRole, RoleType
from idp.users.models import User

BY = "system:apply"
_RESOURCE_FIELDS = {
    "name": "name", "indicator": "indicator", "accessTokenTtl": "access_token_ttl", "isDefault": "is_default",
}  # fmt: skip


def apply_resource(node: Node) -> str:
    found = node.fields(name=str, indicator=str, accessTokenTtl=int, isDefault=bool, scopes=list)
    node.require(found, "name", "indicator")
    permissions: dict[str, str] | None = None
    if "scopes" in found:
        permissions = {}
        for scope in found["scopes"].items():
            parts = scope.fields(name=str, description=str)
            scope.require(parts, "name")
            permissions[parts["name"].value] = parts["description"].value if "description" in parts else ""
    given = {key: found[name].value for name, key in _RESOURCE_FIELDS.items() if name in found}
    with node.errors_here():
        resource = save_resource(by=BY, permissions=permissions, **given)
    return f"resource {resource.indicator}"


def apply_role(node: Node) -> str:
    found = node.fields(name=str, type=str, description=str, isDefault=bool, permissions=list)
    node.require(found, "name")
    with node.errors_here():
        role = Role.objects.filter(name=found["name"].value).first()
        if role is None:
            role = roles.create_role(by=BY, **_values(found, name="name", type="type", description="description"))
        _refuse_another_type(found, role.type)
        if changes := _changes(role, found, description="description", isDefault="is_default"):
            roles.update_role(by=BY, role=role, **changes)
        if "permissions" in found:
            roles.set_permissions(by=BY, role=role, permissions=_api_permissions(found["permissions"]))
    return f"role {role.name}"


def apply_organization_permission(node: Node) -> str:
    found = node.fields(name=str, description=str)
    node.require(found, "name")
    name, description = found["name"].value, found["description"].value if "description" in found else ""
    with node.errors_here():
        permission = OrganizationPermission.objects.filter(name=name).first()
        if permission is None:
            organization_roles.create_permission(by=BY, name=name, description=description)
        elif permission.description != description:
            organization_roles.update_permission(by=BY, permission=permission, description=description)
    return f"organization permission {name}"


def apply_organization_role(node: Node) -> str:
    found = node.fields(name=str, type=str, description=str, permissions=list, apiPermissions=list)
    node.require(found, "name")
    with node.errors_here():
        role = OrganizationRole.objects.filter(name=found["name"].value).first()
        if role is None:
            role = organization_roles.create_role(by=BY, **_values(found, name="name", type="type"))
        _refuse_another_type(found, role.type)
        if changes := _changes(role, found, description="description"):
            organization_roles.update_role(by=BY, role=role, **changes)
        if "permissions" in found:
            permissions = _named(found["permissions"], OrganizationPermission, "permission of organizations")
            organization_roles.set_permissions(by=BY, role=role, permissions=permissions)
        if "apiPermissions" in found:
            chosen = _api_permissions(found["apiPermissions"])
            roles.set_organization_role_permissions(by=BY, role=role, permissions=chosen)
    return f"organization role {role.name}"


def set_roles(holder: User | Application, node: Node) -> None:
    """The roles of a person or of a machine, by their names. Raises ApplyError, WrongRoleType."""
    chosen = _named(node, Role, "role")
    if isinstance(holder, User):
        roles.set_user_roles(by=BY, user=holder, roles=chosen)
    else:
        roles.set_application_roles(by=BY, application=holder, roles=chosen)


def described() -> dict[str, list[dict[str, Any]]]:
    """The sections of the document about access, of everything that is not built in."""
    permissions = OrganizationPermission.objects.order_by("name")
    return {
        "resources": _all(Resource.objects.exclude(indicator=MANAGEMENT_API).order_by("indicator"), _resource),
        "roles": _all(Role.objects.order_by("name"), _role),
        "organizationPermissions": [dict(one) for one in permissions.values("name", "description")],
        "organizationRoles": _all(OrganizationRole.objects.order_by("name"), _organization_role),
    }


def names_of_roles(application: Application) -> list[str]:
    held = Role.objects.filter(application_roles__application=application)
    return list(held.order_by("name").values_list("name", flat=True))


def _all(rows: Iterable[Any], describe: Callable[[Any], dict[str, Any]]) -> list[dict[str, Any]]:
    return [describe(row) for row in rows]


def _resource(resource: Resource) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(resource, field) for name, field in _RESOURCE_FIELDS.items()}
    return found | {"scopes": list(resource.permissions.order_by("name").values("name", "description"))}


def _role(role: Role) -> dict[str, Any]:
    return {
        "name": role.name, "type": role.type, "description": role.description, "isDefault": role.is_default,
        "permissions": _by_api(role.permissions),
    }  # fmt: skip


def _organization_role(role: OrganizationRole) -> dict[str, Any]:
    return {
        "name": role.name, "type": role.type, "description": role.description,
        "permissions": list(role.permissions.order_by("name").values_list("name", flat=True)),
        "apiPermissions": _by_api(role.api_permissions),
    }  # fmt: skip


def _by_api(permissions: Any) -> list[dict[str, Any]]:
    pairs = permissions.order_by("resource__indicator", "name").values_list("resource__indicator", "name")
    return [
        {"resource": indicator, "scopes": [name for _, name in group]}
        for indicator, group in groupby(pairs, lambda pair: pair[0])
    ]


def _api_permissions(node: Node) -> list[Permission]:
    """`[{"resource": its indicator, "scopes": [names]}]`. Raises ApplyError for what is not there."""
    chosen = []
    for item in node.items():
        found = item.fields(resource=str, scopes=list)
        item.require(found, "resource", "scopes")
        of_api = Permission.objects.filter(resource__indicator=found["resource"].value).select_related("resource")
        known = {permission.name: permission for permission in of_api}
        for scope in found["scopes"].items():
            if scope.of_type(str) not in known:
                raise ApplyError(scope.path, f"{found['resource'].value} has no such permission.")
            chosen.append(known[scope.value])
    return chosen


def _named(node: Node, model: Any, what: str) -> list[Any]:
    known = {row.name: row for row in model.objects.filter(name__in=node.texts())}
    for item in node.items():
        if item.value not in known:
            raise ApplyError(item.path, f"is the name of no {what}.")
    return list(known.values())


def _values(found: dict[str, Node], **fields: str) -> dict[str, Any]:
    return {field: found[name].value for name, field in fields.items() if name in found}


def _changes(row: Any, found: dict[str, Node], **fields: str) -> dict[str, Any]:
    return {field: value for field, value in _values(found, **fields).items() if getattr(row, field) != value}


def _refuse_another_type(found: dict[str, Node], type: str) -> None:
    if "type" in found and found["type"].value != type:
        known = ", ".join(RoleType.values)
        raise ApplyError(found["type"].path, f"cannot change; here it is {type} (of {known}).")
