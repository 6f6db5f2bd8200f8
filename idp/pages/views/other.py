"""The demo app, and pages that belong to no flow."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from idp.applications.models import DEMO_APP_ID


def demo_app(request: HttpRequest) -> HttpResponse:
    """/demo-app: a single-page client of this server that shows what it gets (its script is static/js/demo-app.js)."""
    return render(request, "pages/demo_app.html", {"client_id": DEMO_APP_ID, "issuer": settings.ISSUER})


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html")


def unknown_session(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/unknown_session.html", status=404)
