"""/consent: may this application know who you are?"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from idp.applications.models import Application
from idp.authorization.queries import find_resources
from idp.authorization.sentences import asked_for
from idp.lib.http import see_other
from idp.signin import interactions, services, sessions
from idp.signin.errors import SessionNotFound
from idp.signin.models import Interaction, Session


def consent(request: HttpRequest) -> HttpResponse:
    """Asks for a third-party application what it has not been allowed yet; else goes straight back to the protocol.

    An answer is to what its page asked: in another window the application may have asked for more since. Somebody else who
    signed in since is asked anew.
    """
    session = sessions.find_session(request)
    try:
        interaction = interactions.find_for_page(request)
        if session is None or interaction.prompt != "consent" or "must_ask" not in interaction.draft:
            raise SessionNotFound
    except SessionNotFound:
        return see_other(reverse("pages:unknown-session"))
    if interaction.draft.get("user") != session.user_id:
        return see_other(_back(request, reverse("oauth2_provider:resume", args=[interaction.pk])))
    if not interaction.draft["must_ask"] or interaction.result:
        services.consent(interaction, session, allowed=True)
    elif request.method == "POST" and request.POST.get("asked") == interaction.pk:
        services.consent(interaction, session, allowed=request.POST.get("decision") == "allow")
    else:
        return _page(request, interaction, session)
    return see_other(_back(request, reverse("oauth2_provider:resume", args=[interaction.pk])))


def _back(request: HttpRequest, path: str) -> str:
    """At the endpoint (clients know the hop as an absolute address); at the same host when that is another name for it, such
    as 127.0.0.1 on a laptop: the cookies are there.
    """
    return f"{settings.ENDPOINT}{path}" if request.get_host() == urlsplit(settings.ENDPOINT).netloc else path


def _page(request: HttpRequest, interaction: Interaction, session: Session) -> HttpResponse:
    asks = interaction.draft
    context = {
        "asked": interaction.pk,
        "application": Application.objects.get(pk=interaction.application_id),
        "user": session.user,
        "sentences": asked_for(asks["scopes"]),
        "resources": list(find_resources(asks["resources"]).values()),
        "destination": _destination(asks["redirect_uri"]),
    }
    response = render(request, "pages/consent.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _destination(uri: str) -> str:
    """Where the person goes next: the site of a web app, the scheme of a native one."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else parts.scheme
