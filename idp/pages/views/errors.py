"""Pages for people who cannot go on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from idp.lib.errors import DomainError
from idp.signin import cookies


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came from elsewhere, or cookies are off (settings.CSRF_FAILURE_VIEW)."""
    context = {
        "title": _("We could not accept that form"),
        "text": _(
            "It was open for too long, or your browser does not send cookies. Allow cookies, go back and try again."
        ),
    }
    return render(request, "pages/error.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    context = {
        "title": _("There is no such page"),
        "text": _("Check the address, or go back to the app you came from."),
    }
    return render(request, "pages/error.html", context, status=404)


def not_a_page(request: HttpRequest) -> HttpResponse:
    """The address of a form, opened as a page (idp.deployment.middleware). A sign-in that is under way goes on."""
    context = {
        "title": _("There is no such page"),
        "text": _("Check the address, or go back to the app you came from."),
        "way_on": reverse("pages:sign-in" if cookies.interactions_of(request) else "pages:home"),
        "way_on_label": _("Continue"),
    }
    return render(request, "pages/error.html", context, status=405)


def server_error(request: HttpRequest) -> HttpResponse:
    context = {"title": _("Something broke on our side"), "text": _("It has been logged. Try again in a moment.")}
    return render(request, "pages/error.html", context, status=500)


def too_many(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Their network started too much (idp.deployment.middleware)."""
    return render(
        request,
        "pages/error.html",
        {"title": _("We cannot answer just now"), "text": error.message},
        status=error.status,
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database does not answer (idp.deployment.middleware)."""
    context = {
        "title": _("We cannot answer just now"),
        "text": _(
            "Nothing is lost. Wait a few seconds, then load this page again or go back and press the button again."
        ),
    }
    return render(request, "pages/error.html", context, status=503)
