"""A page of a list, and the headers that say which it is (Logto section 6.2).

Rows are counted up to a bound: with more, `Total-Number` is the bound and `Total-Number-Is-Capped` says so. Whoever reads on follows
`Link: …; rel="next"`, which does not need the count.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import IntegerField, Subquery
from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import Field

MOST_COUNTED = 10_000
_DEFAULT, _MOST = 20, 100


class CappedCount(Subquery):
    """How many rows of a table belong to a row of another, counted up to the bound: an annotation."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"

    def __init__(self, rows: Any) -> None:
        super().__init__(rows.order_by().values("pk")[:MOST_COUNTED], output_field=IntegerField())


class Paging(Schema):
    """`page` begins with 1."""

    page: int | None = Field(None, ge=1, le=1_000_000)
    page_size: int | None = Field(None, ge=1, le=_MOST)

    @property
    def is_asked(self) -> bool:
        return self.page is not None or self.page_size is not None


Page = Query[Paging]
PARAMETERS = frozenset(Paging.model_fields)


def paged(
    request: HttpRequest, response: HttpResponse, paging: Paging, rows: Any, *, is_cut: bool = False
) -> list[Any]:
    """The rows of the page that is asked for. `rows` is a QuerySet in its order, or a list; `is_cut` when there are more than in it."""
    number, size = paging.page or 1, paging.page_size or _DEFAULT
    found = list(rows[(number - 1) * size : number * size])
    total = len(rows) if isinstance(rows, Sequence) else rows.order_by().values("pk")[: MOST_COUNTED + 1].count()
    is_capped = total > MOST_COUNTED or is_cut
    total = min(total, MOST_COUNTED)
    response["Total-Number"] = str(total)
    if is_capped:
        response["Total-Number-Is-Capped"] = "true"
    has_next = number * size < total or (total == MOST_COUNTED and is_capped and len(found) == size)
    pages = {"first": 1, "prev": number - 1 or None, "next": number + 1 if has_next else None}
    if not is_capped:
        pages["last"] = max(1, -(-total // size))
    links = [f'<{_address(request, page, size)}>; rel="{rel}"' for rel, page in pages.items() if page]
    response["Link"] = ", ".join(links)
    return found


def paged_if_asked(request: HttpRequest, response: HttpResponse, paging: Paging, rows: Any) -> list[Any]:
    """For the lists that Logto gives out as a whole when neither parameter is there: without headers, and up to the bound."""
    return paged(request, response, paging, rows) if paging.is_asked else list(rows[:MOST_COUNTED])


def _address(request: HttpRequest, page: int, size: int) -> str:
    others = [(name, value) for name, values in request.GET.lists() for value in values if name not in PARAMETERS]
    query = urlencode([*others, ("page", page), ("page_size", size)])
    return f"{settings.ENDPOINT}{request.path}?{query}"
