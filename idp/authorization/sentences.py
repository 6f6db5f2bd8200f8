"""What scopes mean to the person who is asked about them, in their words."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from idp.authorization.models import MANAGEMENT_API, Permission
from idp.organizations.models import OrganizationPermission

IDENTITY = _("Who you are, by an ID that stays the same")
_SCOPES = {
    "profile": _("Your name, username and picture"),
    "email": _("Your email address"),
    "phone": _("Your phone number"),
    "address": _("Your postal address"),
    "custom_data": _("What this service has stored about you for its apps"),
    "roles": _("The roles that you have"),
    "urn:logto:scope:organizations": _("The organizations that you belong to"),
    "urn:logto:scope:organization_roles": _("The roles that you have in your organizations"),
    "identities": _("The accounts elsewhere that you sign in with"),
    "urn:logto:scope:sessions": _("Where you are signed in, and the apps that you have let in"),
    "urn:logto:scope:trusted_devices": _("The devices that you trust"),
    "offline_access": _("Stay signed in when you are away"),
}


def sentences(scopes: Iterable[str]) -> list[str]:
    """What an application asks for, in words."""
    return [str(_SCOPES[scope]) for scope in scopes if scope in _SCOPES]


def asked_for(scopes: Iterable[str]) -> list[str]:
    """The same with permissions of APIs and organizations, in the words of those who made them."""
    named = list(scopes)
    described = describe_permissions(named)
    return [*sentences(named), *(described[scope] for scope in named if scope in described)]


def every_permission() -> dict[str, str]:
    """All that an application may be allowed to ask for besides facts about people: by name, in words, else by its name."""
    of_apis, of_organizations = (
        found.order_by().values_list("name", "description")
        for found in (
            Permission.objects.exclude(resource__indicator=MANAGEMENT_API),
            OrganizationPermission.objects.all(),
        )
    )
    return {name: description or name for name, description in sorted(of_apis.union(of_organizations))}


def describe_permissions(scopes: Iterable[str]) -> dict[str, str]:
    """Permissions of APIs and organizations among these scopes, each with its description or else its name: one statement for all."""
    wanted = {scope for scope in scopes if scope not in _SCOPES and scope != "openid"}
    if not wanted:
        return {}
    described = [
        model.objects.filter(name__in=wanted).exclude(description="").order_by().values_list("name", "description")
        for model in (Permission, OrganizationPermission)
    ]
    known = dict(described[0].union(described[1]))
    return {scope: known.get(scope, scope) for scope in wanted}
