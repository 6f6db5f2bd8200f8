"""The questions that tokens ask: what may this subject do with this API, or in this organization?

A subject is `user:…` or `application:…`. What is held is read at each request for a token, in one statement, so that a role that was
taken away is gone from the next token.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.db.models.query import QuerySet

from idp.authorization.models import ApplicationMembership, Permission, Resource, Role
from idp.lib.lookup import Column, Lookup
from idp.organizations.models import Membership, OrganizationPermission, OrganizationRole

_RESOURCES = Lookup(Resource, field="indicator")


def find_resource(indicator: str) -> Resource | None:
    return _RESOURCES.find(indicator)


def find_resources(indicators: Iterable[str]) -> dict[str, Resource]:
    """API resources by their indicator; the unknown ones are missing from the answer."""
    wanted = list(indicators)
    return (
        {resource.indicator: resource for resource in Resource.objects.filter(indicator__in=wanted)} if wanted else {}
    )


def default_resource() -> Resource | None:
    """The resource that stands in when a request names none."""
    return Resource.objects.filter(is_default=True).first()


def permission_names(resources: Iterable[Resource]) -> set[str]:
    """Every permission that these resources define."""
    wanted = [resource.pk for resource in resources]
    return set(Permission.objects.filter(resource__in=wanted).values_list("name", flat=True)) if wanted else set()


def granted_permissions(
    *, subject: str, resource: Resource, requested: Iterable[str], organization_id: str = ""
) -> list[str]:
    """Which of the requested permissions of this API the subject holds, in the order of the request.

    By its roles and by those that it has in any organization; with an organization, by those that it has there alone.
    """
    names = list(requested)
    if not names:
        return []
    kind, pk = subject.split(":")
    held = (_FOR_ORGANIZATION if organization_id else _HELD)[kind].values(
        subject=pk, resource=resource.pk, organization=organization_id
    )
    return [name for name in names if name in held]


def granted_in_organization(*, subject: str, organization_id: str, requested: Iterable[str]) -> list[str]:
    """Which of the requested permissions of organizations the subject holds by its roles in this one, in the order of the request."""
    names = list(requested)
    if not names:
        return []
    kind, pk = subject.split(":")
    held = _IN_ORGANIZATION[kind].values(subject=pk, organization=organization_id)
    return [name for name in names if name in held]


def organization_permission_names() -> set[str]:
    """Every permission that organizations know."""
    return set(OrganizationPermission.objects.order_by().values_list("name", flat=True))


def role_names(user_id: str) -> list[str]:
    """The claim `roles`."""
    return list(Role.objects.filter(user_roles__user=user_id).order_by("name").values_list("name", flat=True))


def organization_role_names(user_id: str) -> list[str]:
    """The claim `organization_roles`: the organization's id and the role's name, with a colon between."""
    held = Membership.objects.filter(user=user_id, roles__isnull=False).order_by("organization", "roles__name")
    return [f"{organization}:{name}" for organization, name in held.values_list("organization", "roles__name")]


def belongs_to(*, application_id: str, organization_id: str) -> bool:
    """Does this machine-to-machine application work for the organization?"""
    return ApplicationMembership.objects.filter(application=application_id, organization=organization_id).exists()


def _held(kind: str, memberships: str) -> Column:
    """Permissions of an API by the roles of the subject and by those that it has in organizations."""

    def build(*, subject: str, resource: str) -> "QuerySet[Any, Any]":
        by_role = Permission.objects.filter(**{f"roles__{kind}_roles__{kind}": subject})
        by_membership = Permission.objects.filter(**{f"organization_roles__{memberships}__{kind}": subject})
        held = Q(pk__in=by_role.values("pk")) | Q(pk__in=by_membership.values("pk"))
        return Permission.objects.filter(held, resource=resource).values_list("name")

    return Column(build, "subject", "resource")


def _held_for_organization(kind: str, memberships: str) -> Column:
    """Permissions of an API by the roles that the subject has in one organization."""

    def build(*, subject: str, resource: str, organization: str) -> "QuerySet[Any, Any]":
        member = {f"{memberships}__{kind}": subject, f"{memberships}__organization": organization}
        roles = OrganizationRole.objects.filter(**member).order_by().values("pk")
        return Permission.objects.filter(organization_roles__in=roles, resource=resource).values_list("name")

    return Column(build, "subject", "resource", "organization")


def _held_in_organization(kind: str, memberships: str) -> Column:
    def build(*, subject: str, organization: str) -> "QuerySet[Any, Any]":
        member = {f"{memberships}__{kind}": subject, f"{memberships}__organization": organization}
        roles = OrganizationRole.objects.filter(**member).order_by().values("pk")
        return OrganizationPermission.objects.filter(roles__in=roles).order_by().values_list("name")

    return Column(build, "subject", "organization")


_MEMBERSHIPS = {"user": "memberships", "application": "application_memberships"}
_HELD = {kind: _held(kind, name) for kind, name in _MEMBERSHIPS.items()}
_FOR_ORGANIZATION = {kind: _held_for_organization(kind, name) for kind, name in _MEMBERSHIPS.items()}
_IN_ORGANIZATION = {kind: _held_in_organization(kind, name) for kind, name in _MEMBERSHIPS.items()}
