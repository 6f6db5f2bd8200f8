"""The people of an installation: find, add, change, suspend, delete."""

import re
from typing import Any

import pytest
from django.test import Client

from console.views.users import _new_password
from idp.applications.services import create_application
from idp.audit.models import Event
from idp.signin.models import SignInExperience
from idp.users.models import User
from idp.users.policy import PasswordPolicy, issues
from idp.users.services import create_user, set_suspended
from tests.console.pages import page
from tests.console.people import staff_client

pytestmark = pytest.mark.django_db
LIST = "/console/users"
CREATE = f"{LIST}/create"
PASSWORD = "correct horse battery"


@pytest.fixture
def client(db: None) -> Client:
    return staff_client()


@pytest.fixture
def grace(db: None) -> User:
    return create_user(
        by="test",
        email="grace@example.com",
        phone="+1 555 123 4567",
        username="grace",
        name="Grace Hopper",
        custom_data={"shelf": 7},
    )


def url(user: User, action: str = "") -> str:
    return f"{LIST}/{user.pk}{action}"


def form(user: User, **changes: str) -> dict[str, str]:
    data = {
        "email": user.primary_email or "",
        "phone": "+1 555-123-4567" if user.primary_phone else "",
        "username": user.username or "",
        "name": user.name or "",
        "avatar": user.avatar or "",
        "profile": "{}",
        "custom_data": '{"shelf": 7}',
    }
    return data | changes


class TestList:
    @pytest.mark.parametrize("text", ["hopper", "grace@exam", "5551234", "+1 555 123-4567", "GRACE"])
    def test_search(self, client: Client, grace: User, text: str) -> None:
        create_user(by="test", username="somebody_else")
        found = page(client.get(LIST, {"q": text}))
        assert url(grace) in found
        assert "somebody_else" not in found

    def test_nobody_found(self, client: Client) -> None:
        assert "Nobody found" in page(client.get(LIST, {"q": "zzz"}))

    def test_a_filter_that_cannot_be_used_says_so(self, client: Client, grace: User) -> None:
        text = page(client.get(LIST, {"q": "x" * 300, "since": "2026-02-02", "until": "2026-02-01"}))
        assert "Check the filter" in text
        assert "This is before the first day." in text
        assert url(grace) not in text

    def test_twenty_a_page(self, client: Client) -> None:
        for number in range(21):
            create_user(by="test", username=f"reader_{number:02}")
        first = page(client.get(LIST))
        assert first.count("cell-main") == 20
        [older] = re.findall(r'href="(\?before=\w+)"', first)
        second = page(client.get(LIST + older))
        assert second.count("cell-main") == 2  # the oldest reader and the administrator
        [newer] = re.findall(r'href="(\?after=\w+)"', second)
        assert page(client.get(LIST + newer)).count("cell-main") == 20
        assert client.get(LIST, {"before": "nobody"}).status_code == 200

    def test_filters(self, client: Client, grace: User) -> None:
        create_user(by="test", username="somebody_else", application_id="bookstore")
        set_suspended(by="test", user=grace, suspended=True)
        assert "somebody_else" not in page(client.get(LIST, {"status": "suspended"}))
        assert url(grace) in page(client.get(LIST, {"status": "suspended", "q": "grace"}))
        assert url(grace) not in page(client.get(LIST, {"application": "bookstore"}))
        assert url(grace) not in page(client.get(LIST, {"until": "2020-01-01"}))

    def test_badges(self, client: Client, grace: User) -> None:
        assert page(client.get(LIST)).count('<span class="badge badge--brass">Owner</span>') == 1
        suspended = '<span class="badge badge--danger">Suspended</span>'
        assert suspended not in page(client.get(LIST))
        set_suspended(by="test", user=grace, suspended=True)
        assert page(client.get(LIST)).count(suspended) == 1

    def test_the_application_is_named_and_outlived(self, client: Client) -> None:
        bookstore = create_application(by="test", name="Bookstore", type="Native")
        create_user(by="test", username="one", application_id=bookstore.pk)
        create_user(by="test", username="two", application_id="goneapplication")
        text = page(client.get(LIST))
        assert "Bookstore" in text
        assert "goneapplication" in text

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_takes_the_same_queries_for_any_length(
        self, client: Client, django_assert_num_queries: Any, count: int
    ) -> None:
        for number in range(count):
            application = create_application(by="test", name=f"App {number}", type="SPA")
            create_user(by="test", username=f"reader_{number}", application_id=application.pk)
        with django_assert_num_queries(10):
            client.get(LIST)

    def test_a_name_is_text(self, client: Client) -> None:
        create_user(by="test", username="eve", name="<script>alert(1)</script>")
        assert "<script>alert" not in page(client.get(LIST))


class TestCreate:
    def test_without_a_password(self, client: Client) -> None:
        response = client.post(CREATE, {"phone": "+44 7400 123456", "name": "Ada", "how": "none"})
        user = User.objects.get(primary_phone="447400123456")
        assert response["Location"] == url(user)
        assert user.name == "Ada"
        assert not user.has_password
        assert Event.objects.get(key="user.created").actor == f"user:{client.session['_auth_user_id']}"

    def test_with_a_typed_password(self, client: Client) -> None:
        client.post(CREATE, {"email": "Reader@Example.com", "how": "typed", "password": PASSWORD})
        user = User.objects.get(primary_email="reader@example.com")
        assert user.check_password(PASSWORD)
        assert user.name is None

    def test_a_generated_password_is_shown_once(self, client: Client) -> None:
        response = client.post(CREATE, {"username": "reader", "how": "generated"})
        shown = re.findall(r'<span class="copy__value">([^<]{19})</span>', page(response))
        user = User.objects.get(username="reader")
        assert [user.check_password(password) for password in shown] == [True]
        assert "no-store" in response["Cache-Control"]
        assert shown[0] not in page(client.get(url(user)))

    @pytest.mark.parametrize(
        ("data", "field", "message"),
        [
            ({"email": "grace@example.com"}, "email", "already in use"),
            ({"phone": "555"}, "phone", "not a phone number"),
            ({"phone": "+15551234567"}, "phone", "already in use"),
            ({"email": "nonsense"}, "email", "not an email address"),
            ({"username": "9lives"}, "username", "do not start with a digit"),
            ({"username": "new", "how": "typed"}, "password", "Type a password"),
            ({"username": "new", "how": "typed", "password": "short"}, "password", "too short"),
        ],
    )
    def test_mistakes_are_shown_at_their_field(
        self, client: Client, grace: User, data: dict[str, str], field: str, message: str
    ) -> None:
        text = page(client.post(CREATE, {"how": "none", "name": "Typed Name"} | data))
        assert message in text.split(f'id="id_{field}_error"')[1].split("</div>")[0]
        assert 'value="Typed Name"' in text
        assert User.objects.count() == 2

    def test_at_least_one_identifier(self, client: Client) -> None:
        assert "Give at least one of username, email and phone." in page(client.post(CREATE, {"how": "none"}))


class TestChange:
    def test_the_page_shows_the_person(self, client: Client, grace: User) -> None:
        text = page(client.get(url(grace)))
        for value in ("Grace Hopper", "grace@example.com", "+1 555-123-4567", grace.pk, "&quot;shelf&quot;: 7"):
            assert value in text

    def test_save(self, client: Client, grace: User) -> None:
        changes = {
            "phone": "",
            "name": "Admiral Hopper",
            "avatar": "https://example.com/g.png",
            "profile": '{"givenName": "Grace"}',
            "custom_data": "",
        }
        assert client.post(url(grace), form(grace, **changes))["Location"] == url(grace)
        grace.refresh_from_db()
        assert grace.primary_phone is None
        assert grace.primary_email == "grace@example.com"
        assert (grace.name, grace.avatar) == ("Admiral Hopper", "https://example.com/g.png")
        assert (grace.profile, grace.custom_data) == ({"givenName": "Grace"}, {})
        event = Event.objects.get(key="user.updated")
        assert event.data == {"fields": ["avatar", "custom_data", "name", "phone", "profile"]}

    def test_what_is_not_touched_is_not_written(self, client: Client, grace: User) -> None:
        client.post(url(grace), form(grace, name="Admiral"))
        assert Event.objects.get(key="user.updated").data == {"fields": ["name"]}

    def test_json_mistakes_have_line_and_column(self, client: Client, grace: User) -> None:
        text = page(client.post(url(grace), form(grace, custom_data='{\r\n  "shelf": 7,\r\n}', profile="[]")))
        custom, profile = (
            text.split(f'id="id_{name}_error"')[1].split("</ul>")[0] for name in ("custom_data", "profile")
        )
        assert "Line 3, column 1: Remove the comma" in custom
        assert "Write an object" in profile
        grace.refresh_from_db()
        assert grace.custom_data == {"shelf": 7}

    def test_a_taken_identifier_changes_nothing(self, client: Client, grace: User) -> None:
        create_user(by="test", email="taken@example.com")
        text = page(client.post(url(grace), form(grace, email="taken@example.com", name="New Name")))
        assert "already in use" in text.split('id="id_email_error"')[1]
        assert "<h1>Grace Hopper</h1>" in text
        grace.refresh_from_db()
        assert (grace.name, grace.primary_email) == ("Grace Hopper", "grace@example.com")

    @pytest.mark.parametrize("avatar", ["javascript:alert(1)", "nonsense"])
    def test_an_avatar_is_a_web_address(self, client: Client, grace: User, avatar: str) -> None:
        assert 'id="id_avatar_error"' in page(client.post(url(grace), form(grace, avatar=avatar)))

    def test_events(self, client: Client, grace: User) -> None:
        create_user(by="test", username="other")
        assert page(client.get(url(grace, "/activity"))).count(">A user was created</a>") == 1

    def test_events_name_who_did_it(self, client: Client, grace: User) -> None:
        set_suspended(by=User.objects.administrators().get().audit_name, user=grace, suspended=True)
        set_suspended(by="user:gone", user=grace, suspended=False)
        events = page(client.get(url(grace, "/activity"))).split('id="events"')[1]
        assert re.search(r'<td data-label="By">\s*<a href="/console/users/\w+">ada</a>', events)
        assert re.search(r'<td data-label="By">\s*User gone\s*</td>', events)

    def test_their_data_as_a_file(self, client: Client, grace: User) -> None:
        answer = client.post(url(grace, "/data"))
        assert answer["Content-Disposition"] == f'attachment; filename="user-{grace.pk}.json"'
        assert answer.json()["identifiers"]["username"] == "grace"
        assert Event.objects.get(key="user.data_exported").actor != grace.audit_name
        opened = client.get(url(grace, "/data"))
        assert (opened.status_code, opened["Allow"]) == (405, "POST")
        assert "There is no such page" in opened.content.decode()

    def test_unknown_people_are_not_found(self, client: Client) -> None:
        for action in ("", "/password", "/suspend", "/reactivate", "/delete"):
            assert client.post(f"{LIST}/nobody{action}").status_code == 404


class TestPassword:
    def test_set(self, client: Client, grace: User) -> None:
        assert client.post(url(grace, "/password"), {"password": PASSWORD})["Location"] == url(grace, "/sign-in")
        grace.refresh_from_db()
        assert grace.check_password(PASSWORD)

    def test_a_weak_one_is_refused_at_its_field(self, client: Client, grace: User) -> None:
        text = page(client.post(url(grace, "/password"), {"password": "12345678"}))
        assert "Do not use sequences" in text.split('id="id_password_error"')[1].split("</div>")[0]
        assert "12345678" not in text
        grace.refresh_from_db()
        assert not grace.has_password

    def test_generate(self, client: Client, grace: User) -> None:
        response = client.post(url(grace, "/password"), {"generate": "1", "password": ""})
        shown = re.findall(r'<span class="copy__value">([^<]{19})</span>', page(response))
        grace.refresh_from_db()
        assert any(grace.check_password(password) for password in shown)
        assert "no-store" in response["Cache-Control"]
        assert not set("0O1lI") & set(shown[0])

    def test_a_generated_one_meets_the_strictest_mix(self) -> None:
        policy = PasswordPolicy(min_length=16, character_types=4, reject_breached=False)
        assert [issues(_new_password(), policy) for _ in range(200)] == [[]] * 200

    def test_a_generated_one_that_the_policy_refuses_is_said_not_shown(self, client: Client, grace: User) -> None:
        SignInExperience.objects.create(password_policy={"length": {"min": 64, "max": 256}})
        text = page(client.post(url(grace, "/password"), {"generate": "1"}))
        assert "Use at least 64 characters" in text.split('id="id_password_error"')[1].split("</div>")[0]
        grace.refresh_from_db()
        assert not grace.has_password


class TestSuspendAndDelete:
    def test_suspend_and_reactivate(self, client: Client, grace: User) -> None:
        assert "is suspended and signed out everywhere." in page(client.post(url(grace, "/suspend"), follow=True))
        grace.refresh_from_db()
        assert grace.is_suspended
        text = page(client.post(url(grace, "/reactivate"), follow=True))
        assert "is active again." in text
        grace.refresh_from_db()
        assert not grace.is_suspended

    def test_delete_asks_first(self, client: Client, grace: User) -> None:
        assert "Delete Grace Hopper?" in page(client.get(url(grace, "/delete")))
        assert User.objects.filter(pk=grace.pk).exists()
        assert client.post(url(grace, "/delete"))["Location"] == LIST
        assert not User.objects.filter(pk=grace.pk).exists()

    @pytest.mark.parametrize("action", ["/suspend", "/delete"])
    def test_the_last_administrator_stays(self, client: Client, action: str) -> None:
        admin = User.objects.administrators().get()
        text = page(client.post(url(admin, action), follow=True))
        assert "This is the last owner." in text
        admin.refresh_from_db()
        assert admin.is_active

    def test_nothing_happens_by_link(self, client: Client, grace: User) -> None:
        for action in ("/suspend", "/reactivate", "/password"):
            assert client.get(url(grace, action)).status_code == 405
