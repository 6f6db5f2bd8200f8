"""Django's middleware for browsers, stepping aside for requests that machines make.

Sessions, CSRF and content policies cost a third of a token request and serve none. Each class below is Django's
own with that one condition in front, so the order in settings.MIDDLEWARE still reads as usual. The first of a row sends a
machine's request past all of them.
"""

from typing import Any

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django_htmx.middleware import HtmxMiddleware

from idp.lib.http import is_for_machines


class ForBrowsers:
    """Mixin: skip the middleware for machine paths."""

    _past_browsers: Any = None  # what comes after the row

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)  # type: ignore[call-arg]
        following = getattr(get_response, "__wrapped__", None)  # convert_exception_to_response wraps each of them
        self._past_browsers = following._past_browsers if isinstance(following, ForBrowsers) else get_response

    def __call__(self, request: HttpRequest) -> Any:
        if is_for_machines(request):
            return self._past_browsers(request)
        return super().__call__(request)  # type: ignore[misc]

    def process_view(self, request: HttpRequest, *args: Any) -> Any:
        inner = getattr(super(), "process_view", None)
        return None if inner is None or is_for_machines(request) else inner(request, *args)


class BrowserSession(ForBrowsers, SessionMiddleware):
    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """An answer that says that the database is gone must not ask it for the session.

        A request that nobody made by hand (`unattended`) leaves the session as old as it is.
        """
        unattended = getattr(request, "unattended", False) and not request.session.modified
        return response if unattended or response.status_code >= 500 else super().process_response(request, response)


class BrowserCommon(ForBrowsers, CommonMiddleware): ...


class BrowserCsrf(ForBrowsers, CsrfViewMiddleware): ...


class BrowserAuthentication(ForBrowsers, AuthenticationMiddleware): ...


class BrowserMessages(ForBrowsers, MessageMiddleware): ...


class BrowserFrameOptions(ForBrowsers, XFrameOptionsMiddleware): ...


class BrowserContentPolicy(ForBrowsers, CSPMiddleware): ...


class BrowserHtmx(ForBrowsers, HtmxMiddleware): ...
