from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from idp.audit.caller import DEVICE_COOKIE, NOBODY, Caller, set_caller
from idp.lib.http import client_address
from idp.lib.ids import digest


class CallerMiddleware:
    """Remember who calls, for the audit rows and send limits of this request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        device = request.COOKIES.get(DEVICE_COOKIE, "")
        agent = request.META.get("HTTP_USER_AGENT", "")[:400]
        set_caller(Caller(client_address(request), agent, digest(device) if device else ""))
        try:
            return self.get_response(request)
        finally:
            set_caller(NOBODY)
