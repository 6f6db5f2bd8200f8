"""How a client says who it is (RFC 6749 section 2.3.1): HTTP Basic, or client_id and client_secret in the body."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from idp.oidc.errors import OidcError


@dataclass(frozen=True)
class Credentials:
    """What was presented. `secrets` holds the spellings to try: Basic may be URL-encoded, and often is not."""

    client_id: str
    secrets: tuple[str, ...] = ()


def read_credentials(authorization: str, body: Mapping[str, str]) -> Credentials:
    """Raises OidcError: invalid_request for two methods at once, invalid_client for a header that cannot be read."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        secret = body.get("client_secret", "")
        return Credentials(body.get("client_id", ""), (secret,) if secret else ())
    if body.get("client_secret"):
        raise OidcError("invalid_request", "client authentication must only be provided using one mechanism")
    client_id, raw_secret = _decode_basic(value)
    if body.get("client_id", client_id) != client_id:
        raise OidcError("invalid_request", "mismatch in body and authorization client ids")
    return Credentials(client_id, tuple(dict.fromkeys((raw_secret, unquote_plus(raw_secret)))))


def _decode_basic(value: str) -> tuple[str, str]:
    try:
        client_id, colon, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:  # no base64, no ASCII, or no UTF-8 inside
        colon = ""
    if not colon:
        raise OidcError("invalid_client", "invalid authorization header value format", status=401)
    return unquote_plus(client_id), secret
