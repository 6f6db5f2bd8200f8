"""Who administers: the list, invitations that work once, roles, and the last owner."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from idp.audit.models import Event
from idp.mfa import services as mfa
from idp.mfa import totp
from idp.users.models import Invitation, StaffRole, User
from idp.users.services import create_administrator, create_user
from tests.console.people import PASSWORD

pytestmark = pytest.mark.django_db
LIST = "/console/administrators"


def owner(username: str = "olga") -> User:
    return create_administrator(by="test", username=username, password=PASSWORD)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def invite(client: Client, email: str = "grace@example.com", role: str = "support") -> str:
    """The path of the link."""
    page = client.post(f"{LIST}/invite", {"email": email, "role": role}).content.decode()
    link = urlsplit(re.search(r'data-copy="([^"]+)"', page).group(1))  # type: ignore[union-attr]
    return f"{link.path}?{link.query}"


ACCEPT = {"username": "grace", "password": PASSWORD, "password_again": PASSWORD, "name": "Grace"}


class TestInvitation:
    def test_the_link_makes_an_administrator_of_that_role_once(self) -> None:
        link = invite(client_of(owner()))
        browser = Client()
        assert "You are invited" in browser.get(link).content.decode()
        assert "You are invited" in browser.get(link).content.decode()  # opening it uses nothing up
        assert browser.post(link, ACCEPT)["Location"] == "/console/get-started"
        grace = User.objects.get(username="grace")
        assert (grace.staff_role, grace.is_staff, grace.is_superuser, grace.primary_email) == (
            "support", True, False, "grace@example.com",
        )  # fmt: skip
        assert browser.get("/console/users").status_code == 200
        again = Client().post(link, ACCEPT | {"username": "mallory"})
        assert again.status_code == 404
        assert "not valid any more" in again.content.decode()
        assert not User.objects.filter(username="mallory").exists()

    def test_it_is_in_the_log_without_its_token(self) -> None:
        link = invite(client_of(owner()))
        token = link.partition("token=")[2]
        Client().post(link, ACCEPT)
        keys = list(Event.objects.filter(key__startswith="administrator.").order_by("pk").values_list("key", flat=True))
        assert keys == [
            "administrator.created", "administrator.invited", "administrator.created", "administrator.accepted",
        ]  # fmt: skip
        assert not [event for event in Event.objects.all() if token in str(event.data)]
        assert not Invitation.objects.filter(digest=token).exists()

    def test_a_mistake_leaves_the_link_as_it_was(self) -> None:
        link = invite(client_of(owner()))
        refused = Client().post(link, ACCEPT | {"username": "olga"})
        assert "already in use" in refused.content.decode()
        weak = Client().post(link, ACCEPT | {"password": "abc", "password_again": "abc"})
        assert weak.status_code == 200
        assert Client().post(link, ACCEPT).status_code == 302

    def test_it_expires(self) -> None:
        link = invite(client_of(owner()))
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert Client().get(link).status_code == 404
        assert Client().post(link, ACCEPT).status_code == 404

    def test_it_can_be_taken_back(self) -> None:
        client = client_of(owner())
        link = invite(client)
        pk = Invitation.objects.get().pk
        assert "grace@example.com" in client.get(LIST).content.decode()
        client.post(f"{LIST}/invitations/{pk}/revoke", follow=True)
        assert "grace@example.com" not in client.get(LIST).content.decode()
        assert Client().post(link, ACCEPT).status_code == 404
        assert "was over already" in client.post(f"{LIST}/invitations/{pk}/revoke", follow=True).content.decode()

    def test_a_second_one_for_the_same_address_replaces_the_first(self) -> None:
        client = client_of(owner())
        first, second = invite(client), invite(client, role="admin")
        assert Client().get(first).status_code == 404
        assert Client().get(second).status_code == 200

    def test_somebody_who_has_an_account_is_no_case_for_a_link(self) -> None:
        create_user(by="test", email="grace@example.com")
        page = client_of(owner()).post(f"{LIST}/invite", {"email": "Grace@example.com", "role": "admin"})
        assert "Somebody has this address" in page.content.decode()
        assert not Invitation.objects.exists()

    def test_a_made_up_token(self) -> None:
        owner()
        assert Client().get("/console/invitation?token=nonsense").status_code == 404
        assert Client().get("/console/invitation").status_code == 404


class TestRole:
    def test_a_change_counts_at_once(self) -> None:
        ada = create_administrator(by="test", username="ada", password=PASSWORD, role=StaffRole.ADMIN)
        hers = client_of(ada)
        assert hers.get("/console/connectors").status_code == 200
        client_of(owner()).post(f"{LIST}/{ada.pk}/role", {"role": "support"})
        assert hers.get("/console/connectors").status_code == 403
        event = Event.objects.get(key="administrator.role_changed")
        assert event.data == {"before": "admin", "role": "support"}

    def test_a_user_becomes_one_with_what_is_needed_to_sign_in(self) -> None:
        client = client_of(owner())
        carl = create_user(by="test", username="carl", password=PASSWORD)
        codes_only = create_user(by="test", email="codes@example.com")
        assert client.post(f"{LIST}/{carl.pk}/role", {"role": "auditor"}).status_code == 302
        assert User.objects.get(pk=carl.pk).staff_role == "auditor"
        page = client.post(f"{LIST}/{codes_only.pk}/role", {"role": "auditor"}).content.decode()
        assert "need a username and a password first" in page
        assert not User.objects.get(pk=codes_only.pk).is_staff

    def test_the_last_owner_stays_one(self) -> None:
        olga = owner()
        create_administrator(by="test", username="ada", password=PASSWORD, role=StaffRole.ADMIN)
        client = client_of(olga)
        assert "This is the last owner" in client.post(f"{LIST}/{olga.pk}/role", {"role": "admin"}).content.decode()
        assert "This is the last owner" in client.post(f"{LIST}/{olga.pk}/remove", follow=True).content.decode()
        assert User.objects.get(pk=olga.pk).staff_role == "owner"

    def test_a_suspended_owner_does_not_count(self) -> None:
        olga, other = owner(), owner("oscar")
        User.objects.filter(pk=other.pk).update(is_suspended=True)
        assert (
            "This is the last owner" in client_of(olga).post(f"{LIST}/{olga.pk}/remove", follow=True).content.decode()
        )

    def test_one_of_two_owners_may_go(self) -> None:
        olga, other = owner(), owner("oscar")
        client_of(olga).post(f"{LIST}/{other.pk}/role", {"role": "admin"})
        changed = User.objects.get(pk=other.pk)
        assert (changed.staff_role, changed.is_superuser) == ("admin", False)


class TestRemove:
    def test_access_ends_and_the_person_stays(self) -> None:
        ada = create_administrator(by="test", username="ada", password=PASSWORD, role=StaffRole.ADMIN)
        hers, client = client_of(ada), client_of(owner())
        assert "Their account stays" in client.get(f"{LIST}/{ada.pk}/remove").content.decode()
        client.post(f"{LIST}/{ada.pk}/remove")
        assert hers.get("/console/users").status_code == 302
        ada.refresh_from_db()
        assert (ada.is_staff, ada.staff_role, ada.has_password) == (False, "", True)
        client.post(f"{LIST}/{ada.pk}/role", {"role": "admin"})  # back again: the old session stays dead
        assert hers.get("/console/users").status_code == 302

    def test_signed_out_of_the_console_everywhere(self) -> None:
        ada = create_administrator(by="test", username="ada", password=PASSWORD)
        one, two = client_of(ada), client_of(ada)
        client_of(owner()).post(f"{LIST}/{ada.pk}/sign-out")
        assert [browser.get("/console/users").status_code for browser in (one, two)] == [302, 302]
        assert client_of(User.objects.get(pk=ada.pk)).get("/console/users").status_code == 200


def test_the_list_names_roles_and_what_only_owners_may() -> None:
    ada = create_administrator(by="test", username="ada", password=PASSWORD, role=StaffRole.AUDITOR)
    page = client_of(ada).get(LIST).content.decode()
    assert "Read-only" in page
    assert (page.count("Second factor on"), page.count("No second factor")) == (0, 1)
    mfa.confirm_totp(by="test", user=ada, secret=totp.new_secret(), step=1)
    assert client_of(ada).get(LIST).content.decode().count("Second factor on") == 1
    assert "Change role" not in page
    assert "Owners change this." in page
