"""The two questions that tokens ask."""

from collections.abc import Iterable

from idp.authorization.models import Permission, Resource
from idp.lib.lookup import Lookup

_RESOURCES = Lookup(Resource, field="indicator")


def find_resource(indicator: str) -> Resource | None:
    return _RESOURCES.find(indicator)


def find_resources(indicators: Iterable[str]) -> dict[str, Resource]:
    """API resources by their indicator; the unknown ones are missing from the answer."""
    wanted = list(indicators)
    return (
        {resource.indicator: resource for resource in Resource.objects.filter(indicator__in=wanted)} if wanted else {}
    )


def granted_permissions(*, subject: str, resource: Resource, requested: Iterable[str]) -> list[str]:
    """Which of the requested permissions of this resource the subject (`user:…` or `application:…`) holds.

    Permissions are held through roles, and nobody has a role yet: so far nobody holds any. Roles will answer here.
    """
    del subject, resource, requested
    return []


def default_resource() -> Resource | None:
    """The resource that stands in when a request names none."""
    return Resource.objects.filter(is_default=True).first()


def permission_names(resources: Iterable[Resource]) -> set[str]:
    """Every permission that these resources define."""
    wanted = [resource.pk for resource in resources]
    return set(Permission.objects.filter(resource__in=wanted).values_list("name", flat=True)) if wanted else set()
