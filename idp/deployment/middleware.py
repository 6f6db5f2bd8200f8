import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from idp.lib.outage import RETRY_AFTER, is_outage
from idp.pages.views.errors import unavailable

logger = logging.getLogger(__name__)


class OutageMiddleware:
    """While the database does not answer: 503, a page for people and JSON for programs. /oidc has its own JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_outage(exception):
            return None
        logger.error("The database does not answer", exc_info=exception)
        if "text/html" in request.headers.get("Accept", ""):
            response = unavailable(request)
        else:
            body = {"code": "system.unavailable", "message": "Try again in a moment."}
            response = JsonResponse(body, status=503)
        response["Retry-After"] = RETRY_AFTER
        response["Cache-Control"] = "no-store"
        return response
