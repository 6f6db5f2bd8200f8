"""What the ids of an address or of a body name."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import models

from idp.api.management.errors import NoSuchEntity, NoSuchRelated

M = TypeVar("M", bound=models.Model)


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
