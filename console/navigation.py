"""The pages of the console that one goes to directly: what the rail and the command palette show."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    title: str
    icon: str
    url_name: str
    prefix: str  # names of the pages below it begin with this
    development_only: bool = False
    key: str = ""  # after `g`, goes there


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    items: tuple[Item, ...]


SECTIONS = (
    Section(
        "Overview",
        (
            Item("Get started", "rocket-launch", "get-started", "get-started", key="g"),
            Item("Dashboard", "chart-bar", "dashboard", "dashboard", key="b"),
            Item("Activity", "queue-list", "activity-list", "activity", key="l"),
        ),
    ),
    Section(
        "Authentication",
        (
            Item("Applications", "cube", "application-list", "application", key="a"),
            Item("Sign-in experience", "finger-print", "experience", "experience", key="e"),
            Item("Multi-factor auth", "device-phone-mobile", "mfa", "mfa", key="m"),
            Item("Connectors", "bolt", "connector-list", "connector", key="c"),
            Item("Security", "shield-check", "security", "security", key="s"),
        ),
    ),
    Section(
        "Authorization",
        (
            Item("API resources", "server-stack", "resource-list", "resource", key="p"),
            Item("Roles", "identification", "role-list", "role", key="t"),
            Item("Organization roles", "rectangle-group", "template-roles", "template", key="z"),
        ),
    ),
    Section(
        "People",
        (
            Item("Users", "users", "user-list", "user", key="u"),
            Item("Organizations", "building-office-2", "organization-list", "organization", key="r"),
        ),
    ),
    Section(
        "Settings",
        (
            Item("Administrators", "user-group", "administrator-list", "administrator", key="d"),
            Item("Signing keys", "key", "signing-key-list", "signing-key", key="k"),
        ),
    ),
    Section(
        "Developer",
        (
            Item("Outbox", "inbox-arrow-down", "outbox", "outbox", development_only=True, key="o"),
            Item("Components", "squares-2x2", "component-list", "component", development_only=True),
        ),
    ),
)
