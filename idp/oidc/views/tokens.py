"""Endpoints that take a token: userinfo, introspection, revocation."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from idp.oidc import cors
from idp.oidc.claims import userinfo_claims
from idp.oidc.client_authentication import authenticate, claimed_client_id
from idp.oidc.errors import OidcError
from idp.oidc.params import body_params, single
from idp.tokens import services as tokens
from idp.tokens.models import AccessToken, RefreshToken


def userinfo(request: HttpRequest) -> HttpResponse:
    """GET or POST /oidc/me (OpenID Connect Core 5.3) with an opaque access token that has `openid`."""
    value = _bearer_token(request)
    token = tokens.find_access_token(value)
    if token is None:
        raise OidcError("invalid_token", "access token is missing, unknown, expired or revoked", status=401)
    if "Origin" in request.headers:
        cors.require_allowed_origin(request, str(token.application_id))
    scopes = token.scope.split()
    if "openid" not in scopes:
        raise OidcError("insufficient_scope", "access token missing openid scope", status=403)
    response = JsonResponse(userinfo_claims(token.user, scopes))
    response["Cache-Control"] = "no-store"
    return response


def introspection(request: HttpRequest) -> HttpResponse:
    """POST /oidc/token/introspection (RFC 7662), for clients with a secret. JWTs are checked with the keys instead."""
    params = single(body_params(request))
    cors.require_allowed_origin(request, claimed_client_id(_authorization(request), params))
    authenticate(_authorization(request), params, secret_required=True)
    value = _token_param(params)
    response = JsonResponse(_introspect(value))
    response["Cache-Control"] = "no-store"
    return response


def revocation(request: HttpRequest) -> HttpResponse:
    """POST /oidc/token/revocation (RFC 7009): revoking one token ends its whole grant. Unknown tokens are 200 as well."""
    params = single(body_params(request))
    cors.require_allowed_origin(request, claimed_client_id(_authorization(request), params))
    client = authenticate(_authorization(request), params)
    value = _token_param(params)
    token = tokens.find_refresh_token(value) or tokens.find_access_token(value)
    if token is not None and token.application_id == client.application.pk:
        tokens.revoke_token(token=token, reason="revoked by the client")
    return HttpResponse(b"", content_type="text/plain")


def _introspect(value: str) -> dict[str, Any]:
    token: AccessToken | RefreshToken | None = tokens.find_access_token(value)
    if token is None:
        token = tokens.find_refresh_token(value)
        if token is None or token.is_dead or token.consumed_at is not None or token.user.is_suspended:
            return {"active": False}
    return {
        "active": True,
        "sub": token.user_id,
        "client_id": token.application_id,
        "scope": token.scope,
        "iat": int(token.created.timestamp()),
        "exp": int(token.expires.timestamp()),
        "iss": settings.ISSUER,
        **({"token_type": "Bearer"} if isinstance(token, AccessToken) else {}),
        **({"act": token.act} if isinstance(token, AccessToken) and token.act else {}),
    }


def _token_param(params: dict[str, Any]) -> str:
    value = str(params.get("token", ""))
    if not value:
        raise OidcError("invalid_request", "missing required parameter 'token'")
    if value.count(".") == 2:
        raise OidcError("unsupported_token_type", "JWT access tokens are not stored; verify them with the keys")
    return value


def _bearer_token(request: HttpRequest) -> str:
    """From the header, or the body of a POST (RFC 6750 sections 2.1, 2.2), but not both; never from the URL."""
    scheme, _, from_header = _authorization(request).partition(" ")
    from_body = body_params(request).get("access_token", "") if request.method == "POST" else ""
    if from_header and from_body:
        raise OidcError("invalid_request", "access token must only be provided using one mechanism")
    return from_header.strip() if scheme.lower() == "bearer" else str(from_body)


def _authorization(request: HttpRequest) -> str:
    return request.headers.get("Authorization", "")
