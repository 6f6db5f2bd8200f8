import pytest
from django.conf import settings as configured
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from pytest_django import Settings

from idp.lib.http import client_address
from idp.lib.middleware import BrowserCommon, BrowserFrameOptions, BrowserHtmx


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"")


def stack() -> BrowserCommon:
    """As Django builds it: from the inside, each wrapped."""
    inner = convert_exception_to_response(view)
    for middleware in (BrowserHtmx, BrowserFrameOptions):
        inner = convert_exception_to_response(middleware(inner))
    return BrowserCommon(inner)


def request(path: str) -> HttpRequest:
    made = HttpRequest()
    made.path = made.path_info = path
    made.META |= {"SERVER_NAME": "testserver", "SERVER_PORT": "80"}
    made.method = "GET"
    return made


def test_a_page_goes_through_all_of_them() -> None:
    asked = request("/sign-in")
    response = stack()(asked)
    assert response.headers["X-Frame-Options"] == configured.X_FRAME_OPTIONS
    assert hasattr(asked, "htmx")


@pytest.mark.parametrize("path", ["/oidc/token", "/oidc/me", "/api/my-account", "/healthz"])
def test_a_machine_goes_past_all_of_them(path: str) -> None:
    asked = request(path)
    response = stack()(asked)
    assert "X-Frame-Options" not in response.headers
    assert not hasattr(asked, "htmx")


def test_one_call_leads_past_a_row_of_them() -> None:
    outermost = stack()
    assert outermost._past_browsers.__wrapped__ is view


def test_an_address_has_room_in_the_database(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    asked = request("/")
    asked.META["HTTP_X_FORWARDED_FOR"] = f"192.0.2.1, {'x' * 500}"
    assert client_address(asked) == "x" * 64


def test_the_settings_have_them_in_one_row() -> None:
    """One in between would be called for machines, and end the row."""
    browsers = [hasattr(import_string(name), "_past_browsers") for name in configured.MIDDLEWARE]
    assert browsers == sorted(browsers)
    assert sum(browsers) > 5
