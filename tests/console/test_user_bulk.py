"""Several people at once: suspended, reactivated, deleted, taken away as a file."""

import csv
import io
import json

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils import timezone

from idp.audit.models import Event
from idp.users.models import StaffRole, User
from idp.users.services import create_administrator, create_user
from tests.console.people import PASSWORD, administrator

pytestmark = pytest.mark.django_db
BULK, EXPORT = "/console/users/bulk", "/console/users/export"


@pytest.fixture
def staff(client: Client) -> User:
    user = administrator()
    client.force_login(user)
    return user


@pytest.fixture
def people(staff: User) -> list[User]:
    return [create_user(by="test", username=f"reader_{number}") for number in range(3)]


def ids(people: list[User]) -> list[str]:
    return [person.pk for person in people]


def told(client: Client) -> str:
    return client.get("/console/users").content.decode()


def text(response: StreamingHttpResponse) -> str:
    return b"".join(response.streaming_content).decode()  # type: ignore[arg-type]


@pytest.mark.parametrize(("action", "left"), [("suspend", 3), ("delete", 0)])
def test_what_hurts_is_asked_first_and_done_once(client: Client, people: list[User], action: str, left: int) -> None:
    page = client.post(BULK, {"action": action, "user": ids(people)}).content.decode()
    assert page.count('name="user"') == 3
    assert User.objects.filter(is_suspended=False).count() == 4
    client.post(BULK, {"action": action, "user": ids(people), "confirmed": "on"})
    assert User.objects.filter(is_suspended=False).count() == 1
    assert User.objects.filter(username__startswith="reader").count() == left
    assert Event.objects.filter(key=f"user.{action}{'d' if action == 'delete' else 'ed'}").count() == 3
    if action == "suspend":
        client.post(BULK, {"action": "reactivate", "user": ids(people)})
        assert not User.objects.filter(is_suspended=True).exists()


def test_one_who_cannot_be_is_named_and_the_others_are_done(client: Client, staff: User, people: list[User]) -> None:
    client.post(BULK, {"action": "suspend", "user": [staff.pk, *ids(people)], "confirmed": "on"})
    page = told(client)
    assert "3 people are suspended." in page
    assert "ada: " in page
    staff.refresh_from_db()
    assert not staff.is_suspended


@pytest.mark.parametrize(
    "data",
    [{}, {"action": "suspend"}, {"action": "promote", "user": ["a"]}, {"action": "delete", "user": ["a"] * 201, "confirmed": "on"}],
)  # fmt: skip
def test_nonsense_does_nothing(client: Client, people: list[User], data: dict[str, object]) -> None:
    assert client.post(BULK, data).status_code == 302
    assert User.objects.count() == 4


def test_support_helps_people_in_but_neither_deletes_nor_takes_away(client: Client, people: list[User]) -> None:
    support = create_administrator(by="test", username="sue", password=PASSWORD, role=StaffRole.SUPPORT)
    owner = administrator("olga")
    client.force_login(support)
    for action in ("delete", "csv"):
        answer = client.post(BULK, {"action": action, "user": ids(people), "confirmed": "on"})
        assert answer.status_code == 403
    client.post(BULK, {"action": "suspend", "user": [owner.pk, *ids(people)], "confirmed": "on"})
    assert "olga: only owners change administrators." in told(client)
    assert User.objects.filter(is_suspended=True).count() == 3


class TestExport:
    def test_those_who_are_chosen(self, client: Client, people: list[User]) -> None:
        User.objects.filter(pk=people[0].pk).update(
            name="=1+1", primary_phone="491701234567", profile={"givenName": "Ada"}, last_sign_in_at=timezone.now()
        )
        answer = client.post(BULK, {"action": "csv", "user": people[0].pk})
        [row] = csv.DictReader(io.StringIO(text(answer)))  # type: ignore[arg-type]
        assert (row["username"], row["name"], row["primaryPhone"]) == ("reader_0", "'=1+1", "'+491701234567")
        assert json.loads(row["profile"]) == {"givenName": "Ada"}
        assert "password" not in row

    def test_those_whom_the_filter_shows(self, client: Client, staff: User, people: list[User]) -> None:
        lines = text(client.post(EXPORT, {"format": "jsonl", "q": "reader_"})).splitlines()  # type: ignore[arg-type]
        assert {json.loads(line)["username"] for line in lines} == {"reader_0", "reader_1", "reader_2"}
        event = Event.objects.get(key="user.exported")
        assert (event.actor, event.data["filter"]) == (staff.audit_name, {"q": "reader_"})

    def test_what_cannot_be_exported(self, client: Client, people: list[User]) -> None:
        assert client.post(EXPORT, {"format": "exe"}).status_code == 302
        assert client.post(EXPORT, {"format": "csv", "since": "yesterday"}).status_code == 302
        assert not Event.objects.filter(key="user.exported").exists()
