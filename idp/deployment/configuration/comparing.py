"""What a document would change, found out by applying it and taking that back."""

import json
from difflib import unified_diff
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from connectors.registry import captcha_kinds
from idp.deployment.configuration.exporting import Exporter
from idp.deployment.configuration.sections import apply_document
from idp.messaging.errors import ConnectorUnknown
from idp.messaging.secrets import confidential_keys
from idp.messaging.services import find_kind


def changes(document: Any) -> list[str]:
    """Lines of a unified diff, secrets masked; empty when nothing would change. Raises ApplyError.

    People are no part of the configuration: what the document says about them is checked and not compared.
    """
    with transaction.atomic():
        before = _lines()
        apply_document(document)
        after = _lines()
        transaction.set_rollback(True)
    return list(unified_diff(before, after, "as it is", "as the file says", lineterm=""))


def _lines() -> list[str]:
    document = Exporter(with_secrets=True).document()
    for connector in document["connectors"]:
        _mask(connector["config"], _hidden(connector))
    if provider := document.get("captchaProvider"):
        _mask(provider["config"], confidential_keys(captcha_kinds()[provider["type"]]))
    for application in document["applications"]:
        for secret in application.get("secrets", ()):
            _mask(secret, {"value"})
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True).splitlines()


def _hidden(connector: dict[str, Any]) -> set[str]:
    """All of it, when its package is gone."""
    try:
        return confidential_keys(find_kind(connector["connectorId"]))
    except ConnectorUnknown:
        return set(connector["config"])


def _mask(values: dict[str, Any], hidden: set[str]) -> None:
    """Two secrets that differ look different, and neither can be guessed: the digest is keyed."""
    for key in hidden & set(values):
        text = json.dumps(values[key], sort_keys=True)
        mark = salted_hmac("idp.deployment.configuration", text, algorithm="sha256").hexdigest()[:8]
        values[key] = f"•••••••• ({mark})" if values[key] else values[key]
