"""Which web origins may read the answers of the Account API: those of the application that the access token is for.

Logto lets every origin in (section 1.5); a token that leaked to a page is worth less here. Preflights are always granted:
they reveal nothing, and the request behind is checked.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from idp.api.errors import OriginRefused
from idp.applications.models import Application

_PATHS = ("/api/my-account", "/api/verifications")
_REFUSED = "_cors_refused"


def require_allowed_origin(request: HttpRequest, application: Application) -> None:
    """Raises OriginRefused."""
    origin = request.headers.get("Origin", "")
    if origin and origin != settings.ENDPOINT and not application.origin_allowed(origin):
        setattr(request, _REFUSED, True)
        raise OriginRefused


class AccountApiMiddleware:
    """What every answer has in common: nobody keeps it, and CORS; on errors too, or the app would see a network failure."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(_PATHS):
            return self.get_response(request)
        from_page = "Origin" in request.headers
        response = _granted(request) if from_page and request.method == "OPTIONS" else self.get_response(request)
        response["Cache-Control"] = "no-store"
        if from_page:
            response["Vary"] = "Origin"
            if not getattr(request, _REFUSED, False):
                response["Access-Control-Allow-Origin"] = request.headers["Origin"]
        return response


def _granted(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
    response["Access-Control-Allow-Headers"] = request.headers.get("Access-Control-Request-Headers", "")
    response["Access-Control-Max-Age"] = "3600"
    return response
