"""Organizations in the console: created, described, filled with members, given a look, deleted."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from idp.audit.models import Event
from idp.organizations import services
from idp.organizations.models import Membership, Organization
from idp.users.models import User
from idp.users.services import create_user

pytestmark = pytest.mark.django_db
LIST = "/console/organizations"


@pytest.fixture
def readers() -> Organization:
    return services.create_organization(by="test", name="Readers")


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_from_nothing_to_members(staff: Client) -> None:
    assert "No organizations yet" in text(staff.get(LIST))
    assert "This field is required." in text(staff.post(f"{LIST}/create", {"name": " "}))
    url = staff.post(f"{LIST}/create", {"name": "Readers", "description": "They read."})["Location"]
    assert "No members yet" in text(staff.get(url))
    ada = create_user(by="test", email="ada@example.com", phone="+1 555 123 4567")
    for who in ("nobody@example.com", "12"):
        assert "Nobody has this ID" in text(staff.post(f"{url}/add", {"who": who}))
    assert staff.post(f"{url}/add", {"who": "+1 (555) 123-4567"}).status_code == 302
    assert "is a member already" in text(staff.post(f"{url}/add", {"who": ada.pk}))
    assert "ada@example.com" in text(staff.get(url))
    assert "Readers" in text(staff.get(f"/console/users/{ada.pk}/organizations"))
    staff.post(f"{url}/{ada.pk}/remove")
    staff.post(f"{url}/{ada.pk}/remove")
    assert not Membership.objects.exists()
    keys = Event.objects.filter(key__startswith="organization.").values_list("key", flat=True)
    assert sorted(keys) == ["organization.created", "organization.member_added", "organization.member_removed"]


def test_settings(staff: Client, readers: Organization) -> None:
    url = f"{LIST}/{readers.pk}"
    page = text(staff.post(url, {"name": "", "custom_data": "[1]"}))
    assert "This field is required." in page
    assert staff.post(url, {"name": "Writers", "custom_data": '{"plan": "gold"}'}).status_code == 302
    readers.refresh_from_db()
    assert (readers.name, readers.custom_data) == ("Writers", {"plan": "gold"})
    assert "Writers" in text(staff.get(LIST, {"q": "writ"}))
    assert "Nothing found" in text(staff.get(LIST, {"q": "readers"}))


def test_a_look_of_its_own(staff: Client, readers: Organization) -> None:
    url = f"{LIST}/{readers.pk}/branding"
    assert "Write a colour as #rgb" in text(staff.post(url, {"primary_color": "green", "dark_mode": "on"}))
    staff.post(url, {"primary_color": "#663399", "dark_mode": "on", "logo_url": "https://readers.example/logo.svg"})
    readers.refresh_from_db()
    assert readers.color == {"primaryColor": "#663399", "isDarkModeEnabled": True}
    assert readers.branding == {"logoUrl": "https://readers.example/logo.svg"}


def test_deleted_with_its_memberships_and_nobody_else(staff: Client, readers: Organization) -> None:
    ada = create_user(by="test", username="ada_reads")
    services.add_member(by="test", organization=readers, user=ada)
    assert "Delete Readers?" in text(staff.get(f"{LIST}/{readers.pk}/delete"))
    staff.post(f"{LIST}/{readers.pk}/delete")
    assert not Organization.objects.exists()
    ada.refresh_from_db()


def test_many_are_read_a_page_at_a_time_and_never_counted(staff: Client, readers: Organization) -> None:
    people = User.objects.bulk_create(User(username=f"u{number}") for number in range(45))
    Membership.objects.bulk_create(Membership(organization=readers, user=user) for user in people)
    Organization.objects.bulk_create(Organization(name=f"School {number}") for number in range(45))
    for first, names in ((f"{LIST}/{readers.pk}/members", 45), (f"{LIST}?q=school", 45)):
        seen, url = 0, first
        while url:
            with CaptureQueriesContext(connection) as queries:
                page = staff.get(url).context["page"]
            assert "COUNT(" not in " ".join(query["sql"] for query in queries)
            seen, url = seen + len(page.rows), page.older and first.partition("?")[0] + page.older
        assert seen == names
