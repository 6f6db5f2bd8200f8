"""What the command palette finds: pages and actions of the console, applications, people."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from console.access import Permission, may, may_open
from console.navigation import SECTIONS
from idp.applications.models import Application
from idp.users.models import User

MOST = 6  # of each kind


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    icon: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    hits: list[Hit]


# What one can do from anywhere, and other words that people look for it by.
_ACTIONS = (
    ("Create an application", "plus", "application-gallery", "new app client framework guide"),
    ("Create a user", "user-plus", "user-create", "new person account"),
    ("Set up an SMS connector", "bolt", "connector-list", "twilio text message provider"),
    ("Set up an email connector", "bolt", "connector-list", "smtp mail provider"),
    ("Branding", "swatch", "experience-branding", "logo colour color css dark favicon"),
    ("Languages", "language", "experience-languages", "translation phrases"),
    ("Terms and support links", "document-text", "experience-content", "privacy legal"),
    ("Sign-up questions", "identification", "experience-fields", "profile fields custom data"),
    ("Account centre", "user-circle", "experience-account", "self service my account"),
    ("Password policy", "lock-closed", "security", "passwords breach expiration length words"),
    (
        "Lockout, sessions and robots",
        "shield-check",
        "security-protection",
        "codes captcha guessing sign-in protection",
    ),
    ("Refused email addresses", "envelope", "security-emails", "blocklist disposable domains allow"),
    (
        "SMS fraud guard",
        "chat-bubble-left-ellipsis",
        "security-messages",
        "text messages countries limits budget pumping",
    ),
    ("Audit log", "queue-list", "activity-list", "events history"),
)


def find(request: HttpRequest, text: str) -> list[Group]:
    """What this role may look at, in groups with at least one hit; without a text the pages and actions alone."""
    words = text.lower().split()
    groups = [Group("Pages", _pages(request, words)), Group("Go and do", _actions(request, words))]
    if words:
        if may(request, Permission.READ):
            groups.append(Group("Applications", _applications(text.strip())))
        groups.append(Group("Users", _people(text.strip())))
    return [group for group in groups if group.hits]


def _pages(request: HttpRequest, words: list[str]) -> list[Hit]:
    return [
        Hit(item.title, item.icon, reverse(f"console:{item.url_name}"), section.title)
        for section in SECTIONS
        for item in section.items
        if _match(words, f"{item.title} {section.title}")
        and not (item.development_only and settings.PRODUCTION)
        and may_open(request, item.url_name)
    ]


def _actions(request: HttpRequest, words: list[str]) -> list[Hit]:
    return [
        Hit(title, icon, reverse(f"console:{url_name}"))
        for title, icon, url_name, synonyms in _ACTIONS
        if _match(words, f"{title} {synonyms}") and may_open(request, url_name)
    ]


def _applications(text: str) -> list[Hit]:
    return [
        Hit(one.name, "cube", reverse("console:application-detail", args=[one.pk]), one.get_type_display())
        for one in Application.objects.managed().search(text)[:MOST]
    ]


def _people(text: str) -> list[Hit]:
    return [
        Hit(one.display_name, "user", reverse("console:user-detail", args=[one.pk]), one.primary_email or one.pk)
        for one in User.objects.search(text)[:MOST]
    ]


def _match(words: list[str], text: str) -> bool:
    return all(word in text.lower() for word in words)
