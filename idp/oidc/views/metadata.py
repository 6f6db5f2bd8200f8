"""What clients read first: discovery and keys."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from idp.applications.models import DEVICE_CODE, TOKEN_EXCHANGE
from idp.oidc.authorization.responses import RESPONSE_MODES
from idp.oidc.client_assertion import SIGNING_ALGORITHMS
from idp.oidc.scopes import CLAIMS_OF_SCOPE, USER_SCOPES
from idp.signin.acr import LEVELS
from idp.tokens.keys import ALGORITHMS, keystore

_SECRET_METHODS = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"]


def discovery(request: HttpRequest) -> HttpResponse:
    """GET /oidc/.well-known/openid-configuration (OpenID Connect Discovery 3; RFC 8414). Addresses come from ENDPOINT."""
    return JsonResponse(_document())


def jwks(request: HttpRequest) -> HttpResponse:
    """GET /oidc/jwks (RFC 7517): every public key, the next and previous ones too."""
    response = HttpResponse(keystore().jwks, content_type="application/jwk-set+json; charset=utf-8")
    response["Cache-Control"] = "no-cache, max-age=0, must-revalidate"
    return response


def _document() -> dict[str, Any]:
    issuer = settings.ISSUER
    claims = sorted(
        {name for names in CLAIMS_OF_SCOPE.values() for name in names} | {"iss", "auth_time", "acr", "amr", "sid"}
    )
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/auth",
        "device_authorization_endpoint": f"{issuer}/device/auth",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/me",
        "jwks_uri": f"{issuer}/jwks",
        "introspection_endpoint": f"{issuer}/token/introspection",
        "revocation_endpoint": f"{issuer}/token/revocation",
        "end_session_endpoint": f"{issuer}/session/end",
        "pushed_authorization_request_endpoint": f"{issuer}/request",
        "acr_values_supported": list(LEVELS),
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "claims_parameter_supported": False,
        "claim_types_supported": ["normal"],
        "claims_supported": claims,
        "code_challenge_methods_supported": ["S256"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            DEVICE_CODE,
            TOKEN_EXCHANGE,
        ],
        "id_token_signing_alg_values_supported": list(ALGORITHMS),
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "response_modes_supported": list(RESPONSE_MODES),
        "response_types_supported": ["code"],
        "scopes_supported": list(USER_SCOPES),
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": [*_SECRET_METHODS, "none"],
        "token_endpoint_auth_signing_alg_values_supported": SIGNING_ALGORITHMS,
        "introspection_endpoint_auth_methods_supported": _SECRET_METHODS,
        "introspection_endpoint_auth_signing_alg_values_supported": SIGNING_ALGORITHMS,
        "revocation_endpoint_auth_methods_supported": [*_SECRET_METHODS, "none"],
        "revocation_endpoint_auth_signing_alg_values_supported": SIGNING_ALGORITHMS,
    }
