"""Everything that changes an organization. One function, one transaction, one audit row."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from idp.audit.services import record
from idp.lib import looks
from idp.organizations.errors import OrganizationInvalid
from idp.organizations.models import Membership, Organization, OrganizationRole, RoleType
from idp.users.models import User

_FIELDS = {"name", "description", "custom_data", "color", "branding", "custom_css"}


@transaction.atomic
def create_organization(*, by: str, name: str, description: str = "") -> Organization:
    """Raises OrganizationInvalid."""
    organization = Organization(name=name.strip(), description=description.strip())
    _check(organization)
    organization.save(force_insert=True)
    record("organization.created", by=by, target=organization.audit_name, name=organization.name)
    return organization


@transaction.atomic
def update_organization(*, by: str, organization: Organization, **changes: Any) -> None:
    """Change name, description, custom_data, color, branding, custom_css. Raises OrganizationInvalid."""
    unknown = changes.keys() - _FIELDS
    if unknown:
        raise OrganizationInvalid(min(unknown), "An organization has no such setting.")
    for field, value in changes.items():
        setattr(organization, field, value)
    _check(organization)
    organization.save(update_fields=[*changes, "updated_at"])
    record("organization.updated", by=by, target=organization.audit_name, fields=sorted(changes))


@transaction.atomic
def delete_organization(*, by: str, organization: Organization) -> None:
    """Its members stay as people; tokens for it are refused from now on."""
    target = organization.audit_name
    organization.delete()
    record("organization.deleted", by=by, target=target, name=organization.name)


@transaction.atomic
def add_member(*, by: str, organization: Organization, user: User, roles: Iterable[OrganizationRole] = ()) -> bool:
    """False when they are a member already: then their roles stay. Raises OrganizationInvalid for a role of machines."""
    chosen = list(roles)
    if any(role.type != RoleType.USER for role in chosen):
        raise OrganizationInvalid("roles", "People and machines cannot hold the same roles.")
    membership, created = Membership.objects.get_or_create(organization=organization, user=user)
    if created:
        membership.roles.set(chosen)
        record("organization.member_added", by=by, target=organization.audit_name, user=user.pk)
    return created


@transaction.atomic
def remove_member(*, by: str, organization: Organization, user_id: str) -> bool:
    """False when they are no member."""
    gone = Membership.objects.filter(organization=organization, user=user_id).delete()[0]
    if gone:
        record("organization.member_removed", by=by, target=organization.audit_name, user=user_id)
    return bool(gone)


def _check(organization: Organization) -> None:
    if not organization.name:
        raise OrganizationInvalid("name", "Give it a name.")
    for field, most in (("name", 128), ("description", 256)):
        if len(getattr(organization, field)) > most:
            raise OrganizationInvalid(field, f"At most {most} characters.")
    if not isinstance(organization.custom_data, dict):
        raise OrganizationInvalid("custom_data", "Give an object with names and values.")
    if problem := looks.color_problem(organization.color):
        raise OrganizationInvalid(problem[0] or "color", problem[1])
    if problem := looks.branding_problem(organization.branding):
        raise OrganizationInvalid(problem[0] or "branding", problem[1])
    if css := looks.css_problem(organization.custom_css):
        raise OrganizationInvalid("custom_css", css)
