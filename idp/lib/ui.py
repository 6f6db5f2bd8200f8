"""Template tags that every page may use (built in, no {% load %} needed)."""

import json
from typing import Any

from django import template

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
def get(values: dict[str, Any], key: str) -> Any:
    """An entry of a dictionary whose key is no template name: `live|get:"redirect-uri"`."""
    return values.get(key)


@register.filter(name="json")
def as_json(value: Any) -> str:
    """For a data attribute; the template escapes it."""
    return json.dumps(value)
