"""One function for each part of the document; the order of the table is the order of application."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import transaction

from idp.deployment.configuration.access import (
    apply_organization_permission,
    apply_organization_role,
    apply_resource,
    apply_role,
)
from idp.deployment.configuration.clients import apply_application
from idp.deployment.configuration.people import apply_administrator, apply_user
from idp.deployment.configuration.reading import Node, refuse_unstorable
from idp.deployment.configuration.surroundings import (
    apply_account_center,
    apply_captcha,
    apply_phrases,
    apply_profile_fields,
)
from idp.messaging.models import Connector
from idp.messaging.secrets import with_stored
from idp.messaging.services import delete_connector, find_kind, order_connectors, save_connector
from idp.signin.experience import WIRE, update_experience

BY = "system:apply"


@transaction.atomic
def apply_document(document: Any) -> list[str]:
    """Create or update everything in the document, or nothing; returns a line for each thing. Raises ApplyError."""
    refuse_unstorable(Node("$", document))
    parts = Node("$", document).fields(**{name: kind for name, (kind, _) in _SECTIONS.items()})
    lines: list[str] = []
    for name, (_, section) in _SECTIONS.items():
        if name in parts:
            lines += section(parts[name])
    return lines


def _connectors(node: Node) -> list[str]:
    """All connectors of the types that are named, in the order in which they send: others of these types go."""
    lines, order = [], defaultdict[str, list[str]](list)
    for item in node.items():
        connector = _connector(item, known=[pk for ids in order.values() for pk in ids])
        order[connector.type].append(connector.pk)
        lines.append(f"connector {connector.connector_id}")
    for type, ids in order.items():
        for connector in Connector.objects.filter(type=type).exclude(pk__in=ids):
            delete_connector(by=BY, connector=connector)
        order_connectors(by=BY, type=type, ids=ids)
    return lines


def _connector(node: Node, *, known: list[str]) -> Connector:
    """The one of this kind and name that the document has not named yet; else one without a name; else a new one."""
    found = node.fields(connectorId=str, config=dict, name=str)
    node.require(found, "connectorId", "config")
    connector_id, config = found["connectorId"].value, found["config"].value
    name = found["name"].value if "name" in found else None
    same = Connector.objects.filter(connector_id=connector_id).exclude(pk__in=known)
    stored = same.filter(name=name or "").first() or (same.filter(name="") if name else same).first()
    with node.errors_here():
        if stored is not None:
            config = with_stored(find_kind(connector_id), config, stored.config)
            if stored.config == config and name in (None, stored.name):
                return stored
        return save_connector(by=BY, connector_id=connector_id, config=config, name=name, connector=stored)


def _experience(node: Node) -> str:
    found = node.fields(**{name: kind for name, (_, kind) in WIRE.items()})
    changes = {column: found[name].value for name, (column, _) in WIRE.items() if name in found}
    with node.errors_here():
        update_experience(by=BY, **changes)
    return "sign-in experience"


def _nothing(node: Node) -> list[str]:
    node.texts()
    return []


def _each(section: Callable[[Node], str]) -> Callable[[Node], list[str]]:
    return lambda node: [section(item) for item in node.items()]


_SECTIONS: dict[str, tuple[type, Callable[[Node], list[str]]]] = {
    "resources": (list, _each(apply_resource)),
    "roles": (list, _each(apply_role)),
    "organizationPermissions": (list, _each(apply_organization_permission)),
    "organizationRoles": (list, _each(apply_organization_role)),
    "connectors": (list, _connectors),
    "customProfileFields": (list, apply_profile_fields),
    "captchaProvider": (dict, lambda node: [apply_captcha(node)]),
    "customPhrases": (dict, apply_phrases),
    "accountCenter": (dict, lambda node: [apply_account_center(node)]),
    "signInExperience": (dict, lambda node: [_experience(node)]),
    "applications": (list, _each(apply_application)),
    "users": (list, _each(apply_user)),
    "administrators": (list, _each(apply_administrator)),
    "secretsLeftOut": (list, _nothing),  # of an export: for people
}
