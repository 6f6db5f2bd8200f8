"""The preview beside the forms of the sign-in experience: which page, in which state and language, is part of the request."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from idp.lib import languages
from idp.pages import preview
from idp.signin.models import SignInExperience

PAGE, STATE, LANGUAGE = "preview_page", "preview_state", "preview_language"  # beside the fields of the form


def drawn(request: HttpRequest, experience: SignInExperience, draft_stylesheet: str = "") -> HttpResponse:
    """The page that was asked for, or why nobody would meet it; what is not known is as if it were not asked for."""
    asked = request.POST if request.method == "POST" else request.GET
    known = dict(languages.names())
    language = asked.get(LANGUAGE, "")
    wish = preview.Wish(asked.get(PAGE, ""), asked.get(STATE) == "error", language if language in known else "")
    try:
        return preview.preview(request, experience, wish, draft_stylesheet)
    except preview.NoSuchPage as reason:
        return not_drawn(request, str(reason))


def not_drawn(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "console/experience/no_preview.html", {"reason": reason})


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the selects beside the preview offer."""
    return {
        "pages": [(name, title) for name, (title, _) in preview.PAGES.items()],
        "languages": languages.names(),
    }
