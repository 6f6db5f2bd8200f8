import logging
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase

from idp.lib.conflicts import is_orphan
from idp.lib.outage import RETRY_AFTER, is_outage
from idp.oidc import cors
from idp.oidc.errors import OidcError, json_error, page_or_json
from idp.oidc.params import MAX_BODY
from idp.verification import starts
from idp.verification.errors import TooManyStarts

logger = logging.getLogger(__name__)
# People open these in a browser, so what goes wrong there is a page.
_PAGE_PATHS = ("/oidc/auth", "/oidc/session")


class OidcMiddleware:
    """What every answer under /oidc has in common: CORS headers, a size limit, and errors in one form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/oidc/"):
            return self.get_response(request)
        response = self._answer(request)
        if isinstance(response, HttpResponse) and response.status_code != HTTPStatus.NO_CONTENT:
            # Without it the answer would go out in chunks.
            response.headers.setdefault("Content-Length", str(len(response.content)))
        if cors.applies_to(request):
            cors.add_headers(request, response)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "OPTIONS" and cors.applies_to(request):
            return cors.preflight(request)
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
            return json_error(request, OidcError("invalid_request", "request entity too large", status=413))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not request.path.startswith("/oidc/"):
            return None
        is_page = request.path.startswith(_PAGE_PATHS)
        is_later = is_outage(exception) or isinstance(exception, TooManyStarts)
        if not is_later:
            return (page_or_json if is_page else json_error)(request, _as_oidc_error(exception))
        if is_page and "text/html" in request.headers.get("Accept", ""):
            return None  # there is one page for each: idp.deployment.middleware
        if isinstance(exception, TooManyStarts):
            return _slow_down(request)
        logger.error("The database does not answer", exc_info=exception)
        response = json_error(request, OidcError("temporarily_unavailable", "try again in a moment", status=503))
        response["Retry-After"] = RETRY_AFTER
        return response


def _slow_down(request: HttpRequest) -> HttpResponse:
    """RFC 9126 section 2.3 has the status, RFC 8628 section 3.5 the error."""
    description = f"too many requests from this address; wait {starts.WINDOW} seconds"
    response = json_error(request, OidcError("slow_down", description, status=HTTPStatus.TOO_MANY_REQUESTS))
    response["Retry-After"] = str(starts.WINDOW)
    return response


def _as_oidc_error(exception: Exception) -> OidcError:
    if isinstance(exception, OidcError):
        return exception
    if isinstance(exception, SuspiciousOperation | BadRequest | MultiPartParserError):
        return OidcError("invalid_request", "the request could not be read")
    if is_orphan(exception):
        return OidcError("invalid_request", "the person or the application was deleted a moment ago")
    logger.error("Unexpected error under /oidc", exc_info=exception)
    return OidcError("server_error", "oops! something went wrong", status=500)
