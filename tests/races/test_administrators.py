"""What two owners do to each other, an invitation, and one record, at the same moment."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from idp.applications.models import Application
from idp.audit.models import Event
from idp.users import staff, staff_sessions
from idp.users.errors import InvitationOver, LastOwner
from idp.users.models import StaffRole, StaffSession, User
from idp.users.services import create_administrator
from tests.conftest import PASSWORD

AtOnce = Callable[..., list[Any]]


def test_two_owners_cannot_remove_each_other(at_once: AtOnce, db: Any) -> None:
    owners = [create_administrator(by="test", username=f"owner{number}", password=PASSWORD) for number in range(4)]
    answers = at_once(lambda number: staff.remove_access(by="test", user=owners[number]), times=4)
    assert sum(isinstance(answer, LastOwner) for answer in answers) == 1, answers
    assert User.objects.owners().count() == 1


def test_demoting_leaves_one_owner(at_once: AtOnce, db: Any) -> None:
    owners = [create_administrator(by="test", username=f"owner{number}", password=PASSWORD) for number in range(3)]
    at_once(lambda number: staff.set_role(by="test", user=owners[number], role=StaffRole.ADMIN), times=3)
    assert User.objects.owners().count() == 1


def test_an_invitation_makes_one_administrator(at_once: AtOnce, db: Any) -> None:
    _, token = staff.invite(by="test", email="grace@example.com", role=StaffRole.SUPPORT)
    answers = at_once(
        lambda number: staff.accept_invitation(token=token, username=f"grace{number}", password=PASSWORD), times=5
    )
    assert sum(isinstance(answer, User) for answer in answers) == 1
    assert sum(isinstance(answer, InvitationOver) for answer in answers) == 4
    assert User.objects.administrators().count() == 1


def test_a_session_ends_once_and_is_not_revived(at_once: AtOnce, db: Any) -> None:
    admin = create_administrator(by="test", username="ada", password=PASSWORD)
    client = Client()
    client.force_login(admin)
    row = StaffSession.objects.get()
    StaffSession.objects.update(last_used_at=timezone.now() - timedelta(minutes=5))  # each page wants to touch it

    def one(number: int) -> Any:
        if number % 2:
            return staff_sessions.end(by="test", user=admin, session_id=row.pk)
        visitor = Client()
        visitor.cookies = client.cookies
        return visitor.get("/console/users").status_code

    answers = at_once(one, times=8)
    assert answers[1::2].count(True) == 1, answers
    assert set(answers[::2]) <= {200, 302, 400}, answers  # 400: Django's, of a session that ended while it was answered
    assert not StaffSession.objects.exists()
    assert client.get("/console/users").status_code == 302
    assert Event.objects.filter(key="administrator.session_ended").count() == 1


def test_of_many_who_save_the_same_page_one_does(at_once: AtOnce, native: Application) -> None:
    address = f"/console/applications/{native.pk}"
    admins = [create_administrator(by="test", username=f"admin{number}", password=PASSWORD) for number in range(5)]
    clients = [Client() for _ in admins]
    for client, admin in zip(clients, admins, strict=True):
        client.force_login(admin)
    page = clients[0].get(address).context["form"]
    data = {bound.html_name: bound.value() for bound in page if bound.value() not in (None, False)}
    data["version"] = page.version
    answers = at_once(
        lambda number: clients[number].post(address, data | {"name": f"Name {number}"}).status_code, times=5
    )
    assert sorted(answers) == [302, 409, 409, 409, 409]
    assert Event.objects.filter(key="application.updated").count() == 1
