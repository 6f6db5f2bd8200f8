"""Pages for people who cannot go on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came from elsewhere, or cookies are off (settings.CSRF_FAILURE_VIEW)."""
    return render(request, "pages/error.html", {"title": "We could not accept that form"}, status=403)
