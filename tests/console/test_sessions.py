"""Where administrators are signed in to the console: seen, ended one by one or together, and over when they are over."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from idp.audit.models import Event
from idp.deployment.upkeep import purge
from idp.users.models import StaffSession, User
from tests.console.people import PASSWORD, administrator

pytestmark = pytest.mark.django_db
ACCOUNT, USERS = "/console/account", "/console/users"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"


def browser(agent: str = FIREFOX, address: str = "192.0.2.1", username: str = "ada") -> Client:
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    client.post("/console/sign-in", {"username": username, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get(USERS).status_code == 200


@pytest.fixture
def ada() -> User:
    return administrator()


class TestList:
    def test_each_browser_and_which_is_this_one(self, ada: User) -> None:
        here, _ = browser(), browser(CHROME, "192.0.2.2")
        shown = here.get(ACCOUNT).context["sessions"]
        assert {(name, one.address) for one, name in shown} == {
            ("Firefox on Linux", "192.0.2.1"),
            ("Chrome on Windows", "192.0.2.2"),
        }
        page = here.get(ACCOUNT).content.decode()
        assert page.count("This one") == 1
        assert page.index("Firefox on Linux") < page.index("This one") < page.index("192.0.2.1")
        assert page.count("/end") == 1  # this one has no button

    def test_nobody_elses(self, ada: User) -> None:
        administrator("grace")
        browser(username="grace")
        assert len(browser().get(ACCOUNT).context["sessions"]) == 1

    def test_when_it_was_used_last_to_the_minute(self, ada: User) -> None:
        client = browser()
        row = StaffSession.objects.get()
        with time_machine.travel(row.last_used_at + timedelta(seconds=30)):
            client.get(USERS)
            assert StaffSession.objects.get().last_used_at == row.last_used_at
        with time_machine.travel(row.last_used_at + timedelta(minutes=5)):
            client.get(USERS, REMOTE_ADDR="198.51.100.7")
            now = StaffSession.objects.get()
            assert now.last_used_at - row.last_used_at >= timedelta(minutes=5)
            assert (now.address, now.created_at) == ("198.51.100.7", row.created_at)

    def test_what_a_page_asks_by_itself_is_no_use(self, ada: User) -> None:
        client = browser()
        row = StaffSession.objects.get()
        with time_machine.travel(row.last_used_at + timedelta(minutes=5)):
            client.get("/console/activity/new?after=1790000000000000-1")
            assert StaffSession.objects.get().last_used_at == row.last_used_at


class TestEnding:
    def test_one_of_them(self, ada: User) -> None:
        here, there, elsewhere = browser(), browser(CHROME), browser()
        row = StaffSession.objects.get(user_agent=CHROME)
        assert here.post(f"{ACCOUNT}/sessions/{row.pk}/end")["Location"] == ACCOUNT
        assert [is_in(one) for one in (here, there, elsewhere)] == [True, False, True]
        event = Event.objects.get(key="administrator.session_ended")
        assert (event.actor, event.target, event.data) == (ada.audit_name, ada.audit_name, {"session": row.pk})
        answer = here.post(f"{ACCOUNT}/sessions/{row.pk}/end", follow=True).content.decode()
        assert "was over already" in answer

    def test_the_data_browser_is_over_with_it(self, ada: User) -> None:
        client = browser()
        assert client.get("/admin/").status_code == 200
        StaffSession.objects.all().delete()
        assert client.get("/admin/").status_code == 302
        assert not Session.objects.exists()  # nothing of it is left

    def test_not_somebody_elses(self, ada: User) -> None:
        administrator("grace")
        hers = browser(username="grace")
        row = StaffSession.objects.get()
        browser().post(f"{ACCOUNT}/sessions/{row.pk}/end")
        assert is_in(hers)
        assert not Event.objects.filter(key="administrator.session_ended").exists()

    def test_all_others(self, ada: User) -> None:
        here, there, elsewhere = browser(), browser(), browser()
        here.post(f"{ACCOUNT}/sign-out-elsewhere")
        assert [is_in(one) for one in (here, there, elsewhere)] == [True, False, False]
        assert len(here.get(ACCOUNT).context["sessions"]) == 1
        assert "Sign out everywhere else" not in here.get(ACCOUNT).content.decode()
        assert Event.objects.get(key="administrator.signed_out").data == {"besides_this_one": True}

    def test_an_owner_ends_all_of_somebody(self, ada: User) -> None:
        administrator("olga")
        one, two, owner = browser(), browser(), browser(username="olga")
        owner.post(f"/console/administrators/{ada.pk}/sign-out")
        assert [is_in(client) for client in (one, two, owner)] == [False, False, True]
        assert not StaffSession.objects.filter(user=ada).exists()

    def test_a_new_password_ends_the_others_and_keeps_this_one(self, ada: User) -> None:
        here, there = browser(), browser()
        new = {"password": "another long sentence", "password_again": "another long sentence"}
        here.post(f"{ACCOUNT}/password", {"current": PASSWORD, **new})
        assert [is_in(one) for one in (here, there)] == [True, False]
        assert len(here.get(ACCOUNT).context["sessions"]) == 1

    def test_signing_out(self, ada: User) -> None:
        here, there = browser(), browser()
        here.post("/console/sign-out")
        assert StaffSession.objects.count() == 1
        assert is_in(there)

    def test_signing_in_again_in_the_same_browser_is_one_session(self, ada: User) -> None:
        client = browser()
        client.force_login(ada)
        assert StaffSession.objects.count() == 1
        assert is_in(client)


class TestRetention:
    def test_an_idle_one_is_over_and_then_gone(self, ada: User) -> None:
        client = browser()
        with time_machine.travel(timezone.now() + timedelta(seconds=3700)):
            assert not is_in(client)
            fresh = browser()
            assert len(fresh.get(ACCOUNT).context["sessions"]) == 1
        with time_machine.travel(timezone.now() + timedelta(hours=4)):
            purge()
        assert (StaffSession.objects.count(), Session.objects.count()) == (0, 0)

    def test_it_goes_with_its_person(self, ada: User) -> None:
        browser()
        ada.delete()
        assert not StaffSession.objects.exists()
