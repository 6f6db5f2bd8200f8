"""Template tags that every page may use (built in, no {% load %} needed)."""

import json
from datetime import datetime
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.translation import get_language

from idp.lib import languages, phones

register = template.Library()


@register.filter
def phone(digits: str | None) -> str:
    """`15551234567` as people read it: `+1 555-123-4567`."""
    return phones.readable(digits) if digits else ""


@register.simple_tag
def language_names() -> list[tuple[str, str]]:
    """(code, name in the language itself) of every language: no name is translated."""
    return languages.names()


@register.filter
def language_tag(code: str) -> str:
    """Django's code of a language as the `lang` attribute has it: `zh-CN`."""
    return languages.tag(code)


@register.filter
def day(moment: datetime) -> str:
    """A date as the reader's language writes it: `24 Nov 2026`, `24. November 2026`."""
    in_english = (get_language() or "en").startswith("en")
    return date_format(moment, "j M Y" if in_english else "DATE_FORMAT")


@register.filter
def minute(moment: datetime) -> str:
    """`24 Nov 2026, 09:05`, with the date as the reader's language writes it."""
    return f"{day(moment)}, {date_format(moment, 'H:i')}"


@register.filter
def get(values: dict[str, Any], key: str) -> Any:
    """An entry of a dictionary whose key is no template name: `live|get:"redirect-uri"`."""
    return values.get(key)


@register.filter(name="json")
def as_json(value: Any) -> str:
    """For a data attribute; the template escapes it."""
    return json.dumps(value)
