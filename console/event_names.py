"""The names of everybody and everything in events, and where their pages are: one query for each kind of thing that occurs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse

from console.connector_facts import label_of
from console.event_words import kind_in_words, thing_in_words
from idp.applications.models import Application
from idp.audit.models import Event
from idp.authorization.models import Resource, Role
from idp.messaging.models import Connector
from idp.organizations.models import Organization, OrganizationPermission, OrganizationRole
from idp.users.models import Invitation, ProfileField, User


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody or something of an event; `url` is their page, where they still have one."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    model: type[Model]
    page: str  # empty: it has none of its own
    name: str = "name"


_PEOPLE = "user"
_INVITATION = "invitation"
_KINDS = {
    _PEOPLE: _Kind(User, "user-detail", "display_name"),
    "application": _Kind(Application, "application-detail"),
    "organization": _Kind(Organization, "organization-detail"),
    "organization_role": _Kind(OrganizationRole, "template-role"),
    "organization_permission": _Kind(OrganizationPermission, "template-permission"),
    "role": _Kind(Role, "role-permissions"),
    "resource": _Kind(Resource, "resource-detail"),
    "connector": _Kind(Connector, "connector-detail", "connector_id"),
    _INVITATION: _Kind(Invitation, ""),
    "profile-field": _Kind(ProfileField, "experience-field", "label"),
}


def names_of(events: Iterable[Event], *, linked: bool) -> dict[str, Named]:
    """By audit name. With `linked` also what only those may open who look at settings."""
    wanted = {name for event in events for name in mentioned(event) if name}
    names = {name: Named(thing_in_words(name)) for name in wanted}
    for prefix, kind in _KINDS.items():
        ids = [name.partition(":")[2] for name in wanted if name.startswith(f"{prefix}:")]
        for key, thing in kind.model._default_manager.in_bulk(ids).items() if ids else ():
            may_open = kind.page and (linked or prefix == _PEOPLE)
            url = reverse(f"console:{kind.page}", args=[key]) if may_open else ""
            names[f"{prefix}:{key}"] = Named(_name(thing, kind), url)
    return names


def target_of(event: Event, names: dict[str, Named]) -> Named | None:
    """What it was done to; something that is gone, by the name that the event kept."""
    found, kept = names.get(event.target), _kept_name(event)
    if found and kept and found.text == thing_in_words(event.target):
        return Named(f"{kind_in_words(event.target)} {kept}")
    return found


def mentioned(event: Event) -> tuple[str, ...]:
    return (event.actor, event.target, application_of(event), member_of(event))


def application_of(event: Event) -> str:
    return f"application:{event.application}" if event.application else ""


def member_of(event: Event) -> str:
    """Who came to an organization, or left it: a person or a machine."""
    for kind in (_PEOPLE, "application"):
        if event.key.startswith("organization.") and event.data.get(kind):
            return f"{kind}:{event.data[kind]}"
    return ""


def _kept_name(event: Event) -> str:
    """Of the target: an event of something else that belongs to it, such as a key, kept that one's name."""
    if event.target.startswith(f"{_INVITATION}:"):
        return f"of {email}" if (email := event.data.get("email")) else ""
    thing, _, done = event.key.rpartition(".")
    if thing != event.target.partition(":")[0].replace("-", "_") or done not in ("created", "updated", "deleted"):
        return ""
    return str(event.data.get("name") or event.data.get("permission") or "")


def _name(thing: Any, kind: _Kind) -> str:
    if isinstance(thing, Connector):
        return label_of(thing)
    if isinstance(thing, Invitation):
        return f"Invitation of {thing.email}"
    return str(getattr(thing, kind.name))
