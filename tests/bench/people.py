"""The console's list of people and its search, at sizes that somebody asks for.

The environment names the database. `fill N` brings it to N people; `measure` writes what the list and the search cost, as JSON.
"""

import itertools
import json
import random
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import django

FIRST = "Ada Grace Mary Alan Edsger Barbara Donald Linus Ken Dennis Margaret Katherine Radia Sophie Emmy Rosalind Lise Marie Vera Jocelyn"
LAST = (
    "Lovelace Hopper Somerville Turing Dijkstra Liskov Knuth Torvalds Thompson Ritchie Hamilton Johnson Perlman Wilson Noether "
    "Franklin Meitner Curie Rubin Burnell"
)
SEARCHES = {
    "one in twenty": "lovelace",
    "first and last name": "hopper grace",
    "everybody (a domain)": "example.com",
    "one address": "ada.lovelace.99",
    "a phone number": "+49 17 0000 0991",
    "two letters": "ad",
    "nobody": "zzzzzz",
}
_BATCH = 10_000


def main() -> None:
    django.setup()
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    else:
        sys.stdout.write(json.dumps(measure()))


def fill(wanted: int) -> None:
    """As fast as the database takes rows: without the index for searching, which is made again in the end."""
    from django.core.management import call_command
    from django.db import connection

    from idp.users import search_index

    call_command("migrate", verbosity=0)
    have = _count()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP INDEX IF EXISTS users_search")
            _copy(cursor, rows(have, wanted))
            search_index.install()
            cursor.execute("VACUUM ANALYZE users_user")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS users_search_added")
            _insert(cursor, rows(have, wanted))
            search_index.install()
            cursor.execute("ANALYZE")


def rows(have: int, wanted: int) -> Iterator[dict[str, Any]]:
    """People, by column; the next `wanted - have`, one of each second."""
    from django.utils import timezone

    from idp.lib.ids import short_id

    first, last, chance = FIRST.split(), LAST.split(), random.Random(have)
    start: datetime = timezone.now() - timedelta(seconds=wanted)
    for serial in range(have, wanted):
        one, two = chance.choice(first), chance.choice(last)
        at = start + timedelta(seconds=serial)
        yield {
            "id": short_id(), "name": f"{one} {two}", "username": f"{one}_{serial}".lower(), "created_at": at, "updated_at": at,
            "primary_email": f"{one}.{two}.{serial}@example.com".lower(), "primary_phone": f"4917{serial:08}",
            "last_sign_in_at": at if serial % 3 else None, "is_suspended": serial % 5000 == 0,
        }  # fmt: skip


def _columns(example: dict[str, Any]) -> tuple[list[str], list[Any]]:
    """Those that differ, then the others with their defaults."""
    from django.db import connection

    from idp.users.models import User

    others = {
        field.column: field.get_db_prep_save(field.get_default(), connection)
        for field in User._meta.concrete_fields
        if field.column not in example
    }
    return [*example, *others], list(others.values())


def _copy(cursor: Any, people: Iterator[dict[str, Any]]) -> None:
    batch = _batches(people)
    head = next(batch, None)
    if head is None:
        return
    columns, defaults = _columns(head[0])
    with cursor.copy(f"COPY users_user ({', '.join(columns)}) FROM STDIN") as copy:
        for person in itertools.chain(head, *batch):
            copy.write_row([*person.values(), *defaults])


def _insert(cursor: Any, people: Iterator[dict[str, Any]]) -> None:
    from django.db import transaction

    for batch in _batches(people):
        columns, defaults = _columns(batch[0])
        marks = ", ".join(["%s"] * len(columns))
        with transaction.atomic():
            cursor.executemany(
                f"INSERT INTO users_user ({', '.join(columns)}) VALUES ({marks})",
                [[*map(_plain, person.values()), *defaults] for person in batch],
            )


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None).isoformat(sep=" ") if isinstance(value, datetime) else value


def _batches(people: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    people = iter(people)
    while batch := list(itertools.islice(people, _BATCH)):
        yield batch


def _count() -> int:
    from idp.users.models import User

    return int(User.objects.filter(username__contains="_").count())


def measure() -> dict[str, Any]:
    """Costs of whole pages as (application, database) in milliseconds of CPU; waits of the queries alone, in milliseconds."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import Client

    from idp.deployment.configuration.sections import apply_document
    from idp.users.finding import UserFilter
    from idp.users.models import User
    from tests.bench.in_process import call, cost, environ
    from tests.journeys.harness.person import PASSWORD

    apply_document({"administrators": [{"username": "root", "password": PASSWORD}]})
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(username="root"))
    cookies = {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())}
    application = WSGIHandler()
    pages = {
        "list": cost(lambda: call(application, environ("GET", "/console/users", cookies)), rounds=5, times=8),
        "search": cost(
            lambda: call(application, environ("GET", "/console/users?q=lovelace", cookies)), rounds=5, times=8
        ),
    }
    queries = {"list": UserFilter(), **{name: UserFilter(text=text) for name, text in SEARCHES.items()}}
    return {
        "pages": pages,
        "queries": {name: _wait(lambda by=by: User.objects.wanted(by).page(20)) for name, by in queries.items()},
    }  # type: ignore[misc]


def _wait(query: Any) -> float:
    """The median of nine, after one."""
    query()
    took = []
    for _ in range(9):
        start = time.perf_counter()
        query()
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took)


if __name__ == "__main__":
    main()
