"""Template tags that every page may use (built in, no {% load %} needed)."""

from django import template

from idp.lib import phones

register = template.Library()


@register.filter
def phone(digits: str | None) -> str:
    """`15551234567` as people read it: `+1 555-123-4567`."""
    return phones.readable(digits) if digits else ""
