"""The country field of phone numbers: names in the visitor's language, and the best guess."""

from functools import lru_cache

from babel import Locale
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_supported_language_variant, to_locale

from idp.lib import phones


def choices() -> list[tuple[str, str]]:
    """(region, "Germany (+49)") by name."""
    return _choices(get_language() or "en")


def options(*, selected: str) -> SafeString:
    """The same as options of a `<select>`, one of them selected."""
    html = _options(get_language() or "en")
    if not phones.is_region(selected):
        return html
    option = f'<option value="{selected}"'
    return mark_safe(html.replace(option, f"{option} selected", 1))  # noqa: S308  both are ours


@lru_cache(maxsize=32)
def _options(language: str) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', _choices(language))


@lru_cache(maxsize=32)
def _choices(language: str) -> list[tuple[str, str]]:
    names = Locale.parse(to_locale(get_supported_language_variant(language))).territories
    named = [(str(names.get(region, region)), region, code) for region, code in phones.calling_codes()]
    return [(region, f"{name} (+{code})") for name, region, code in sorted(named)]


def in_english(region: str) -> str:
    """The name of an ISO 3166 region, for the console; an unknown one as it is written."""
    return str(Locale("en").territories.get(region, region))


def guess(request: HttpRequest) -> str:
    """The country that the browser's first language suggests; the person can change it."""
    tags = [tag.split(";")[0] for tag in request.headers.get("Accept-Language", "").split(",")]
    return next((region for tag in tags if (region := phones.region_for(tag))), "US")
