"""Pushed authorization requests (RFC 9126)."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from idp.oidc import cors
from idp.oidc.authorization.checks import check
from idp.oidc.authorization.request import AuthorizationRequest
from idp.oidc.client_authentication import authenticate, claimed_client_id
from idp.oidc.errors import OidcError
from idp.oidc.params import body_params, single
from idp.tokens.requests import PUSHED_LIFETIME, push_request
from idp.verification import starts


def pushed_request(request: HttpRequest) -> HttpResponse:
    """POST /oidc/request: authenticate, check as at the authorization endpoint, and hand out a request_uri."""
    params = body_params(request)
    authorization = request.headers.get("Authorization", "")
    cors.require_allowed_origin(request, claimed_client_id(authorization, single(params)))
    client = authenticate(authorization, single(params))
    if "request_uri" in params:
        raise OidcError("invalid_request", "request_uri parameter must not be pushed")
    asked = AuthorizationRequest.read(params)
    asked.params["client_id"] = client.application.client_id
    stored = asked.store()
    check(asked)
    starts.take("request", client.application.pk)
    response = JsonResponse(
        {
            "request_uri": push_request(application=client.application, params=stored),
            "expires_in": int(PUSHED_LIFETIME.total_seconds()),
        },
        status=201,
    )
    response["Cache-Control"] = "no-store"
    return response
