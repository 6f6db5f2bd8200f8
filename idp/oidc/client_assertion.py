"""Clients that prove who they are with a signed JWT (RFC 7523; OpenID Connect Core section 9).

`private_key_jwt` is checked with the public keys that the client registered, `client_secret_jwt` with its secrets. Which
algorithms count follows from the kind of key, never from the token: `none` and HMAC with a public key have no way in.
"""

import json
import time
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from jwcrypto import jwk, jws
from jwcrypto.common import JWException, base64url_encode

from idp.applications.models import Application, ApplicationSecret
from idp.lib.storable import is_storable
from idp.oidc.errors import OidcError
from idp.tokens.requests import use_assertion_once

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASYMMETRIC = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
SYMMETRIC = ["HS256"]
SIGNING_ALGORITHMS = [*SYMMETRIC, *ASYMMETRIC]
_LEEWAY = 30  # seconds that the client's clock may be ahead
_LONGEST = 3600  # seconds that an assertion may be good for


def claimed_client_id(assertion: str) -> str:
    """Who the assertion says it is from, unverified. Raises OidcError."""
    return str(_payload(assertion).get("sub", ""))


def verify(assertion: str, application: Application) -> None:
    """Is this assertion from this client, for us, and new? Raises OidcError (invalid_client)."""
    claims = _verified(assertion, application)
    now = time.time()
    expiry = claims.get("exp")
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != application.client_id or claims.get("sub") != application.client_id:
        raise _refusal("iss and sub of the assertion must be the client_id")
    if not {settings.ISSUER, f"{settings.ISSUER}/token"} & {value for value in named if isinstance(value, str)}:
        raise _refusal("the assertion is for another audience")
    if not isinstance(expiry, int | float) or not now < expiry <= now + _LONGEST:
        raise _refusal("the assertion has expired, or is good for too long")
    for name in ("iat", "nbf"):
        if name in claims and (not isinstance(claims[name], int | float) or claims[name] > now + _LEEWAY):
            raise _refusal(f"{name} of the assertion is in the future")
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise _refusal("the assertion needs a jti")
    expires_at = datetime.fromtimestamp(expiry, UTC)
    if not use_assertion_once(client_id=application.client_id, jti=claims["jti"], expires_at=expires_at):
        raise _refusal("the assertion was used before")


def _verified(assertion: str, application: Application) -> dict[str, Any]:
    for key, algorithms in _keys(application):
        parsed = jws.JWS()
        parsed.allowed_algs = algorithms
        try:
            parsed.deserialize(assertion)
            parsed.verify(key)
        except JWException:
            continue  # another key may fit
        return _payload(assertion)
    raise _refusal("the signature of the assertion fits no key of the client")


def _keys(application: Application) -> list[tuple[jwk.JWK, list[str]]]:
    registered = [(jwk.JWK(**key), ASYMMETRIC) for key in (application.jwks or {}).get("keys", [])]
    secrets = [
        (jwk.JWK(kty="oct", k=base64url_encode(secret.value)), SYMMETRIC)
        for secret in ApplicationSecret.objects.filter(application=application)
        if not secret.has_expired
    ]
    return [*registered, *secrets]


def _payload(assertion: str) -> dict[str, Any]:
    parsed = jws.JWS()
    try:
        parsed.deserialize(assertion)
        claims = json.loads(parsed.objects["payload"])
    except (JWException, KeyError, ValueError, RecursionError) as error:
        raise _refusal("the assertion cannot be read") from error
    if not isinstance(claims, dict) or not is_storable(claims):
        raise _refusal("the assertion cannot be read")
    return claims


def _refusal(description: str) -> OidcError:
    return OidcError("invalid_client", description, status=401)
