"""The languages of hosted pages and messages, by Django's codes, and how tags of elsewhere (BCP 47) find one of them."""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

COOKIE = "latchkey_language"
_TAGS = {"zh-hans": "zh-CN", "zh-hant": "zh-TW", "pt-br": "pt-BR"}  # where the usual tag is not the code itself


def supported(tags: Iterable[str]) -> str | None:
    """The first of these tags that there is a language for: `de-AT` finds `de`, `zh-CN` finds `zh-hans`; or None."""
    for tag in tags:
        try:
            return get_supported_language_variant(tag.strip().lower())
        except LookupError:
            continue
    return None


def accepted(request: HttpRequest) -> list[str]:
    """The tags of the Accept-Language header (RFC 9110 section 12.5.4), the most wanted first."""
    return [tag for tag, _ in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]


def tag(code: str) -> str:
    """The BCP 47 tag that others know a language by: `pt-BR`, `zh-CN`."""
    return _TAGS.get(code, code)


def names() -> list[tuple[str, str]]:
    """(code, name in the language itself), as settings.LANGUAGES lists them."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]
