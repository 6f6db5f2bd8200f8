"""Acting as a person: the form, the token that is shown once, and the reason where one looks for it."""

import shlex
from itertools import pairwise

import pytest
from django.test import Client

from idp.applications.models import Application
from idp.applications.services import create_application
from idp.audit.models import Event
from idp.tokens.models import SubjectToken
from idp.users.models import StaffRole, User
from idp.users.services import create_administrator, create_user
from tests.console.people import PASSWORD
from tests.protocol.client import App

pytestmark = pytest.mark.django_db
REASON = "Ticket 4711: invoices do not open"


def client_of(role: StaffRole) -> Client:
    client = Client()
    client.force_login(create_administrator(by="test", username=f"a{role}", password=PASSWORD, role=role))
    return client


@pytest.fixture
def carl() -> User:
    return create_user(by="test", username="carl", password=PASSWORD)


@pytest.fixture
def spa() -> Application:
    return create_application(
        by="test", name="Shop", type="SPA", client_id="shop", redirect_uris=["https://shop.example/"],
        allow_token_exchange=True,
    )  # fmt: skip


@pytest.mark.parametrize("role", [StaffRole.OWNER, StaffRole.ADMIN])
def test_the_token_is_shown_once_and_the_command_works(role: StaffRole, carl: User, spa: Application) -> None:
    client = client_of(role)
    address = f"/console/users/{carl.pk}/impersonate"
    assert address in client.get(f"/console/users/{carl.pk}").content.decode()
    answer = client.post(address, {"application": spa.pk, "reason": REASON})
    assert "no-store" in answer["Cache-Control"]
    command = answer.context["command"]
    assert "client_secret" not in command
    words = shlex.split(command.replace("\\\n", " "))
    fields = dict(after.split("=", 1) for flag, after in pairwise(words) if flag == "-d")
    assert fields["subject_token"] == answer.context["token"]
    given = App("shop", "").token(**fields)
    assert given.status_code == 200, given.content
    assert given.json()["scope"] == "openid profile"
    assert answer.context["token"] not in client.get(address).content.decode()
    assert not SubjectToken.objects.filter(pk=answer.context["token"]).exists()


def test_a_confidential_application_brings_its_secret(carl: User) -> None:
    web = create_application(
        by="test", name="Web", type="Traditional", client_id="web", redirect_uris=["https://web.example/callback"],
        allow_token_exchange=True,
    )  # fmt: skip
    page = client_of(StaffRole.ADMIN).post(
        f"/console/users/{carl.pk}/impersonate", {"application": web.pk, "reason": REASON}
    )
    assert "client_secret=$CLIENT_SECRET" in page.context["command"]


@pytest.mark.parametrize("reason", ["", "   ", "short", "x" * 201])
def test_not_without_a_reason(reason: str, carl: User, spa: Application) -> None:
    page = client_of(StaffRole.ADMIN).post(
        f"/console/users/{carl.pk}/impersonate", {"application": spa.pk, "reason": reason}
    )
    assert "reason" in page.context["form"].errors
    assert not SubjectToken.objects.exists()


def test_not_for_an_application_that_may_not(carl: User, spa: Application, native: Application) -> None:
    page = client_of(StaffRole.ADMIN).post(
        f"/console/users/{carl.pk}/impersonate", {"application": native.pk, "reason": REASON}
    )
    assert "application" in page.context["form"].errors
    assert "Bookstore" not in page.content.decode()
    assert not SubjectToken.objects.exists()


def test_without_any_application_it_says_what_to_do(carl: User, native: Application) -> None:
    page = client_of(StaffRole.ADMIN).get(f"/console/users/{carl.pk}/impersonate").content.decode()
    assert "No application may exchange tokens yet" in page


def test_not_as_an_administrator_by_nobody(spa: Application) -> None:
    ada = create_administrator(by="test", username="ada", password=PASSWORD, role=StaffRole.SUPPORT)
    client = client_of(StaffRole.OWNER)
    address = f"/console/users/{ada.pk}/impersonate"
    assert "Act as them" not in client.get(f"/console/users/{ada.pk}").content.decode()
    assert "Nobody acts as an administrator" in client.get(address).content.decode()
    client.post(address, {"application": spa.pk, "reason": REASON})
    assert not SubjectToken.objects.exists()
    assert not Event.objects.filter(key="user.impersonated").exists()


@pytest.mark.parametrize("role", [StaffRole.AUDITOR, StaffRole.SUPPORT])
def test_not_by_everybody(role: StaffRole, carl: User, spa: Application) -> None:
    client = client_of(role)
    assert "Act as them" not in client.get(f"/console/users/{carl.pk}").content.decode()
    answer = client.post(f"/console/users/{carl.pk}/impersonate", {"application": spa.pk, "reason": REASON})
    assert answer.status_code == 403
    assert not SubjectToken.objects.exists()


def test_the_reason_is_where_one_looks(carl: User, spa: Application) -> None:
    client = client_of(StaffRole.ADMIN)
    client.post(f"/console/users/{carl.pk}/impersonate", {"application": spa.pk, "reason": f"{REASON} <b>"})
    for address in (f"/console/users/{carl.pk}/activity", "/console/activity"):
        page = client.get(address).content.decode()
        assert "An administrator got a token to act as a user" in page
        assert f"Reason: {REASON} &lt;b&gt;" in page
