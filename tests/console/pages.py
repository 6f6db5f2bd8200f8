"""Pages of the console: their addresses, what they say, and the application that many of them are about."""

from typing import Any

from django.urls import reverse

from idp.applications.models import Application
from idp.applications.services import create_application


def page(response: Any) -> str:
    return str(response.content.decode())


def application(type: str = "Native", **settings: Any) -> Application:
    return create_application(by="test", name="Bookstore", type=type, **settings)


def url(name: str, *args: Any) -> str:
    return reverse(f"console:{name}", args=args)


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())
