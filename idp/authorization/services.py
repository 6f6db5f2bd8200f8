from urllib.parse import urlsplit

from django.db import transaction

from idp.audit.services import record
from idp.authorization.errors import InvalidResource
from idp.authorization.models import Permission, Resource


@transaction.atomic
def save_resource(
    *, by: str, name: str, indicator: str, access_token_ttl: int = 3600, is_default: bool = False,
    permissions: dict[str, str] | None = None,
) -> Resource:  # fmt: skip
    """Create or update the API resource with this indicator. `permissions` (name to description) replaces the old ones.

    Raises InvalidResource.
    """
    check(indicator, access_token_ttl)
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


@transaction.atomic
def delete_resource(*, by: str, resource: Resource) -> None:
    """With its permissions. Tokens for it that APIs check by themselves live out their time."""
    target = f"resource:{resource.pk}"
    resource.delete()
    record("resource.deleted", by=by, target=target, indicator=resource.indicator)


def check(indicator: str, access_token_ttl: int) -> None:
    """An absolute URI without a fragment (RFC 8707 section 2). Signing keys outlive no token that lives over a day."""
    parts = urlsplit(indicator)
    if not parts.scheme or not (parts.netloc or parts.path) or "#" in indicator or "," in indicator:
        raise InvalidResource("$.indicator", "An indicator is an absolute URI without a fragment or a comma.")
    if not 60 <= access_token_ttl <= 86400:
        raise InvalidResource("$.accessTokenTtl", "Use a number of seconds from 60 to 86400.")
