"""Which language a person reads: `ui_locales` (OpenID Connect Core 3.1.2.1), the cookie, the browser's, the default."""

import time
from dataclasses import dataclass, field

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from idp.audit.services import record
from idp.lib import languages
from idp.lib.http import is_for_machines
from idp.lib.outage import is_outage
from idp.signin import phrases
from idp.signin.models import CustomPhrases, SignInExperience

_MAX_AGE = 2.0  # seconds
_VERSION_KEY = "languages.version"
# Pages for administrators and answers for machines are English.
_ENGLISH = ("/console", "/admin")
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class _Settings:
    """What every request asks for, kept in the process for a moment."""

    version: int
    auto_detect: bool
    fallback: str
    phrases: dict[str, dict[str, str]]
    loaded_at: float = field(default_factory=time.monotonic)


_kept: list[_Settings] = []


class LanguageMiddleware:
    """Activate the language of each request; a thread must not keep that of its last one."""

    def __init__(self, get_response):  # type: ignore[no-untyped-def]
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(_ENGLISH) or (is_for_machines(request) and not request.path.startswith("/api/")):
            translation.activate("en")
            return self.get_response(request)
        asked = languages.supported(request.GET.get("ui_locales", "").split())
        activate(asked or _preferred(request))
        response: HttpResponseBase = self.get_response(request)
        if asked and request.COOKIES.get(languages.COOKIE) != asked:
            _set_cookie(response, asked, None)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", languages.tag(translation.get_language() or "en"))
        return response


def activate(code: str) -> None:
    """Speak this language in this thread, with the phrases that administrators chose."""
    phrases.install(code, _settings().phrases.get(code, {}))
    translation.activate(code)


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
        transaction.on_commit(forget)


def forget() -> None:
    """Read languages and phrases again, here and in every process that shares the cache."""
    _kept.clear()
    cache.add(_VERSION_KEY, 0, timeout=None)
    cache.incr(_VERSION_KEY)


def default_language() -> str:
    return _settings().fallback


def _preferred(request: HttpRequest) -> str:
    kept = _settings()
    wanted = [request.COOKIES.get(languages.COOKIE, ""), *(languages.accepted(request) if kept.auto_detect else [])]
    return languages.supported(wanted) or kept.fallback


def _settings() -> _Settings:
    version = int(cache.get(_VERSION_KEY, 0))
    if _kept and _kept[0].version == version and time.monotonic() - _kept[0].loaded_at < _MAX_AGE:
        return _kept[0]
    try:
        loaded = _load(version)
    except DatabaseError as error:
        if not is_outage(error):
            raise
        # The page that says so is worth having in some language.
        return _kept[0] if _kept else _Settings(version, auto_detect=True, fallback="en", phrases={})
    _kept[:] = [loaded]
    return loaded


def _load(version: int) -> _Settings:
    info = SignInExperience.objects.filter(pk="default").values_list("language_info", flat=True).first() or {}
    return _Settings(
        version=version,
        auto_detect=info.get("autoDetect", True),
        fallback=languages.supported([info.get("fallbackLanguage", "en")]) or "en",
        phrases=dict(CustomPhrases.objects.values_list("language", "translation")),
    )


def _set_cookie(response: HttpResponseBase, code: str, max_age: int | None) -> None:
    response.set_cookie(languages.COOKIE, code, max_age=max_age, samesite="Lax", httponly=True, secure=settings.SECURE)
