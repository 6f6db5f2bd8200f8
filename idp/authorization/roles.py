"""Everything that changes roles, and who holds them.

One function, one transaction, one audit row; one for each who gets a role, which is where it is looked for.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import IntegrityError, transaction

from idp.applications.models import Application, ApplicationType
from idp.audit.services import record
from idp.authorization.errors import InvalidRole, NotForPeople, ReservedRole, RoleExists, WrongRoleType
from idp.authorization.models import ApplicationRole, Permission, Role, UserRole
from idp.lib import relations
from idp.organizations.models import OrganizationRole, RoleType
from idp.users.models import User

_FIELDS = {"name", "description", "is_default"}
_RESERVED = "#internal:"


@transaction.atomic
def create_role(
    *, by: str, name: str, type: str = RoleType.USER, description: str = "", is_default: bool = False,
    permissions: Iterable[Permission] = (),
) -> Role:  # fmt: skip
    """Raises InvalidRole, RoleExists, ReservedRole, NotForPeople."""
    role = Role(name=name.strip(), type=type, description=description.strip(), is_default=is_default)
    chosen = list(permissions)
    _check(role)
    if role.type == RoleType.USER:
        _refuse_management(chosen)
    _save(role)
    role.permissions.set(chosen)
    named = sorted(permission.name for permission in chosen)
    record("role.created", by=by, target=role.audit_name, name=role.name, permissions=named)
    return role


@transaction.atomic
def update_role(*, by: str, role: Role, **changes: Any) -> None:
    """Change name, description, is_default; whom it is for stays. Raises InvalidRole, RoleExists, ReservedRole."""
    unknown = changes.keys() - _FIELDS
    if unknown:
        raise InvalidRole(min(unknown), "A role has no such setting.")
    for field, value in changes.items():
        setattr(role, field, value.strip() if isinstance(value, str) else value)
    _check(role)
    _save(role)
    record("role.updated", by=by, target=role.audit_name, name=role.name, fields=sorted(changes))


@transaction.atomic
def delete_role(*, by: str, role: Role) -> None:
    """Whoever holds it loses its permissions with their next token."""
    target = role.audit_name
    role.delete()
    record("role.deleted", by=by, target=target, name=role.name)


@transaction.atomic
def set_permissions(*, by: str, role: Role, permissions: Iterable[Permission]) -> bool:
    """These and no others; False when nothing changed. Raises NotForPeople."""
    chosen = list(permissions)
    if role.type == RoleType.USER:
        _refuse_management(chosen)
    Role.objects.select_for_update().get(pk=role.pk)  # two administrators at once: one after the other
    changed = relations.replace(role.permissions, chosen)
    if changed:
        record("role.permissions_set", by=by, target=role.audit_name, **changed)
    return bool(changed)


@transaction.atomic
def set_organization_role_permissions(*, by: str, role: OrganizationRole, permissions: Iterable[Permission]) -> bool:
    """The permissions of APIs that a role of organizations has there; False when nothing changed. Raises NotForPeople."""
    chosen = list(permissions)
    if role.type == RoleType.USER:
        _refuse_management(chosen)
    OrganizationRole.objects.select_for_update().get(pk=role.pk)
    changed = relations.replace(role.api_permissions, chosen)
    if changed:
        record("organization_role.api_permissions_set", by=by, target=role.audit_name, **changed)
    return bool(changed)


@transaction.atomic
def set_user_roles(*, by: str, user: User, roles: Iterable[Role]) -> bool:
    """These and no others; False when nothing changed. Raises WrongRoleType."""
    chosen = _all_of(RoleType.USER, roles, code="user.invalid_role_type")
    held = UserRole.objects.select_for_update().filter(user=user)
    before = {one.role_id: one.role.name for one in held.select_related("role")}
    added, removed = _difference(before, chosen)
    if not added and not removed:
        return False
    held.exclude(role__in=chosen).delete()
    UserRole.objects.bulk_create(
        [UserRole(user=user, role=role) for pk, role in chosen.items() if pk not in before], ignore_conflicts=True
    )
    record("user.roles_set", by=by, target=user.audit_name, added=added, removed=removed)
    return True


@transaction.atomic
def set_application_roles(*, by: str, application: Application, roles: Iterable[Role]) -> bool:
    """These and no others, of a machine-to-machine application; False when nothing changed. Raises WrongRoleType."""
    chosen = _all_of(RoleType.MACHINE, roles, code="application.invalid_role_type")
    if application.type != ApplicationType.MACHINE_TO_MACHINE:
        raise WrongRoleType("application.invalid_role_type")
    held = ApplicationRole.objects.select_for_update().filter(application=application)
    before = {one.role_id: one.role.name for one in held.select_related("role")}
    added, removed = _difference(before, chosen)
    if not added and not removed:
        return False
    held.exclude(role__in=chosen).delete()
    ApplicationRole.objects.bulk_create(
        [ApplicationRole(application=application, role=role) for pk, role in chosen.items() if pk not in before],
        ignore_conflicts=True,
    )
    record("application.roles_set", by=by, target=application.audit_name, added=added, removed=removed)
    return True


@transaction.atomic
def give_to_users(*, by: str, role: Role, users: Collection[User]) -> int:
    """How many of them did not hold it before. Raises WrongRoleType."""
    if role.type != RoleType.USER:
        raise WrongRoleType("user.invalid_role_type")
    held = set(UserRole.objects.filter(role=role, user__in=users).values_list("user", flat=True))
    new = [user for user in users if user.pk not in held]
    UserRole.objects.bulk_create([UserRole(role=role, user=user) for user in new], ignore_conflicts=True)
    for user in new:
        record("role.given", by=by, target=user.audit_name, role=role.name)
    return len(new)


@transaction.atomic
def give_to_applications(*, by: str, role: Role, applications: Collection[Application]) -> int:
    """How many of them did not hold it before. Raises WrongRoleType."""
    machines = all(one.type == ApplicationType.MACHINE_TO_MACHINE for one in applications)
    if role.type != RoleType.MACHINE or not machines:
        raise WrongRoleType("application.invalid_role_type")
    held = set(
        ApplicationRole.objects.filter(role=role, application__in=applications).values_list("application", flat=True)
    )
    new = [application for application in applications if application.pk not in held]
    ApplicationRole.objects.bulk_create(
        [ApplicationRole(role=role, application=application) for application in new], ignore_conflicts=True
    )
    for application in new:
        record("role.given", by=by, target=application.audit_name, role=role.name)
    return len(new)


@transaction.atomic
def take_from(*, by: str, role: Role, holder: User | Application) -> bool:
    """False when they did not hold it."""
    found: Any = (
        UserRole.objects.filter(user=holder) if isinstance(holder, User) else ApplicationRole.objects.filter(application=holder)
    )  # fmt: skip
    gone = bool(found.filter(role=role).delete()[0])
    if gone:
        record("role.taken", by=by, target=holder.audit_name, role=role.name)
    return gone


def give_default_roles(*, user: User, **_: Any) -> None:
    """To somebody who is new, in the transaction that made them."""
    roles = Role.objects.filter(is_default=True)
    UserRole.objects.bulk_create([UserRole(user=user, role=role) for role in roles], ignore_conflicts=True)


def _all_of(type: str, roles: Iterable[Role], *, code: str) -> dict[str, Role]:
    chosen = {role.pk: role for role in roles}
    if any(role.type != type for role in chosen.values()):
        raise WrongRoleType(code)
    return chosen


def _difference(before: dict[str, str], chosen: dict[str, Role]) -> tuple[list[str], list[str]]:
    """The names of what is new and of what goes."""
    added = [role.name for pk, role in chosen.items() if pk not in before]
    return sorted(added), sorted(name for pk, name in before.items() if pk not in chosen)


def _check(role: Role) -> None:
    if not role.name:
        raise InvalidRole("name", "Give it a name.")
    if role.name.startswith(_RESERVED):
        raise ReservedRole
    for field, most in (("name", 128), ("description", 256)):
        if len(getattr(role, field)) > most:
            raise InvalidRole(field, f"At most {most} characters.")
    if role.type not in RoleType.values:
        raise InvalidRole("type", "A role is for people (User) or for machines (MachineToMachine).")
    if role.is_default and role.type != RoleType.USER:
        raise InvalidRole("is_default", "Only people get roles by themselves.")


def _refuse_management(permissions: Iterable[Permission]) -> None:
    if any(one.resource.is_builtin for one in permissions):
        raise NotForPeople


def _save(role: Role) -> None:
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError as error:
        raise RoleExists from error
