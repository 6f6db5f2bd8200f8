"""The demo app, and pages that belong to no flow."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from idp.applications.models import DEMO_APP_ID
from idp.lib.http import see_other
from idp.signin import languages, passkeys
from idp.signin.models import SignInExperience


def demo_app(request: HttpRequest) -> HttpResponse:
    """/demo-app: a single-page client of this server that shows what it gets (its script is static/js/demo-app.js)."""
    return render(request, "pages/demo_app.html", {"client_id": DEMO_APP_ID, "issuer": settings.ISSUER})


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """POST /language: this browser reads another language from now on, beginning with the page it came from."""
    code = request.POST.get("language", "")
    response = see_other(_page_again(request.POST.get("next", "")))
    if code in dict(settings.LANGUAGES):
        languages.remember(response, code)
    return response


def _page_again(address: str) -> str:
    """A path of ours, without the language that it was asked for in."""
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return "/"
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "ui_locales"]
    return urlunsplit(("", "", parts.path, urlencode(query), ""))


def unknown_session(request: HttpRequest) -> HttpResponse:
    """Nothing to go on with: to where the service wants such visitors, or the way back in words."""
    if address := SignInExperience.load().unknown_session_redirect_url:
        return HttpResponseRedirect(address)
    return render(request, "pages/unknown_session.html", status=404)


def related_origins(request: HttpRequest) -> HttpResponse:
    """/.well-known/webauthn: other origins that may use passkeys of this one (WebAuthn section 5.11)."""
    return JsonResponse({"origins": passkeys.related_origins()})
