"""Machines that work for an organization: which, and with which of its roles."""

from collections.abc import Iterable

from django.db import transaction

from idp.applications.models import Application, ApplicationType
from idp.audit.services import record
from idp.authorization.errors import NotWorkingThere, WrongRoleType
from idp.authorization.models import ApplicationMembership
from idp.organizations.models import Organization, OrganizationRole, RoleType


@transaction.atomic
def add_machine(
    *, by: str, organization: Organization, application: Application, roles: Iterable[OrganizationRole] = ()
) -> bool:
    """Let a machine-to-machine application work for an organization. False when it does already: then its roles stay.

    Raises WrongRoleType.
    """
    chosen = list(roles)
    if application.type != ApplicationType.MACHINE_TO_MACHINE or any(one.type != RoleType.MACHINE for one in chosen):
        raise WrongRoleType("application.invalid_role_type")
    found, created = ApplicationMembership.objects.get_or_create(organization=organization, application=application)
    if created:
        found.roles.set(chosen)
        record("organization.machine_added", by=by, target=organization.audit_name, application=application.pk)
    return created


@transaction.atomic
def remove_machine(*, by: str, organization: Organization, application_id: str) -> bool:
    """False when it does not work for them."""
    found = ApplicationMembership.objects.filter(organization=organization, application=application_id)
    gone = found.delete()[0]
    if gone:
        record("organization.machine_removed", by=by, target=organization.audit_name, application=application_id)
    return bool(gone)


@transaction.atomic
def set_machine_roles(*, by: str, membership: ApplicationMembership, roles: Iterable[OrganizationRole]) -> bool:
    """These and no others, in that organization; False when nothing changed. Raises WrongRoleType, NotWorkingThere."""
    chosen = {role.pk: role for role in roles}
    if any(role.type != RoleType.MACHINE for role in chosen.values()):
        raise WrongRoleType("application.invalid_role_type")
    if ApplicationMembership.objects.select_for_update().filter(pk=membership.pk).first() is None:
        raise NotWorkingThere
    if chosen.keys() == set(membership.roles.values_list("pk", flat=True)):
        return False
    membership.roles.set(chosen.values())
    record(
        "organization.machine_roles_set", by=by, target=membership.organization.audit_name,
        application=membership.application_id, roles=sorted(role.name for role in chosen.values()),
    )  # fmt: skip
    return True
