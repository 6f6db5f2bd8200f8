from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from idp.audit.caller import Caller, set_caller
from idp.lib.http import client_address


class CallerMiddleware:
    """Remember who calls, for the audit rows and send limits of this request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        set_caller(Caller(client_address(request), request.META.get("HTTP_USER_AGENT", "")[:400]))
        return self.get_response(request)
