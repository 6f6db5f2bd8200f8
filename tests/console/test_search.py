"""The command palette's answers: pages, actions, applications, people."""

import re
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from console import search
from console.views.components import COLOURS
from idp.applications.models import Application
from idp.users.models import StaffRole, User
from tests.console.people import staff_client

pytestmark = pytest.mark.django_db
URL = "/console/search"


def find(text: str, role: StaffRole = StaffRole.OWNER) -> list[search.Group]:
    request = RequestFactory().get(URL)
    request.user = User(is_staff=True, staff_role=role)
    return search.find(request, text)


def titles(text: str) -> list[str]:
    return [hit.title for group in find(text) for hit in group.hits]


def test_pages_and_actions_by_any_of_their_words() -> None:
    assert "Applications" in titles("authent applic")
    assert titles("twilio") == ["Set up an SMS connector"]
    assert titles("nothing is called so") == []


def test_without_a_text_nobody_is_listed(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert {group.title for group in find("")} == {"Pages", "Go and do"}


def test_applications_and_people_lead_to_their_pages(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    app = Application.objects.create(name="Bookstore", type="Native")
    ada = User.objects.create(name="Ada Book", primary_email="ada@example.com")
    find("book")  # looks once a process whether there is an index of people
    with django_assert_num_queries(2):
        found = {hit.url: hit.note for group in find("book") for hit in group.hits}
    assert found == {
        reverse("console:application-detail", args=[app.pk]): "Native app",
        reverse("console:user-detail", args=[ada.pk]): "ada@example.com",
    }


def test_a_role_finds_what_it_may_look_at() -> None:
    Application.objects.create(name="Bookstore", type="Native")
    User.objects.create(name="Ada Book", primary_email="ada@example.com")
    assert [group.title for group in find("book", StaffRole.SUPPORT)] == ["Users"]
    assert [hit.title for group in find("", StaffRole.SUPPORT) for hit in group.hits] == [
        "Get started", "Dashboard", "Activity", "Users", "Organizations", "Components", "Audit log",
    ]  # fmt: skip


def test_what_is_for_development_is_not_found_in_production(settings: Settings) -> None:
    assert "Outbox" in titles("outbox")
    settings.PRODUCTION = True
    assert titles("outbox") == []


def test_a_page_without_a_script_and_options_with_one() -> None:
    client = staff_client()
    page = client.get(URL, {"q": "activity"}).content.decode()
    assert "<h1>Search</h1>" in page
    options = client.get(URL, {"q": "<b>"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in options
    assert "Nothing is called “&lt;b&gt;”." in options


def test_components_are_for_development(settings: Settings) -> None:
    client: Client = staff_client()
    page = client.get("/console/components?toast")
    assert page.status_code == 200
    assert (
        page.content.decode().count('<figure class="chart') == 9
    )  # bars, lines and small; with nothing, little and much
    settings.PRODUCTION = True
    assert client.get("/console/components").status_code == 404


def test_every_colour_is_on_the_page_of_components_and_in_the_document() -> None:

    root = Path(__file__).parents[2]
    tokens = (root / "static/css/tokens.css").read_text()
    colours = set(re.findall(r"^  --([a-z-]+): (?:light-dark\()?(?:#|rgb)", tokens, re.MULTILINE))
    shown = {name for names in COLOURS.values() for name in names}
    assert colours - shown <= {"hover", "rail-hover", "rail-active", "code-line"}
    assert shown <= set(re.findall(r"^  --([a-z-]+):", tokens, re.MULTILINE))
    document = (root / "docs/design.md").read_text()
    assert [name for name in colours if not re.search(rf"`--{name}`|`--(rail|code)\*`", document)] == []
