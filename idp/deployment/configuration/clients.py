"""Applications in the document, with the fields of Logto's application object."""

from datetime import UTC, datetime
from typing import Any

from idp.applications import services as applications
from idp.applications.models import Application, ApplicationSecret
from idp.applications.wire import CUSTOM_METADATA, OIDC_METADATA, SETTINGS
from idp.deployment.configuration.access import set_roles
from idp.deployment.configuration.reading import ApplyError, Node
from idp.lib.ids import digest

BY = "system:apply"
_LONGEST_NAME = 256  # of a secret
_GROUPS = {"oidcClientMetadata": OIDC_METADATA, "customClientMetadata": CUSTOM_METADATA}


def apply_application(node: Node) -> str:
    found = node.fields(
        id=str, type=str, isThirdParty=bool, secret=str, secrets=list, roles=list,
        **_types(SETTINGS), **dict.fromkeys(_GROUPS, dict),
    )  # fmt: skip
    node.require(found, "name", "type")
    settings, kind = _settings(found)
    with node.errors_here():
        application = _existing_application(found)
        if application is None:
            application = applications.create_application(
                by=BY, client_id=found["id"].value if "id" in found else "", type=found["type"].value,
                with_secret="secret" not in found and "secrets" not in found, **kind, **settings,
            )  # fmt: skip
        else:
            _refuse_another_kind(application, found["type"].path, {"type": found["type"].value, **kind})
            applications.update_application(by=BY, application=application, **settings)
        _secrets(application, found)
        if "roles" in found:
            set_roles(application, found["roles"])
    return f"application {application.pk} ({application.name})"


def _settings(found: dict[str, Node]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What may change, and what is decided at creation."""
    settings = _values(found, SETTINGS)
    kind: dict[str, Any] = {"is_third_party": found["isThirdParty"].value} if "isThirdParty" in found else {}
    for group, table in _GROUPS.items():
        if group in found:
            extra = {"isDeviceFlow": bool} if group == "customClientMetadata" else {}
            members = found[group].fields(**_types(table), **extra)
            settings |= _values(members, table)
            if "isDeviceFlow" in members:
                kind["is_device_flow"] = members["isDeviceFlow"].value
    return settings, kind


def _types(table: dict[str, tuple[str, type]]) -> dict[str, type]:
    return {name: kind for name, (_, kind) in table.items()}


def _values(found: dict[str, Node], table: dict[str, tuple[str, type]]) -> dict[str, Any]:
    return {
        setting: found[name].texts() if kind is list else found[name].value
        for name, (setting, kind) in table.items()
        if name in found
    }


def _refuse_another_kind(application: Application, path: str, kind: dict[str, Any]) -> None:
    for field, value in kind.items():
        if getattr(application, field) != value:
            raise ApplyError(path, f"{field} cannot change; here it is {getattr(application, field)}.")


def _moment(node: Node) -> datetime:
    """A point in time, in milliseconds since the epoch as everywhere in Logto's JSON."""
    try:
        return datetime.fromtimestamp(node.value / 1000, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ApplyError(node.path, "is no time in milliseconds since 1970.") from error


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
        if len(name) > _LONGEST_NAME:
            raise ApplyError(parts["name"].path, f"has more than {_LONGEST_NAME} characters.")
        expires_at = _moment(parts["expiresAt"]) if "expiresAt" in parts else None
        wanted.append((name, parts["value"].value, expires_at))
    for name, value, expires_at in wanted:
        if not ApplicationSecret.objects.filter(application=application, digest=digest(value)).exists():
            applications.create_secret(by=BY, application=application, name=name, value=value, expires_at=expires_at)
