"""Everything that changes what members may do: roles and permissions of organizations, and who has which role where."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from idp.audit.services import record
from idp.lib import relations
from idp.lib.scopes import may_be_permission
from idp.organizations.errors import OrganizationRoleInvalid
from idp.organizations.models import Membership, OrganizationPermission, OrganizationRole, RoleType

_FIELDS = {"name", "description"}


def create_permission(*, by: str, name: str, description: str = "") -> OrganizationPermission:
    """Raises OrganizationRoleInvalid."""
    permission = OrganizationPermission(name=name.strip(), description=description.strip())
    if not may_be_permission(permission.name):
        raise OrganizationRoleInvalid("name", "A permission has a name without spaces, such as invite:member.")
    with transaction.atomic():
        _save(permission)
        record("organization_permission.created", by=by, target=permission.audit_name, permission=permission.name)
    return permission


@transaction.atomic
def update_permission(*, by: str, permission: OrganizationPermission, description: str) -> None:
    """The name is what apps check tokens by, and stays."""
    permission.description = description.strip()
    permission.save(update_fields=["description"])
    record("organization_permission.updated", by=by, target=permission.audit_name, permission=permission.name)


@transaction.atomic
def delete_permission(*, by: str, permission: OrganizationPermission) -> None:
    target = permission.audit_name
    permission.delete()
    record("organization_permission.deleted", by=by, target=target, permission=permission.name)


@transaction.atomic
def create_role(
    *, by: str, name: str, type: str = RoleType.USER, description: str = "",
    permissions: Iterable[OrganizationPermission] = (),
) -> OrganizationRole:  # fmt: skip
    """Raises OrganizationRoleInvalid."""
    role = OrganizationRole(name=name.strip(), type=type, description=description.strip())
    _check(role)
    _save(role)
    role.permissions.set(permissions)
    record("organization_role.created", by=by, target=role.audit_name, name=role.name)
    return role


@transaction.atomic
def update_role(*, by: str, role: OrganizationRole, **changes: Any) -> None:
    """Change name, description; whom it is for stays. Raises OrganizationRoleInvalid."""
    unknown = changes.keys() - _FIELDS
    if unknown:
        raise OrganizationRoleInvalid(min(unknown), "A role has no such setting.")
    for field, value in changes.items():
        setattr(role, field, value.strip())
    _check(role)
    _save(role)
    record("organization_role.updated", by=by, target=role.audit_name, name=role.name, fields=sorted(changes))


@transaction.atomic
def delete_role(*, by: str, role: OrganizationRole) -> None:
    """Members who have it lose its permissions with their next token."""
    target = role.audit_name
    role.delete()
    record("organization_role.deleted", by=by, target=target, name=role.name)


@transaction.atomic
def set_permissions(*, by: str, role: OrganizationRole, permissions: Iterable[OrganizationPermission]) -> bool:
    """These and no others; False when nothing changed."""
    OrganizationRole.objects.select_for_update().get(pk=role.pk)  # two administrators at once: one after the other
    changed = relations.replace(role.permissions, permissions)
    if changed:
        record("organization_role.permissions_set", by=by, target=role.audit_name, **changed)
    return bool(changed)


@transaction.atomic
def set_member_roles(*, by: str, membership: Membership, roles: Iterable[OrganizationRole]) -> bool:
    """These and no others, in that organization; False when nothing changed.

    Raises OrganizationRoleInvalid for a role of machines, and for who is no member any more.
    """
    chosen = {role.pk: role for role in roles}
    if Membership.objects.select_for_update().filter(pk=membership.pk).first() is None:
        raise OrganizationRoleInvalid("user", "They are no member of this organization.")
    if any(role.type != RoleType.USER for role in chosen.values()):
        raise OrganizationRoleInvalid("roles", "People and machines cannot hold the same roles.")
    before = {role.pk: role.name for role in membership.roles.all()}
    if chosen.keys() == before.keys():
        return False
    membership.roles.set(chosen.values())
    record(
        "organization.member_roles_set", by=by, target=membership.organization.audit_name, user=membership.user_id,
        roles=sorted(role.name for role in chosen.values()),
    )  # fmt: skip
    return True


def _check(role: OrganizationRole) -> None:
    if not role.name:
        raise OrganizationRoleInvalid("name", "Give it a name.")
    if ":" in role.name:  # the claim organization_roles has a colon between the organization and the name
        raise OrganizationRoleInvalid("name", "A name of a role has no colon.")
    for field, most in (("name", 128), ("description", 256)):
        if len(getattr(role, field)) > most:
            raise OrganizationRoleInvalid(field, f"At most {most} characters.")
    if role.type not in RoleType.values:
        raise OrganizationRoleInvalid("type", "A role is for people (User) or for machines (MachineToMachine).")


def _save(row: OrganizationRole | OrganizationPermission) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise OrganizationRoleInvalid("name", "There is one of this name already.") from error
