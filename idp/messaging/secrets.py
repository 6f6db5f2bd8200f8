"""Confidential parameters: shown as a mask, and kept when the mask comes back unchanged."""

from typing import Any

from connectors.ports import CaptchaKind, ConfigProblem, ConnectorKind
from idp.messaging.errors import InvalidConfig

MASK = "••••••••"
_ASK_AGAIN = "Enter it again: the server that it is for has changed."


def masked(kind: ConnectorKind | CaptchaKind, config: dict[str, Any]) -> dict[str, Any]:
    """A copy of the configuration that may be shown: every value under a confidential key is masked."""
    hidden = confidential_keys(kind)
    return {key: _mask(value) if key in hidden else value for key, value in config.items()}


def unmasked(kind: ConnectorKind | CaptchaKind, posted: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    """The posted configuration with stored secrets in the place of masks that were left as they were.

    Raises InvalidConfig when they would go to another server than the one they were typed for.
    """
    hidden = confidential_keys(kind)
    if _goes_elsewhere(kind, posted, stored):
        problems = [ConfigProblem(f"$.{key}", _ASK_AGAIN) for key in hidden if _holds_mask(posted.get(key))]
        if problems:
            raise InvalidConfig(problems)
    return {key: _unmask(value, stored.get(key)) if key in hidden else value for key, value in posted.items()}


def confidential_keys(kind: ConnectorKind | CaptchaKind) -> set[str]:
    return {item.key for item in kind.form_items if item.is_confidential}


def with_stored(kind: ConnectorKind | CaptchaKind, given: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    """The given configuration, with the stored secrets that it leaves out. Raises InvalidConfig as `unmasked` does."""
    hidden = confidential_keys(kind)
    masks = {key: value for key, value in masked(kind, stored).items() if key in hidden and value}
    return unmasked(kind, masks | given, stored)


def _goes_elsewhere(kind: ConnectorKind | CaptchaKind, posted: dict[str, Any], stored: dict[str, Any]) -> bool:
    return any(item.is_destination and posted.get(item.key) != stored.get(item.key) for item in kind.form_items)


def _holds_mask(value: Any) -> bool:
    return any(map(_holds_mask, value.values())) if isinstance(value, dict) else value == MASK


def _mask(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _mask(inner) for key, inner in value.items()}
    return MASK if value else value


def _unmask(value: Any, stored: Any) -> Any:
    if isinstance(value, dict) and isinstance(stored, dict):
        return {key: _unmask(inner, stored.get(key)) for key, inner in value.items()}
    return stored if value == MASK else value
