"""Reading a list a page at a time, newest first, by where the last page ended: no page is counted or passed over.

For rows with `created_at` and an index over it and the primary key. The first condition is where that index starts; the second
is for rows of one moment.
"""

from datetime import datetime
from typing import Any, Protocol

from django.db.models import Q


class Row(Protocol):
    @property
    def created_at(self) -> datetime: ...

    @property
    def pk(self) -> Any: ...


def earlier_than(row: Row) -> Q:
    """What comes after this row, newest first."""
    at = row.created_at
    return Q(created_at__lte=at) & (Q(created_at__lt=at) | Q(pk__lt=row.pk))


def later_than(row: Row) -> Q:
    at = row.created_at
    return Q(created_at__gte=at) & (Q(created_at__gt=at) | Q(pk__gt=row.pk))
