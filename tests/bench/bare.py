"""How quick this machine is: a view of Django that does nothing, called in this process. Writes milliseconds of CPU as JSON."""

import json
import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"")


urlpatterns = [path("nothing", nothing)]
USUAL = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def main() -> None:
    settings.configure(
        ALLOWED_HOSTS=["localhost"], ROOT_URLCONF=__name__, SECRET_KEY="s" * 50, MIDDLEWARE=[],
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    )  # fmt: skip
    import django

    django.setup()
    figures = []
    for middleware in ([], USUAL):
        settings.MIDDLEWARE = middleware
        figures.append(_cost())
    sys.stdout.write(json.dumps(figures))


def _cost() -> float:
    from django.core.handlers.wsgi import WSGIHandler

    from tests.bench.in_process import call, environ

    application, template = WSGIHandler(), environ("GET", "/nothing", {})
    return min(_batch(application, template, call) for _ in range(12))


def _batch(application: object, template: object, call: object, times: int = 200) -> float:
    import time

    start = time.process_time()
    for _ in range(times):
        call(application, template)  # type: ignore[operator]
    return (time.process_time() - start) / times * 1000


if __name__ == "__main__":
    main()
