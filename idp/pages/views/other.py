"""Consent, the demo app, and pages that belong to no flow."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from idp.applications.models import DEMO_APP_ID
from idp.pages.visit import see_other
from idp.signin import interactions, services, sessions
from idp.signin.errors import SessionNotFound


def consent(request: HttpRequest) -> HttpResponse:
    """/consent: our own applications need no question, so this goes straight back to the protocol."""
    session = sessions.find_session(request)
    try:
        interaction = interactions.find_for_page(request)
        services.consent(interaction, session)
    except SessionNotFound:
        return see_other(reverse("pages:unknown-session"))
    return see_other(f"{settings.ENDPOINT}{reverse('oauth2_provider:resume', args=[interaction.pk])}")


def demo_app(request: HttpRequest) -> HttpResponse:
    """/demo-app: a single-page client of this server that shows what it gets (its script is static/js/demo-app.js)."""
    return render(request, "pages/demo_app.html", {"client_id": DEMO_APP_ID, "issuer": settings.ISSUER})


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html")


def unknown_session(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/unknown_session.html", status=404)
