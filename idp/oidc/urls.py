"""No trailing slashes: SDKs post to these paths as they stand. Names are the toolkit's where it reverses them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from idp.oidc.errors import OidcError
from idp.oidc.views import authorize, device, metadata, pushed, session_end, token, tokens

app_name = "oauth2_provider"


def _endpoint(view: Callable[..., HttpResponse], *methods: str) -> Callable[..., HttpResponse]:
    """The view for these methods only. CSRF protection is for forms of ours, and none of these is one."""

    def endpoint(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if request.method not in methods:
            return unknown_route(request)
        return view(request, **kwargs)

    return csrf_exempt(endpoint)


@csrf_exempt
def unknown_route(request: HttpRequest, rest: str = "") -> HttpResponse:
    description = f"unrecognized route or not allowed method ({request.method} on {request.path})"
    raise OidcError("invalid_request", description, status=404)


_READ = ("GET", "HEAD")
urlpatterns = [
    path(".well-known/openid-configuration", _endpoint(metadata.discovery, *_READ), name="oidc-connect-discovery-info"),
    path(".well-known/oauth-authorization-server", _endpoint(metadata.discovery, *_READ), name="oauth-metadata"),
    path("jwks", _endpoint(metadata.jwks, *_READ), name="jwks-info"),
    path("auth", _endpoint(authorize.authorize, *_READ, "POST"), name="authorize"),
    path("auth/<str:uid>", _endpoint(authorize.resume, *_READ), name="resume"),
    path("device/auth", _endpoint(device.device_authorization, "POST"), name="device-authorization"),
    path("device", _endpoint(device.device_page, *_READ), name="device"),
    path("request", _endpoint(pushed.pushed_request, "POST"), name="pushed-request"),
    path("token", _endpoint(token.token, "POST"), name="token"),
    path("token/introspection", _endpoint(tokens.introspection, "POST"), name="introspect"),
    path("token/revocation", _endpoint(tokens.revocation, "POST"), name="revoke-token"),
    path("me", _endpoint(tokens.userinfo, *_READ, "POST"), name="user-info"),
    path("session/end", _endpoint(session_end.session_end, *_READ, "POST"), name="rp-initiated-logout"),
    path("session/end/success", _endpoint(session_end.signed_out, *_READ), name="signed-out"),
    path("<path:rest>", unknown_route),
]
