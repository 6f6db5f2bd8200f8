import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from idp.lib import metrics, request_id
from idp.lib.middleware import ForBrowsers
from idp.lib.outage import RETRY_AFTER, is_outage
from idp.oidc.errors import OidcError, json_error
from idp.pages.views.errors import not_a_page, too_many, unavailable
from idp.verification import starts
from idp.verification.errors import TooManyStarts

logger = logging.getLogger(__name__)
requests = logging.getLogger("latchkey.requests")
# The first that fits names the group, for the metrics; what fits none is a page for people.
_GROUPS = (
    ("/oidc/token/", "introspection"), ("/oidc/token", "token"), ("/oidc/me", "userinfo"), ("/oidc/auth", "authorize"),
    ("/oidc/", "oidc"), ("/api/", "api"), ("/console", "console"), ("/admin", "console"), ("/account", "account"),
    ("/static/", "static"), ("/healthz", "health"), ("/livez", "health"), ("/readyz", "health"), ("/metrics", "health"),
)  # fmt: skip


class ObservedMiddleware:
    """Around everything: a name for the request, a line in the log, and how long it took. Of the address only the path is kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        name = request_id.begin(request.META.get("HTTP_X_REQUEST_ID", ""))
        response = self.get_response(request)
        response.headers[request_id.HEADER] = name
        if request.path.startswith("/api/"):
            response.headers[request_id.LOGTO_HEADER] = name
        seconds = time.perf_counter() - started
        if settings.METRICS_TOKEN:
            metrics.observe_request(group_of(request.path), response.status_code, seconds)
        if settings.LOG_REQUESTS:
            fields = {
                "method": request.method, "path": request.path, "status": response.status_code,
                "ms": round(seconds * 1000, 1),
            }  # fmt: skip
            # Not `info()`: it would look up the stack for the place that calls, which is always this one.
            requests.handle(
                requests.makeRecord(requests.name, logging.INFO, "", 0, "request", (), None, extra={"fields": fields})
            )
        return response


def group_of(path: str) -> str:
    return next((group for prefix, group in _GROUPS if path.startswith(prefix)), "pages")


class AddressMiddleware:
    """No database of ours keeps a NUL character, so nothing is looked up by an address that has one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" not in request.path and "%00" not in request.META.get("QUERY_STRING", ""):
            return self.get_response(request)
        problem = "The address contains a null byte."
        if request.path.startswith("/oidc/"):
            return json_error(request, OidcError("invalid_request", problem))
        if request.path.startswith("/api/"):
            return JsonResponse({"code": "guard.invalid_input", "message": problem}, status=400)
        return HttpResponseBadRequest(problem, content_type="text/plain")


class FormAddressMiddleware(ForBrowsers, MiddlewareMixin):
    """What a form is sent to was opened as a page: browsers have nothing to show for an empty answer. Programs get that."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_empty = isinstance(response, HttpResponseNotAllowed) and not response.content
        if not is_empty or "text/html" not in request.headers.get("Accept", ""):
            return response
        page = not_a_page(request)
        page["Allow"] = response["Allow"]
        return page


class LaterMiddleware:
    """What may be had later, as a page for people and JSON for programs: 503 while the database does not answer, 429 for an
    address that started too much. /oidc has its own JSON.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        is_for_people = "text/html" in request.headers.get("Accept", "")
        if isinstance(exception, TooManyStarts):
            body = {"code": exception.code, "message": exception.message}
            response = too_many(request, exception) if is_for_people else JsonResponse(body, status=exception.status)
            return _later(response, str(starts.WINDOW))
        if not is_outage(exception):
            return None
        logger.error("The database does not answer", exc_info=exception)
        body = {"code": "system.unavailable", "message": "Try again in a moment."}
        return _later(unavailable(request) if is_for_people else JsonResponse(body, status=503), RETRY_AFTER)


def _later(response: HttpResponse, seconds: str) -> HttpResponse:
    response["Retry-After"] = seconds
    response["Cache-Control"] = "no-store"
    return response
