from django.db import transaction

from idp.audit.services import record
from idp.authorization.models import Permission, Resource


@transaction.atomic
def save_resource(
    *, by: str, name: str, indicator: str, access_token_ttl: int = 3600, is_default: bool = False,
    permissions: dict[str, str] | None = None,
) -> Resource:  # fmt: skip
    """Create or update the API resource with this indicator. `permissions` (name to description) replaces the old ones."""
    if is_default:
        Resource.objects.exclude(indicator=indicator).update(is_default=False)
    resource, created = Resource.objects.update_or_create(
        indicator=indicator,
        defaults={"name": name, "access_token_ttl": access_token_ttl, "is_default": is_default},
    )
    if permissions is not None:
        resource.permissions.exclude(name__in=permissions).delete()
        for permission, description in permissions.items():
            Permission.objects.update_or_create(
                resource=resource, name=permission, defaults={"description": description}
            )
    record(
        "resource.created" if created else "resource.updated",
        by=by,
        target=f"resource:{resource.pk}",
        indicator=indicator,
    )
    return resource
