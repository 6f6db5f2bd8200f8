"""Find people among millions: by any part of an id, name, username, email address or phone number, and a page at a time."""
# ruff: noqa: S608  texts of people are parameters of the statements

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connections, models
from django.db.models.expressions import RawSQL

from idp.lib import keyset
from idp.users.search_index import POSTGRESQL_TEXT, is_installed

if TYPE_CHECKING:
    from idp.users.models import User, UserQuerySet

MOST = 1000  # found by one text; the newest
_MOST_BEGINNING = 100  # in each column: so few that PostgreSQL looks each of them up, whatever their age
_TRIGRAM = 3  # characters that an index can look up
_PHONE = re.compile(r"[\d\s+()./-]+")
_IDENTIFIERS = ("username", "primary_email", "primary_phone")
_installed: set[str] = set()


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which people somebody wants to see; what is empty does not matter. Times are those of `created_at`, `until` excluded."""

    text: str = ""
    suspended: bool | None = None
    has_signed_in: bool | None = None
    application: str = ""  # where they signed up
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class UserPage:
    """Some people, newest first, and whether there are newer and older ones."""

    users: "list[User]"
    has_newer: bool
    has_older: bool


def matching(users: "UserQuerySet", text: str) -> "UserQuerySet":
    """Those whose id, name, username, email address or phone number contain every word of the text. Of more than MOST,
    SQLite finds the newest; a text too short for an index finds the beginnings of identifiers.
    """
    words = _words(text)
    if not words:
        return users.none()
    found: Any = []
    if len(words[0]) < _TRIGRAM or words[0].isdecimal():
        found = _beginning(users, words[0])  # of a phone number, which has too few different digits for another index
    if not found and any(len(word) >= _TRIGRAM for word in words):
        if connections[users.db].vendor == "postgresql":
            return _by_trigrams(users, words)
        found = _by_full_text(users, words)
    return users.filter(pk__in=found)


def most() -> int | None:
    """How many one text finds; None: all."""
    return None if connections["default"].vendor == "postgresql" else MOST


def page(users: "UserQuerySet", size: int, *, before: "User | None" = None, after: "User | None" = None) -> UserPage:
    """The newest page, or the one right before or after somebody. Nothing is counted: that would read everything."""
    if after:
        found = list(users.filter(keyset.later_than(after)).order_by("created_at", "pk")[: size + 1])
        if len(found) <= size:  # fewer than a page are newer: show the newest page, and a whole one
            return page(users, size)
        return UserPage(found[:size][::-1], has_newer=True, has_older=True)
    earlier = users.filter(keyset.earlier_than(before)) if before else users
    found = list(earlier.order_by("-created_at", "-pk")[: size + 1])
    return UserPage(found[:size], has_newer=before is not None, has_older=len(found) > size)


def _words(text: str) -> list[str]:
    """In lower case; a phone number, however it is written, is one word of digits without its zeros for trunk or country."""
    if _PHONE.fullmatch(text):
        digits = re.sub(r"\D", "", text).lstrip("0")
        return [digits] if digits else []
    return text.lower().split()


def _by_trigrams(users: "UserQuerySet", words: list[str]) -> "UserQuerySet":
    """The planner knows how many it will be: few by the index, many in the order in which they are wanted."""
    found = users.annotate(found_in=RawSQL(POSTGRESQL_TEXT, [], output_field=models.TextField()))  # noqa: S611  a constant
    for word in words:
        found = found.filter(found_in__contains=word)
    return found


def _by_full_text(users: "UserQuerySet", words: list[str]) -> object:
    if not _has_full_text(users.db):
        return _by_reading(users, words)
    terms = " AND ".join('"{}"'.format(word.replace('"', '""')) for word in words if len(word) >= _TRIGRAM)
    short = [f"%{_escape(word)}%" for word in words if len(word) < _TRIGRAM]
    sql = (
        "SELECT s.user_id FROM users_search_text JOIN users_search s ON s.id = users_search_text.rowid"
        " WHERE users_search_text MATCH %s"
        + r" AND s.text LIKE %s ESCAPE '\'" * len(short)
        + " ORDER BY users_search_text.rowid DESC LIMIT %s"
    )
    return RawSQL(sql, [terms, *short, MOST])  # noqa: S611


def _by_reading(users: "UserQuerySet", words: list[str]) -> object:
    found = _everybody(users)
    for word in words:
        anywhere = models.Q(name__icontains=word) | models.Q(pk__startswith=word)
        for field in _IDENTIFIERS:
            anywhere |= models.Q(**{f"{field}__icontains": word})
        found = found.filter(anywhere)
    return found.order_by("-created_at", "-pk").values("pk")[:MOST]


def _beginning(users: "UserQuerySet", word: str) -> list[str]:
    """Each column by its own index; SQLite's LIKE uses none, a range does."""
    found: set[str] = set()
    for field in _IDENTIFIERS:
        if connections[users.db].vendor == "sqlite":
            begins = models.Q(**{f"{field}__gte": word, f"{field}__lt": word + chr(0x10FFFF)})
        else:
            begins = models.Q(**{f"{field}__startswith": word})
        found.update(_everybody(users).filter(begins).values_list("pk", flat=True)[:_MOST_BEGINNING])
    return list(found)


def _everybody(users: "UserQuerySet") -> "UserQuerySet":
    return users.model._default_manager.using(users.db)


def _has_full_text(using: str) -> bool:
    if using not in _installed and is_installed(connections[using]):
        _installed.add(using)
    return using in _installed


def _escape(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)
