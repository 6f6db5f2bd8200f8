"""The Management API as an API resource, and the role by which a machine may use it."""

from django.db import transaction

from idp.authorization.models import ALL, MANAGEMENT_API, Permission, Resource, Role
from idp.organizations.models import RoleType

ROLE = "Management API access"


@transaction.atomic
def ensure() -> None:
    """Make them where there is none yet. The role is a usual one: whoever renames or deletes it does not get it again."""
    resource, created = Resource.objects.get_or_create(indicator=MANAGEMENT_API, defaults={"name": "Management API"})
    if not created:
        return
    permission = Permission.objects.create(resource=resource, name=ALL, description="All that an administrator may do.")
    role, _ = Role.objects.get_or_create(
        name=ROLE, defaults={"type": RoleType.MACHINE, "description": "Lets a machine manage this server."}
    )
    if role.type == RoleType.MACHINE:
        role.permissions.add(permission)
