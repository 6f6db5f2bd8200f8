"""What hosted pages are made of beyond their words."""

from django import template
from django.template import Context

from idp.signin import branding as brands
from idp.signin import kept

register = template.Library()
_KNOWN = "_branding"


@register.simple_tag(takes_context=True)
def branding(context: Context) -> brands.Branding:
    """`{% branding as brand %}`: for the application and organization of the page and the settings it shows, else for what is saved.

    Each block of a page asks for it; it is worked out once a request.
    """
    known = vars(context["request"]) if "request" in context else {}
    if _KNOWN not in known:
        experience = context.get("experience") or kept.settings().experience
        known[_KNOWN] = brands.of(experience, context.get("application"), context.get("organization"))
    found: brands.Branding = known[_KNOWN]
    return found
