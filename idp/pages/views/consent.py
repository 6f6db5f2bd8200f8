"""/consent: may this application know who you are?"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from idp.applications.models import Application
from idp.authorization.queries import find_resources
from idp.pages.visit import see_other
from idp.signin import interactions, services, sessions
from idp.signin.errors import SessionNotFound
from idp.signin.models import Interaction, Session

# What each scope means to the person, in their words.
_SCOPES = {
    "profile": "Your name, username and picture",
    "email": "Your email address",
    "phone": "Your phone number",
    "address": "Your postal address",
    "custom_data": "What this service has stored about you for its apps",
    "offline_access": "Stay signed in when you are away",
}


def consent(request: HttpRequest) -> HttpResponse:
    """Asks for a third-party application what it has not been allowed yet; else goes straight back to the protocol."""
    session = sessions.find_session(request)
    try:
        interaction = interactions.find_for_page(request)
        if session is None or interaction.prompt != "consent":
            raise SessionNotFound
    except SessionNotFound:
        return see_other(reverse("pages:unknown-session"))
    if not interaction.draft.get("must_ask") or interaction.result:
        services.consent(interaction, session, allowed=True)
    elif request.method == "POST":
        services.consent(interaction, session, allowed=request.POST.get("decision") == "allow")
    else:
        return _page(request, interaction, session)
    return see_other(f"{settings.ENDPOINT}{reverse('oauth2_provider:resume', args=[interaction.pk])}")


def _page(request: HttpRequest, interaction: Interaction, session: Session) -> HttpResponse:
    asks = interaction.draft
    context = {
        "application": Application.objects.get(pk=interaction.application_id),
        "user": session.user,
        "sentences": sentences(asks["scopes"]),
        "resources": list(find_resources(asks["resources"]).values()),
        "destination": _destination(asks["redirect_uri"]),
    }
    response = render(request, "pages/consent.html", context)
    response["Cache-Control"] = "no-store"
    return response


def sentences(scopes: Iterable[str]) -> list[str]:
    """What an application asks for, in words."""
    return [_SCOPES[scope] for scope in scopes if scope in _SCOPES]


def _destination(uri: str) -> str:
    """Where the person goes next: the site of a web app, the scheme of a native one."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"
