"""The OAuth server behind /oidc/token: the toolkit's grants with our tokens.

Only the grants that this server supports are listed; what is not listed does not exist.
"""

import time
from typing import Any

from django.conf import settings

from idp.applications.models import DEVICE_CODE, TOKEN_EXCHANGE
from idp.lib.ids import opaque_token, standard_id
from idp.oidc.audience import TokenSpec, token_spec
from idp.oidc.grants.device_code import DeviceCodeGrant
from idp.oidc.grants.token_exchange import TokenExchangeGrant
from idp.oidc.toolkit import BearerToken, OAuth2Token, OAuthServer, Request, errors
from idp.tokens.keys import keystore


class AccessTokenIssuer(BearerToken):
    """Creates the token answer: an opaque token for our own endpoints, a JWT for an API (RFC 9068)."""

    __slots__ = ()

    def create_token(self, request: Request, refresh_token: bool = False, **_: Any) -> dict[str, Any]:
        spec = token_spec(request)
        request.token_spec = spec
        token = {
            "access_token": _jwt(request, spec) if spec.audience else opaque_token(),
            "expires_in": spec.expires_in,
            "token_type": "Bearer",
            "scope": spec.scope,
        }
        if refresh_token and (fresh := self._refresh_token(request)):
            token["refresh_token"] = fresh
        return OAuth2Token(token)

    def _refresh_token(self, request: Request) -> str:
        """A new one, the presented one again, or none (offline_access was not granted)."""
        if request.grant_type == "refresh_token":
            rotate = self.request_validator.rotate_refresh_token(request)
            return opaque_token() if rotate else str(request.refresh_token)
        always = request.client.always_issue_refresh_token
        return opaque_token() if always or "offline_access" in request.scopes else ""


def _jwt(request: Request, spec: TokenSpec) -> str:
    now = int(time.time())
    subject = request.user.pk if request.grant_type != "client_credentials" else request.client.client_id
    claims = {
        "jti": standard_id(),
        "sub": subject,
        "iat": now,
        "exp": now + spec.expires_in,
        "scope": spec.scope,
        "client_id": request.client.client_id,
        "iss": settings.ISSUER,
        "aud": spec.audience,
    }
    if spec.organization_id:
        claims["organization_id"] = spec.organization_id
    if act := vars(request).get("act"):  # not request.act, which may be a parameter of the body
        claims["act"] = act  # RFC 8693 section 4.1
    if grant := vars(request).get("grant_row"):
        claims["grant_id"] = grant.pk  # to be exchanged only while the grant lives (tokens.subjects)
    return keystore().signer("ES384").sign(claims, typ="at+jwt")


class UnsupportedGrant:
    """Answers every grant type that is not in the server's table."""

    def create_token_response(self, request: Request, _token_handler: Any) -> None:
        if not request.grant_type:
            raise errors.InvalidRequestError(description="missing required parameter grant_type", request=request)
        raise errors.UnsupportedGrantTypeError(description="unsupported grant_type requested", request=request)


class Server(OAuthServer):
    def __init__(self, request_validator: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(request_validator, *args, **kwargs)
        self.bearer = AccessTokenIssuer(request_validator)
        self._default_token_type = self.bearer
        self._grant_types = {
            "authorization_code": self.openid_connect_auth,  # without the toolkit's dispatcher, which asks the database twice
            "refresh_token": self.refresh_grant,
            "client_credentials": self.credentials_grant,
            DEVICE_CODE: DeviceCodeGrant(request_validator),
            TOKEN_EXCHANGE: TokenExchangeGrant(request_validator),
        }

    @property
    def default_grant_type_handler(self) -> UnsupportedGrant:
        return UnsupportedGrant()
