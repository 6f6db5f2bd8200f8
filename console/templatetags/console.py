from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings

register = template.Library()


@dataclass(frozen=True, slots=True)
class Item:
    title: str
    icon: str
    url_name: str
    prefix: str  # names of the pages below it begin with this
    development_only: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    items: tuple[Item, ...]


SECTIONS = (
    Section("Overview", (Item("Get started", "rocket-launch", "get-started", "get-started"),)),
    Section(
        "Authentication",
        (
            Item("Applications", "cube", "application-list", "application"),
            Item("Sign-in experience", "finger-print", "experience", "experience"),
            Item("Multi-factor auth", "device-phone-mobile", "mfa", "mfa"),
            Item("Connectors", "bolt", "connector-list", "connector"),
            Item("Security", "shield-check", "security", "security"),
        ),
    ),
    Section("Users", (Item("User management", "users", "user-list", "user"),)),
    Section("Monitoring", (Item("Activity", "queue-list", "activity-list", "activity"),)),
    Section("Settings", (Item("Signing keys", "key", "signing-key-list", "signing-key"),)),
    Section("Developer", (Item("Outbox", "inbox-arrow-down", "outbox", "outbox", development_only=True),)),
)


@register.simple_tag(takes_context=True)
def navigation(context: dict[str, Any]) -> list[dict[str, Any]]:
    """The sections of the rail, the current page marked."""
    match = context["request"].resolver_match
    here = match.url_name if match and match.url_name else ""
    sections = []
    for section in SECTIONS:
        items = [
            {"title": item.title, "icon": item.icon, "url_name": f"console:{item.url_name}", "current": _is(item, here)}
            for item in section.items
            if not (item.development_only and settings.PRODUCTION)
        ]
        if items:
            sections.append({"title": section.title, "links": items})
    return sections


def _is(item: Item, here: str) -> bool:
    return here == item.prefix or here.startswith(f"{item.prefix}-")
