"""Device authorization (RFC 8628): the device's own endpoint, and the way from the sign-in pages to the question."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from idp.applications.models import DEVICE_CODE
from idp.lib.http import see_other
from idp.oidc import cors
from idp.oidc.authorization.checks import FOR_A_DEVICE
from idp.oidc.authorization.request import AuthorizationRequest
from idp.oidc.client_authentication import authenticate, claimed_client_id
from idp.oidc.errors import OidcError
from idp.oidc.params import body_params, query_params, single
from idp.oidc.views.own_page import start_session
from idp.signin import cookies, interactions
from idp.signin.models import Interaction
from idp.tokens import devices
from idp.tokens.models import DeviceCode
from idp.verification import starts


def device_authorization(request: HttpRequest) -> HttpResponse:
    """POST /oidc/device/auth (sections 3.1, 3.2): a code for the device and a short one for its person."""
    params = body_params(request)
    authorization = request.headers.get("Authorization", "")
    cors.require_allowed_origin(request, claimed_client_id(authorization, single(params)))
    client = authenticate(authorization, single(params))
    if not client.application.allows_grant_type(DEVICE_CODE):
        raise OidcError("unauthorized_client", "device flow is not enabled for this client")
    asked = AuthorizationRequest.read(params)
    asked.application = client.application
    for rule in FOR_A_DEVICE:
        rule(asked)
    starts.take("device", client.application.pk)
    device_code, device = devices.start(
        application=client.application, scope=" ".join(asked.scopes), resource=asked.resources
    )
    response = JsonResponse(_answer(device_code, device))
    response["Cache-Control"] = "no-store"
    return response


def _answer(device_code: str, device: DeviceCode) -> dict[str, Any]:
    page = f"{settings.ENDPOINT}/device"
    return {
        "device_code": device_code,
        "user_code": device.user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?{urlencode({'user_code': device.user_code})}",
        "expires_in": int(devices.LIFETIME.total_seconds()),
        "interval": device.interval,
    }


def device_page(request: HttpRequest) -> HttpResponse:
    """GET /oidc/device: Logto's other address of the page where people type the code."""
    code = query_params(request).get("user_code", "")
    return see_other(f"/device?{urlencode({'user_code': code})}" if code else "/device")


def resume(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """The person has signed in for a device: a session, and on to the question, which is never skipped (section 5.4)."""
    app_id = {"app_id": interaction.application_id}
    if not interaction.result:
        return see_other(f"{'/sign-in' if interaction.prompt == 'login' else '/device/confirm'}?{urlencode(app_id)}")
    session, token = start_session(request, interaction)
    question = interactions.start_for_device(
        application_id=interaction.application_id, device_id=interactions.device_of(interaction) or 0, prompt="device"
    )
    response = see_other(f"/device/confirm?{urlencode(app_id)}")
    cookies.remember_interaction(request, response, question)
    cookies.remember_session(response, session, token)
    return response
