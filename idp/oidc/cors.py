"""Which web origins may read the answers of /oidc (WHATWG Fetch; Logto's rules, section 1.5).

Discovery and keys are open. Everywhere else the origin must be the server's own, or one that the client registered, or
that of one of its redirect URIs. Preflights are always granted: they reveal nothing, and the request behind is checked.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from idp.applications import clients
from idp.oidc.errors import OidcError

_PATHS = (
    "/oidc/.well-known/", "/oidc/jwks", "/oidc/token", "/oidc/request", "/oidc/device/auth", "/oidc/me",
)  # fmt: skip


def applies_to(request: HttpRequest) -> bool:
    return "Origin" in request.headers and request.path.startswith(_PATHS)


def preflight(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    # Echoed, because `*` does not cover Authorization.
    response["Access-Control-Allow-Headers"] = request.headers.get("Access-Control-Request-Headers", "")
    response["Access-Control-Max-Age"] = "3600"
    return response


def require_allowed_origin(request: HttpRequest, client_id: str) -> None:
    """Refuse a web page that this client does not know. Raises OidcError; unknown clients are refused elsewhere."""
    origin = request.headers.get("Origin", "")
    if not origin or origin == settings.ENDPOINT or not client_id:
        return
    if not _is_allowed(origin, client_id, fresh=False) and not _is_allowed(origin, client_id, fresh=True):
        setattr(request, _REFUSED, True)
        raise OidcError("invalid_request", f"origin {origin} not allowed for client: {client_id}")


def add_headers(request: HttpRequest, response: HttpResponseBase) -> None:
    """On errors too, or the app would see a network failure instead of the error."""
    response["Vary"] = "Origin"
    if not getattr(request, _REFUSED, False):
        response["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response["Access-Control-Expose-Headers"] = "Retry-After, WWW-Authenticate"


_REFUSED = "_cors_refused"


def _is_allowed(origin: str, client_id: str, *, fresh: bool) -> bool:
    client = clients.get(client_id, fresh=fresh)
    return client is None or client.application.origin_allowed(origin)
