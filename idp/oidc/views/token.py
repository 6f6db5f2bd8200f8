import json
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict

from idp.lib import metrics
from idp.oidc import cors
from idp.oidc.client_authentication import claimed_client_id
from idp.oidc.errors import OidcError
from idp.oidc.params import body_params, single
from idp.oidc.toolkit import errors, get_oauthlib_core

_GRANT_TYPES = {"authorization_code", "refresh_token", "client_credentials", "device_code", "token-exchange"}


@lru_cache(maxsize=1)
def _server() -> Any:
    return get_oauthlib_core().server


def token(request: HttpRequest) -> HttpResponse:
    """POST /oidc/token (RFC 6749 section 3.2): codes, refresh tokens and client credentials become tokens."""
    params = body_params(request)
    grant_type = _known(params.get("grant_type", ""))
    try:
        response = _answer(request, params)
    except OidcError:
        metrics.count("token_grants", grant_type, "refused")
        raise
    metrics.count("token_grants", grant_type, "granted")
    return response


def _known(grant_type: str) -> str:
    """Without the names of the RFCs in front: `token-exchange`."""
    short = grant_type.rpartition(":")[2]
    return short if short in _GRANT_TYPES else "other"


def _answer(request: HttpRequest, params: QueryDict) -> HttpResponse:
    authorization = request.headers.get("Authorization", "")
    cors.require_allowed_origin(request, claimed_client_id(authorization, single(params)))
    # A parameter without a value counts as left out (RFC 6749 section 3.2).
    body = urlencode([(name, value) for name, values in params.lists() for value in values if value])
    try:
        _, answer, status = _server().create_token_response(
            "/oidc/token", "POST", body, {"Authorization": authorization}
        )
    except errors.OAuth2Error as error:
        raise OidcError(error.error, error.description or "", status=error.status_code) from error
    if status >= 400:
        refusal = json.loads(answer)
        raise OidcError(refusal["error"], refusal.get("error_description", ""), status=status)
    response = HttpResponse(answer, content_type="application/json")
    response["Cache-Control"] = "no-store"  # RFC 6749 section 5.1
    response["Pragma"] = "no-cache"
    return response
