"""What the settings of an application may be: a table from the setting to its rule."""

import re
from collections.abc import Callable
from typing import Any

from jwcrypto import jwk
from jwcrypto.common import JWException

from idp.applications import uris
from idp.applications.errors import InvalidSetting
from idp.applications.models import SIGN_IN_TYPES, Application, ApplicationType
from idp.lib import looks

_PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}  # RFC 7518 section 6
_ORDERS = {"generate"}  # no member of a key: jwcrypto would make one, as large as it is told


def check_kind(application: Application) -> None:
    """What is decided at creation. Raises InvalidSetting."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,21}", application.client_id):
        raise InvalidSetting("id", "An application ID has up to 21 letters, digits, dashes and underscores.")
    if application.is_device_flow and application.type != ApplicationType.NATIVE:
        raise InvalidSetting("is_device_flow", "Only a native app can use the device flow.")
    if application.is_third_party and application.type not in SIGN_IN_TYPES:
        raise InvalidSetting("is_third_party", "A machine has no people to ask.")


def check_setting(application: Application, field: str, value: Any) -> None:
    """Raises InvalidSetting with a sentence for people."""
    rule, most = _RULES.get(field), getattr(Application._meta.get_field(field), "max_length", None)
    problem = rule(application, value) if rule else None
    if most and isinstance(value, str) and len(value) > most:
        problem = f"Use at most {most:,} characters."
    if problem:
        raise InvalidSetting(field, problem)


def _between(low: int, high: int) -> Callable[[Application, Any], str | None]:
    return lambda _, value: None if low <= value <= high else f"Use a number from {low} to {high}."


def _name(_: Application, value: str) -> str | None:
    return None if value.strip() else "Give the application a name."


def _max_grants(_: Application, value: int | None) -> str | None:
    return (
        None if value is None or 1 <= value <= 1_000_000 else "Should be greater than 0; leave it empty for no limit."
    )


def _consent_scopes(_: Application, value: list[str]) -> str | None:
    """Scopes about people and permissions of APIs, each a scope-token (RFC 6749 section 3.3)."""
    bad = [scope for scope in value if not re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", scope)]
    return f"Not a scope: {', '.join(bad)}." if bad else None


def _token_exchange(application: Application, value: bool) -> str | None:
    return "A third-party application cannot exchange tokens." if value and application.is_third_party else None


def _logout_uri(_: Application, value: str) -> str | None:
    if not value:
        return None
    if not value.startswith(("https://", "http://")):
        return "A back-channel logout URI is a web address."
    return uris.problem(value)


def _algorithm(_: Application, value: str) -> str | None:
    return None if value in ("ES384", "RS256") else "Choose ES384 or RS256."


def _web_page(_: Application, value: str) -> str | None:
    is_web = value.startswith(("https://", "http://")) and uris.problem(value) is None
    return None if not value or is_web else "This is not a web address."


def _color(_: Application, value: Any) -> str | None:
    problem = looks.color_problem(value)
    return problem[1] if problem else None


def _branding(_: Application, value: Any) -> str | None:
    problem = looks.branding_problem(value)
    return problem[1] if problem else None


def _custom_css(_: Application, value: Any) -> str | None:
    return looks.css_problem(value)


def _jwks(_: Application, value: Any) -> str | None:
    """A JWK Set of public keys (RFC 7517 section 5)."""
    if value is None:
        return None
    keys = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(keys, list) or not keys:
        return "Give a JWK Set: an object with a list of keys."
    for key in keys:
        if (
            not isinstance(key, dict)
            or (_PRIVATE_MEMBERS | _ORDERS) & key.keys()
            or key.get("kty") not in ("RSA", "EC", "OKP")
        ):
            return "Give public keys only: RSA, EC or OKP without private members."
        try:
            jwk.JWK(**key)
        except (JWException, TypeError, ValueError):
            return "One of the keys cannot be read."
    return None


_RULES: dict[str, Callable[[Application, Any], str | None]] = {
    "name": _name,
    "refresh_token_ttl_days": _between(1, 180),
    "id_token_ttl": _between(60, 86400),
    "max_allowed_grants": _max_grants,
    "allow_token_exchange": _token_exchange,
    "backchannel_logout_uri": _logout_uri,
    "algorithm": _algorithm,
    "jwks": _jwks,
    "user_consent_scopes": _consent_scopes,
    "terms_of_use_url": _web_page,
    "privacy_policy_url": _web_page,
    "color": _color,
    "branding": _branding,
    "custom_css": _custom_css,
}
