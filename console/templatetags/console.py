from typing import Any

from django import template
from django.conf import settings

from connectors.registry import UnknownConnector, kind
from console.access import may_open
from console.navigation import SECTIONS, Item
from console.preview import choices
from console.undo import take
from idp.messaging.models import SentMessage

register = template.Library()
_USES = {
    "SignIn": "Sign-in", "Register": "Sign-up", "ForgotPassword": "Password reset", "Generic": "Test or general code",
    "OrganizationInvitation": "Invitation", "UserPermissionValidation": "Proof of identity",
    "BindNewIdentifier": "New address or number", "MfaVerification": "Second step", "BindMfa": "Second step set-up",
}  # fmt: skip


@register.simple_tag(takes_context=True)
def navigation(context: dict[str, Any]) -> list[dict[str, Any]]:
    """The sections of the rail that this role may look at, the current page marked."""
    match = context["request"].resolver_match
    here = match.url_name if match and match.url_name else ""
    sections = []
    for section in SECTIONS:
        items = [
            {
                "title": item.title,
                "icon": item.icon,
                "url_name": f"console:{item.url_name}",
                "current": _is(item, here),
                "key": item.key,
            }
            for item in section.items
            if may_open(context["request"], item.url_name) and not (item.development_only and settings.PRODUCTION)
        ]
        if items:
            sections.append({"title": section.title, "links": items})
    return sections


@register.inclusion_tag("_components/undo.html", takes_context=True)
def undo(context: dict[str, Any]) -> dict[str, Any]:
    return {"undo": take(context["request"])}


@register.filter
def usage(type: str) -> str:
    """What a message is for: `ForgotPassword` is a password reset. Types of templates that nobody wrote down stay as they are."""
    return _USES.get(type, type)


@register.filter
def sender(message: SentMessage, labels: dict[str, str]) -> str:
    """The connector that a message went through, by its label; one that is gone, by its kind."""
    try:
        return labels.get(message.connector) or kind(message.kind).name
    except UnknownConnector:
        return message.kind


@register.simple_tag
def preview_choices() -> dict[str, list[tuple[str, str]]]:
    return choices()


def _is(item: Item, here: str) -> bool:
    return here == item.prefix or here.startswith(f"{item.prefix}-")
