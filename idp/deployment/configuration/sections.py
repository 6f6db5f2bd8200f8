"""One function for each part of the document; the order of the table is the order of application."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from idp.authorization.services import save_resource
from idp.deployment.configuration.clients import apply_application
from idp.deployment.configuration.people import apply_administrator, apply_user
from idp.deployment.configuration.reading import Node
from idp.messaging.models import Connector
from idp.messaging.services import save_connector
from idp.signin.experience import WIRE, update_experience

BY = "system:apply"


@transaction.atomic
def apply_document(document: Any) -> list[str]:
    """Create or update everything in the document, or nothing; returns a line for each thing. Raises ApplyError."""
    parts = Node("$", document).fields(**{name: kind for name, (kind, _) in _SECTIONS.items()})
    lines = []
    for name, (kind, section) in _SECTIONS.items():
        if name in parts:
            nodes = parts[name].items() if kind is list else [parts[name]]
            lines += [section(node) for node in nodes]
    return lines


def _resource(node: Node) -> str:
    found = node.fields(name=str, indicator=str, accessTokenTtl=int, isDefault=bool, scopes=list)
    node.require(found, "name", "indicator")
    permissions: dict[str, str] | None = None
    if "scopes" in found:
        permissions = {}
        for scope in found["scopes"].items():
            parts = scope.fields(name=str, description=str)
            scope.require(parts, "name")
            permissions[parts["name"].value] = parts["description"].value if "description" in parts else ""
    given = {key: found[name].value for name, key in _RESOURCE_FIELDS.items() if name in found}
    with node.errors_here():
        resource = save_resource(by=BY, permissions=permissions, **given)
    return f"resource {resource.indicator}"


_RESOURCE_FIELDS = {
    "name": "name", "indicator": "indicator", "accessTokenTtl": "access_token_ttl", "isDefault": "is_default",
}  # fmt: skip


def _connector(node: Node) -> str:
    found = node.fields(connectorId=str, config=dict)
    node.require(found, "connectorId", "config")
    connector_id, config = found["connectorId"].value, found["config"].value
    stored = Connector.objects.filter(connector_id=connector_id).first()
    if stored is None or stored.config != config:
        with node.errors_here():
            save_connector(by=BY, connector_id=connector_id, config=config)
    return f"connector {connector_id}"


def _experience(node: Node) -> str:
    found = node.fields(**{name: kind for name, (_, kind) in WIRE.items()})
    changes = {column: found[name].value for name, (column, _) in WIRE.items() if name in found}
    with node.errors_here():
        update_experience(by=BY, **changes)
    return "sign-in experience"


_SECTIONS: dict[str, tuple[type, Callable[[Node], str]]] = {
    "resources": (list, _resource),
    "connectors": (list, _connector),
    "signInExperience": (dict, _experience),
    "applications": (list, apply_application),
    "users": (list, apply_user),
    "administrators": (list, apply_administrator),
}
