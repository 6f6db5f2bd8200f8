"""One function for each part of the document; the order of the table is the order of application."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from idp.applications import services as applications
from idp.applications.models import Application, ApplicationSecret
from idp.authorization.services import save_resource
from idp.deployment.configuration.people import apply_administrator, apply_user
from idp.deployment.configuration.reading import ApplyError, Node
from idp.lib.ids import digest
from idp.messaging.models import Connector
from idp.messaging.services import save_connector
from idp.signin.experience import update_experience

BY = "system:apply"
_OIDC_METADATA = {"redirectUris": "redirect_uris", "postLogoutRedirectUris": "post_logout_redirect_uris"}
_CUSTOM_METADATA = {
    "corsAllowedOrigins": "allowed_origins", "idTokenTtl": "id_token_ttl", "refreshTokenTtlInDays": "refresh_token_ttl_days",
    "rotateRefreshToken": "rotate_refresh_token", "alwaysIssueRefreshToken": "always_issue_refresh_token",
}  # fmt: skip


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
    found = node.fields(signUp=dict, signIn=dict, signInMode=str, color=dict)
    names = {"signUp": "sign_up", "signIn": "sign_in", "signInMode": "sign_in_mode"}
    changes = {key: found[name].value for name, key in names.items() if name in found}
    if "color" in found:
        changes["primary_color"] = found["color"].fields(primaryColor=str)["primaryColor"].value
    with node.errors_here():
        update_experience(by=BY, **changes)
    return "sign-in experience"


def _application(node: Node) -> str:
    found = node.fields(
        id=str, name=str, type=str, description=str, oidcClientMetadata=dict, customClientMetadata=dict, customData=dict,
        secret=str, secrets=list,
    )  # fmt: skip
    node.require(found, "name", "type")
    settings = _application_settings(found)
    with node.errors_here():
        application = _existing_application(found)
        if application is None:
            application = applications.create_application(
                by=BY, client_id=found["id"].value if "id" in found else "", type=found["type"].value,
                with_secret="secret" not in found and "secrets" not in found, **settings,
            )  # fmt: skip
        elif application.type != found["type"].value:
            raise ApplyError(found["type"].path, f"cannot change; this application is {application.type}.")
        else:
            applications.update_application(by=BY, application=application, **settings)
        _secrets(application, found)
    return f"application {application.pk} ({application.name})"


def _application_settings(found: dict[str, Node]) -> dict[str, Any]:
    settings: dict[str, Any] = {"name": found["name"].value}
    if "description" in found:
        settings["description"] = found["description"].value
    if "customData" in found:
        settings["custom_data"] = found["customData"].value
    if "oidcClientMetadata" in found:
        metadata = found["oidcClientMetadata"].fields(**dict.fromkeys(_OIDC_METADATA, list))
        settings.update({_OIDC_METADATA[name]: uris.texts() for name, uris in metadata.items()})
    if "customClientMetadata" in found:
        custom = found["customClientMetadata"].fields(
            corsAllowedOrigins=list, idTokenTtl=int, refreshTokenTtlInDays=int, rotateRefreshToken=bool,
            alwaysIssueRefreshToken=bool,
        )  # fmt: skip
        settings.update(
            {
                _CUSTOM_METADATA[name]: item.texts() if name == "corsAllowedOrigins" else item.value
                for name, item in custom.items()
            }
        )
    return settings


def _existing_application(found: dict[str, Node]) -> Application | None:
    """By its id; without one by its name, so that a second run finds what the first made."""
    if "id" in found:
        application: Application | None = Application.objects.filter(pk=found["id"].value).first()
        return application
    by_name: Application | None = Application.objects.managed().filter(name=found["name"].value).first()
    return by_name


def _secrets(application: Application, found: dict[str, Node]) -> None:
    """Add what is missing; a secret is known by its value, and one that was made elsewhere stays."""
    wanted: list[tuple[str, str, datetime | None]] = []
    if "secret" in found:
        wanted.append(("Default", found["secret"].value, None))
    for index, node in enumerate(found["secrets"].items() if "secrets" in found else ()):
        parts = node.fields(name=str, value=str, expiresAt=int)
        node.require(parts, "value")
        name = parts["name"].value if "name" in parts else f"Secret {index + 1}"
        expires_at = datetime.fromtimestamp(parts["expiresAt"].value / 1000, UTC) if "expiresAt" in parts else None
        wanted.append((name, parts["value"].value, expires_at))
    for name, value, expires_at in wanted:
        if not ApplicationSecret.objects.filter(application=application, digest=digest(value)).exists():
            applications.create_secret(by=BY, application=application, name=name, value=value, expires_at=expires_at)


_SECTIONS: dict[str, tuple[type, Callable[[Node], str]]] = {
    "resources": (list, _resource),
    "connectors": (list, _connector),
    "signInExperience": (dict, _experience),
    "applications": (list, _application),
    "users": (list, apply_user),
    "administrators": (list, apply_administrator),
}
