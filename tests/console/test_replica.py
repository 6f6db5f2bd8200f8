"""Long lists are read from the replica: here a copy of the database, taken once, that follows nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from console import replica as console_replica
from idp.lib import replica
from idp.users.models import User
from tests.console.people import staff_client

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL cannot copy a database that is in use"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """The database as it is now, read as the replica; what is written later is not in it."""
    User.objects.create(username="before", name="In Both")
    file = tmp_path / "copy.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    connections.settings[replica.ALIAS] = connection.settings_dict | {"NAME": str(file), "TEST": {}}
    connections[replica.ALIAS].connect()  # Django's test case lets nobody else open it
    User.objects.create(username="after", name="Only Here")
    yield file
    connections[replica.ALIAS].close()
    del connections[replica.ALIAS], connections.settings[replica.ALIAS]


def people(client: Client) -> list[str]:
    page = client.get(reverse("console:user-list")).content.decode()
    return [name for name in ("In Both", "Only Here") if name in page]


@pytest.fixture
def client() -> Client:
    return staff_client()


def test_without_one_everything_is_read_where_it_is_written(client: Client) -> None:
    User.objects.create(username="after", name="Only Here")
    assert people(client) == ["Only Here"]


def test_the_list_is_read_from_the_replica(client: Client, copy: Path) -> None:
    assert people(client) == ["In Both"]


def test_whoever_changed_something_sees_it(client: Client, copy: Path) -> None:
    person = User.objects.get(username="before")
    client.post(reverse("console:user-bulk"), {"user": [person.pk], "action": "suspend", "confirmed": "on"})
    assert people(client) == ["In Both", "Only Here"]
    del client.cookies[console_replica._COOKIE]  # ten seconds later
    assert people(client) == ["In Both"]


def test_a_page_that_decides_something_is_never_read_from_it(client: Client, copy: Path) -> None:
    newcomer = User.objects.get(username="after")
    assert client.get(reverse("console:user-detail", args=[newcomer.pk])).status_code == 200


def test_a_replica_that_does_not_answer_is_done_without(
    client: Client, copy: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with connections[replica.ALIAS].cursor() as cursor:
        cursor.execute("ALTER TABLE users_user RENAME TO gone")  # OperationalError, as for a server that is gone
    assert people(client) == ["In Both", "Only Here"]
    assert "The replica does not answer" in caplog.text


def test_what_was_read_there_is_saved_here(copy: Path) -> None:
    with replica.reading():
        person = User.objects.get(username="before")
    assert person._state.db == replica.ALIAS
    person.name = "Renamed"
    person.save(update_fields=["name"])
    assert User.objects.get(username="before").name == "Renamed"
