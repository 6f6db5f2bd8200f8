"""The configuration as the document that `manage.py apply` reads."""

from dataclasses import dataclass, field
from typing import Any

from connectors.ports import CaptchaKind, ConnectorKind
from connectors.registry import captcha_kinds
from idp.applications.models import Application
from idp.applications.wire import CUSTOM_METADATA, OIDC_METADATA, SETTINGS, values
from idp.deployment.configuration.access import described, names_of_roles
from idp.messaging.errors import ConnectorUnknown
from idp.messaging.models import Connector
from idp.messaging.secrets import confidential_keys
from idp.messaging.services import find_kind
from idp.signin.experience import on_the_wire
from idp.signin.models import AccountCenter, CustomPhrases, SignInExperience
from idp.users.models import ProfileField
from idp.verification.captcha import stored_provider


@dataclass
class Exporter:
    """Makes the document; without `with_secrets`, `left_out` has the JSON path of each secret that is not in it."""

    with_secrets: bool = False
    left_out: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        parts: dict[str, Any] = {
            **described(),
            "connectors": [self._connector(index, one) for index, one in enumerate(Connector.objects.all())],
            "customProfileFields": [_profile_field(one) for one in ProfileField.objects.all()],
            "captchaProvider": self._captcha(),
            "customPhrases": dict(CustomPhrases.objects.order_by("pk").values_list("pk", "translation")),
            "accountCenter": _account_center(AccountCenter.load()),
            "signInExperience": on_the_wire(SignInExperience.load()),
            "applications": [
                self._application(index, one) for index, one in enumerate(Application.objects.managed().order_by("pk"))
            ],
        }
        if self.left_out:
            parts["secretsLeftOut"] = self.left_out
        return without_nulls(parts)

    def _connector(self, index: int, connector: Connector) -> dict[str, Any]:
        path = f"$.connectors[{index}].config"
        try:
            config = self._config(path, find_kind(connector.connector_id), connector.config)
        except ConnectorUnknown:  # its package is gone, and with it the word what of this is secret
            config = connector.config if self.with_secrets else {}
            self.left_out += [] if self.with_secrets else [path]
        return {"connectorId": connector.connector_id, "name": connector.name or None, "config": config}

    def _captcha(self) -> dict[str, Any] | None:
        provider = stored_provider()
        if provider is None:
            return None
        config = self._config("$.captchaProvider.config", captcha_kinds()[provider.type], provider.config)
        return {"type": provider.type, "config": config}

    def _config(self, path: str, kind: ConnectorKind | CaptchaKind, config: dict[str, Any]) -> dict[str, Any]:
        if self.with_secrets:
            return config
        hidden = confidential_keys(kind) & {key for key, value in config.items() if value}
        self.left_out += [f"{path}.{key}" for key in sorted(hidden)]
        return {key: value for key, value in config.items() if key not in hidden}

    def _application(self, index: int, application: Application) -> dict[str, Any]:
        device = {"isDeviceFlow": True} if application.is_device_flow else {}
        secrets = [
            {
                "name": one.name,
                "value": one.value,
                "expiresAt": int(one.expires_at.timestamp() * 1000) if one.expires_at else None,
            }
            for one in (application.secrets.order_by("name") if self.with_secrets else ())
        ]
        if not self.with_secrets and application.secrets.exists():
            self.left_out.append(f"$.applications[{index}].secrets")
        return {
            "id": application.pk, "type": application.type, "isThirdParty": application.is_third_party,
            **values(application, SETTINGS),
            "oidcClientMetadata": values(application, OIDC_METADATA),
            "customClientMetadata": values(application, CUSTOM_METADATA) | device,
            "roles": names_of_roles(application) or None,
            "secrets": secrets or None,
        }  # fmt: skip


def _profile_field(one: ProfileField) -> dict[str, Any]:
    return {
        "name": one.name, "type": one.type, "label": one.label, "labels": one.labels, "description": one.description,
        "required": one.required, "config": one.config,
    }  # fmt: skip


def _account_center(center: AccountCenter) -> dict[str, Any]:
    return {
        "enabled": center.enabled,
        "fields": {name: center.fields.get(name, AccountCenter.Access.EDIT) for name in AccountCenter.FIELDS},
        "deleteAccountUrl": center.delete_account_url,
        "webauthnRelatedOrigins": center.webauthn_related_origins,
    }


def without_nulls(value: dict[str, Any]) -> dict[str, Any]:
    """Null counts as left out, at the places that the document has names for."""
    return {
        name: without_nulls(member)
        if name in _OBJECTS
        else [_plain(one) for one in member]
        if name in _LISTS
        else member
        for name, member in value.items()
        if member is not None
    }


def _plain(member: Any) -> Any:
    return without_nulls(member) if isinstance(member, dict) else member


_OBJECTS = {"accountCenter", "signInExperience", "oidcClientMetadata", "customClientMetadata"}
_LISTS = {"applications", "connectors", "secrets"}
