"""`GET /users?search=…` (Logto section 6.2) on the index that the console searches by: no request reads every row.

Understood: `search` over id, name, username, email address and phone number, or `search.<field>` for one of them, several times; the
modes `exact` and `like` with `%` at the ends; `joint`. Whatever else there is in Logto is refused, not passed over.
"""

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from idp.api.management.errors import NotSupported
from idp.users import finding
from idp.users.models import User

_COLUMNS = {
    "id": "pk", "primaryEmail": "primary_email", "primaryPhone": "primary_phone", "username": "username", "name": "name",
}  # fmt: skip
_MOST_CONDITIONS = 100
_MOST_FOUND = 1000  # by one of several patterns
# For the OpenAPI document: these are read from the request, because their names are not those of Python.
PARAMETERS = {
    "parameters": [
        {"in": "query", "name": name, "required": False, "schema": schema}
        for name, schema in (
            *(
                (name, {"type": "array", "items": {"type": "string"}})
                for name in ("search", *(f"search.{one}" for one in _COLUMNS))
            ),
            *(
                (name, {"type": "string", "enum": ["exact", "like"]})
                for name in ("mode", *(f"mode.{one}" for one in _COLUMNS))
            ),
            ("joint", {"type": "string", "enum": ["and", "or"]}),
        )
    ]
}
# Does the text begin the column, and does it end it?
_LOOKUPS = {
    (False, False): "icontains",
    (True, False): "istartswith",
    (False, True): "iendswith",
    (True, True): "iexact",
}


@dataclass(frozen=True)
class Found:
    """In no order yet; `is_cut` when a pattern fits more people than are looked up."""

    people: Any
    is_filtered: bool = False
    is_cut: bool = False


@dataclass(frozen=True)
class _Condition:
    """One value for one field, or with an empty field for any."""

    field: str
    mode: str
    value: str

    @property
    def columns(self) -> list[str]:
        return [_COLUMNS[self.field]] if self.field else list(_COLUMNS.values())

    @property
    def has_index(self) -> bool:
        """Exact identifiers have one of their own each."""
        return self.mode == "exact" and self.field not in ("", "name")


def search(request: HttpRequest) -> Found:
    """The people that a request asks for. Raises NotSupported."""
    joint, conditions = _read(request)
    people: Any = User.objects.all()
    if not conditions:
        return Found(people)
    if len(conditions) == 1 and not conditions[0].has_index:
        return Found(_matching(conditions[0]), True, _is_cut(conditions[0]))
    by_kind: dict[tuple[str, str], list[_Condition]] = {}
    for condition in conditions:
        by_kind.setdefault((condition.field, condition.mode), []).append(condition)
    parts = [_any_of(same) for same in by_kind.values()]
    wanted = reduce(and_ if joint == "and" else or_, [part for part, _ in parts])
    return Found(people.filter(wanted), True, any(is_cut for _, is_cut in parts))


def _any_of(conditions: list[_Condition]) -> tuple[Q, bool]:
    """Those whom one of several values of one field fits, and whether there are more. Patterns are looked up one by one: no index
    serves two of them at once.
    """
    if conditions[0].has_index:
        return Q(**{f"{_COLUMNS[conditions[0].field]}__in": [one.value for one in conditions]}), False
    found = [_newest(condition) for condition in conditions]
    is_cut = any(len(pks) == _MOST_FOUND for pks in found) or any(map(_is_cut, conditions))
    return Q(pk__in=[pk for pks in found for pk in pks]), is_cut


def _newest(condition: _Condition) -> list[str]:
    found = _matching(condition).order_by("-created_at", "-pk")
    return list(found.values_list("pk", flat=True)[:_MOST_FOUND])


def _matching(condition: _Condition) -> Any:
    """Who is found by the search index, and of those whom the pattern fits to the letter."""
    text, lookup = _pattern(condition)
    fits = reduce(or_, [Q(**{f"{column}__{lookup}": text}) for column in condition.columns])
    return User.objects.search(text).filter(fits)


def _is_cut(condition: _Condition) -> bool:
    """Does the search index know more people than it finds?"""
    most = finding.most()
    return most is not None and User.objects.search(_pattern(condition)[0]).count() >= most


def _pattern(condition: _Condition) -> tuple[str, str]:
    """The text, and how a column compares with it."""
    if condition.mode == "exact":
        return condition.value, "exact"
    begins, ends = not condition.value.startswith("%"), not condition.value.endswith("%")
    text = condition.value.strip("%")
    if "%" in text:
        raise NotSupported("search", "% can stand at the beginning and at the end only.")
    return text, _LOOKUPS[begins, ends]


def _read(request: HttpRequest) -> tuple[str, list[_Condition]]:
    given = request.GET
    for name in given:
        if name.startswith(("search.", "mode.")) and name.partition(".")[2] not in _COLUMNS:
            raise NotSupported(name, f"people are searched by {', '.join(_COLUMNS)}.")
    if given.get("isCaseSensitive", "false") != "false":
        raise NotSupported("isCaseSensitive", "searching does not tell capital letters from small ones.")
    joint = given.get("joint") or given.get("jointMode") or "or"
    if joint not in ("and", "or"):
        raise NotSupported("joint", "it is and or or.")
    conditions = [
        _Condition(field, _mode(request, field), value)
        for field in ("", *_COLUMNS)
        for value in given.getlist(f"search.{field}" if field else "search")
        if value.strip("% ")  # an empty box of a form is no condition
    ]
    if len(conditions) > _MOST_CONDITIONS:
        raise NotSupported("search", f"at most {_MOST_CONDITIONS} values at once.")
    return joint, conditions


def _mode(request: HttpRequest, field: str) -> str:
    mode = request.GET.get(f"mode.{field}") or request.GET.get("mode") or "like"
    if mode not in ("exact", "like"):
        raise NotSupported("mode", "it is exact or like.")
    return mode
