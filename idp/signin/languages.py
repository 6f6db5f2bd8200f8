"""Which language a person reads: `ui_locales` (OpenID Connect Core 3.1.2.1), the cookie, the browser's, the default."""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from idp.audit.services import record
from idp.lib import languages
from idp.lib.http import is_for_machines
from idp.signin import kept, phrases
from idp.signin.models import CustomPhrases

# Pages for administrators and answers for machines are English.
_ENGLISH = ("/console", "/admin")
_YEAR = 365 * 24 * 3600


class LanguageMiddleware:
    """Activate the language of each request; a thread must not keep that of its last one."""

    def __init__(self, get_response):  # type: ignore[no-untyped-def]
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(_ENGLISH) or (is_for_machines(request) and not request.path.startswith("/api/")):
            translation.activate("en")
            return self.get_response(request)
        current = kept.settings()
        asked = languages.supported(request.GET.get("ui_locales", "").split())
        _speak(asked or _preferred(request, current), current)
        response: HttpResponseBase = self.get_response(request)
        if asked and request.COOKIES.get(languages.COOKIE) != asked:
            _set_cookie(response, asked, None)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", languages.tag(translation.get_language() or "en"))
        return response


def activate(code: str) -> None:
    """Speak this language in this thread, with the phrases that administrators chose."""
    _speak(code, kept.settings())


def remember(response: HttpResponseBase, code: str) -> None:
    """The person chose this language: it holds for a year in this browser."""
    _set_cookie(response, code, _YEAR)


def save_phrases(*, by: str, language: str, changes: dict[str, str]) -> None:
    """Say these sentences of one language in other words; one that is missing or empty is said as it comes.

    `changes` maps the English sentence to its text. Raises PhraseInvalid, LanguageUnknown.
    """
    clean = phrases.check(language, changes)
    with transaction.atomic():
        if clean:
            CustomPhrases.objects.update_or_create(language=language, defaults={"translation": clean})
        else:
            CustomPhrases.objects.filter(pk=language).delete()
        record("custom_phrases.updated", by=by, target=f"language:{language}", count=len(clean))
        transaction.on_commit(kept.forget)


def _speak(code: str, current: kept.Kept) -> None:
    phrases.install(code, current.phrases.get(code, {}))
    translation.activate(code)


def _preferred(request: HttpRequest, current: kept.Kept) -> str:
    info = current.experience.language_info
    accepted = languages.accepted(request) if info.get("autoDetect", True) else []
    wanted = [request.COOKIES.get(languages.COOKIE, ""), *accepted, info.get("fallbackLanguage", "")]
    return languages.supported(wanted) or "en"


def _set_cookie(response: HttpResponseBase, code: str, max_age: int | None) -> None:
    response.set_cookie(languages.COOKIE, code, max_age=max_age, samesite="Lax", httponly=True, secure=settings.SECURE)
