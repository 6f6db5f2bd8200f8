"""A page of a list that may be long: newest first, and never counted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from idp.lib import keyset


@dataclass(frozen=True, slots=True)
class Page:
    """Its rows, walked as those of Django's pages are. `older` is the address of the next page, or nothing."""

    rows: list[Any]
    older: str

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def newest_first(found: "QuerySet[Any]", *, before: str, size: int, filled: dict[str, Any] | None = None) -> Page:
    """The newest rows, or those that come after the row with the key `before`. For rows with `created_at` and an index over it."""
    edge = found.filter(pk=before).first() if _could_be_key(found, before) else None
    if edge is not None:
        found = found.filter(keyset.earlier_than(edge))
    rows = list(found.order_by("-created_at", "-pk")[: size + 1])
    shown = rows[:size]
    return Page(shown, "?" + urlencode({**(filled or {}), "before": shown[-1].pk}) if len(rows) > size else "")


def _could_be_key(found: "QuerySet[Any]", text: str) -> bool:
    """A row with a number for a key cannot be asked for by any text."""
    try:
        found.model._meta.pk.to_python(text)
    except ValidationError:
        return False
    return text.isascii() and text.isalnum()
