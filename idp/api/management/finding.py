"""What the ids of an address or of a body name."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import models, transaction
from django.http import HttpRequest

from idp.api.management.errors import NoSuchEntity, NoSuchRelated, NotSupported

M = TypeVar("M", bound=models.Model)
SEARCH = {
    "parameters": [{"in": "query", "name": "search", "required": False, "schema": {"type": "string"}}]
}  # for OpenAPI


def find(model: type[M], identifier: str, rows: Any = None) -> M:
    """The one with this id, of all or of these rows. Raises NoSuchEntity."""
    found: M | None = (model._default_manager if rows is None else rows).filter(pk=identifier).first()
    if found is None:
        raise NoSuchEntity(str(model._meta.verbose_name), identifier)
    return found


def find_all(model: type[M], identifiers: Sequence[str], rows: Any = None) -> list[M]:
    """Those with these ids, in their order; one that is named twice comes once. Raises NoSuchRelated."""
    found = (model._default_manager if rows is None else rows).in_bulk(list(dict.fromkeys(identifiers)))
    if missing := [one for one in dict.fromkeys(identifiers) if one not in found]:
        raise NoSuchRelated(str(model._meta.verbose_name), missing)
    return list(found.values())


@contextmanager
def locked(row: models.Model) -> Iterator[None]:
    """For adding to or taking from a set that a service replaces as a whole: two callers at once, one after the other.

    Raises NoSuchEntity when the row went meanwhile.
    """
    with transaction.atomic():
        if type(row)._default_manager.select_for_update().filter(pk=row.pk).first() is None:
            raise NoSuchEntity(str(row._meta.verbose_name), str(row.pk))
        yield


def without(held: Iterable[M], identifier: str) -> list[M]:
    """All but the one with this id. Raises NoSuchEntity when it is not among them."""
    before = list(held)
    left = [one for one in before if one.pk != identifier]
    if len(left) == len(before):
        raise NoSuchEntity("one here with the id", identifier)
    return left


def plain_search(request: HttpRequest) -> str:
    """The text of `search`, for lists that are searched by part of a name or a whole id. Raises NotSupported for more than that."""
    for name in request.GET:
        if name.startswith(("search.", "mode", "joint")) or name == "isCaseSensitive":
            raise NotSupported(name, "this list is searched by `search` alone.")
    return request.GET.get("search", "").strip("% ")
