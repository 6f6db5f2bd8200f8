"""/api/users, as a machine calls it (Logto section 6.2 and appendix A)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from idp.api.management import paging, searching
from idp.applications.models import Application
from idp.authorization import roles
from idp.organizations.services import add_member, create_organization
from idp.signin.models import Session
from idp.users import finding
from idp.users.models import StaffRole, User
from idp.users.services import create_user
from tests.api.callers import refused
from tests.api.management.callers import Caller, administrator, with_key
from tests.conftest import PASSWORD
from tests.signin.helpers import session as new_session

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def five(db: Any) -> list[User]:
    """u1 to u5, u5 the newest."""
    people = [create_user(by="test", username=f"u{n}", name=f"Person {n}") for n in range(1, 6)]
    for number, one in enumerate(people):
        User.objects.filter(pk=one.pk).update(created_at=DAY + timedelta(minutes=number))
    return people


def names(found: Any) -> list[str]:
    return [one["username"] for one in found]


class TestLists:
    def test_newest_first_in_pages(self, machine: Caller, five: list[User]) -> None:
        answer = machine("get", "/users", {"page": 2, "page_size": 2})
        assert names(answer.json()) == ["u3", "u2"]
        assert answer["Total-Number"] == "5"
        assert "Total-Number-Is-Capped" not in answer
        links = dict(reversed(part.split("; ")) for part in answer["Link"].split(", "))
        base = "http://localhost:3001/api/users?page={}&page_size=2"
        assert links == {
            'rel="first"': f"<{base.format(1)}>", 'rel="prev"': f"<{base.format(1)}>",
            'rel="next"': f"<{base.format(3)}>", 'rel="last"': f"<{base.format(3)}>",
        }  # fmt: skip

    def test_the_last_page_has_no_next(self, machine: Caller, five: list[User]) -> None:
        answer = machine("get", "/users", {"page": 3, "page_size": 2})
        assert names(answer.json()) == ["u1"]
        assert 'rel="next"' not in answer["Link"]
        assert machine.ok("get", "/users", {"page": 4, "page_size": 2}) == []

    def test_links_keep_the_filter(self, machine: Caller, five: list[User]) -> None:
        answer = machine("get", "/users", {"search": "%person%", "page_size": 2})
        assert "search=%25person%25&page=2&page_size=2" in answer["Link"]

    @pytest.mark.parametrize("query", [{"page": 0}, {"page": "x"}, {"page_size": 101}, {"page_size": 0}])
    def test_a_page_that_is_none(self, machine: Caller, query: dict[str, Any]) -> None:
        refused(machine("get", "/users", query), 400, "guard.invalid_pagination")

    def test_a_big_table_is_not_counted_to_its_end(
        self, machine: Caller, five: list[User], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(paging, "MOST_COUNTED", 4)
        answer = machine("get", "/users", {"page_size": 2, "page": 2})
        assert (answer["Total-Number"], answer["Total-Number-Is-Capped"]) == ("4", "true")
        assert 'rel="next"' in answer["Link"]
        assert 'rel="last"' not in answer["Link"]

    def test_without_those_of_a_role_or_an_organization(self, machine: Caller, five: list[User]) -> None:
        role = roles.create_role(by="test", name="Reader")
        roles.give_to_users(by="test", role=role, users=five[:2])
        assert names(machine.ok("get", "/users", {"excludeRoleId": role.pk})) == ["u5", "u4", "u3"]
        club = create_organization(by="test", name="Club")
        add_member(by="test", organization=club, user=five[4])
        assert names(machine.ok("get", "/users", {"excludeOrganizationId": club.pk})) == ["u4", "u3", "u2", "u1"]

    def test_two_statements_for_a_page_and_one_for_a_person(
        self, machine: Caller, five: list[User], django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        machine.ok("get", "/users")  # the client and the keys are known from now on
        with django_assert_num_queries(2) as captured:
            machine.ok("get", "/users")
        assert "LIMIT 10001" in captured.captured_queries[1]["sql"]  # of the count
        with django_assert_num_queries(1):
            machine.ok("get", f"/users/{five[0].pk}")

    def test_two_more_with_an_api_key(
        self, five: list[User], django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        caller = with_key(administrator(StaffRole.OWNER))
        caller.ok("get", "/users")  # writes down that the key is used
        with django_assert_num_queries(3):
            caller.ok("get", f"/users/{five[0].pk}")


class TestSearch:
    @pytest.fixture(autouse=True)
    def _people(self, db: Any) -> None:
        create_user(by="test", username="grace", email="grace@navy.example", name="Grace Hopper")
        create_user(by="test", username="alan", email="alan@park.example", phone="441908640404", name="Alan Turing")
        create_user(by="test", username="hopper2", email="fan@navy.example", name="A Fan")

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"search": "%hopper%"}, {"grace", "hopper2"}),
            ({"search": "%HOPPER%"}, {"grace", "hopper2"}),
            ({"search": "hopper%"}, {"hopper2"}),
            ({"search": "%turing"}, {"alan"}),
            ({"search": "hopper"}, set()),
            ({"search": "alan"}, {"alan"}),
            ({"search": "%441908%"}, {"alan"}),
            ({"search": "%%"}, {"grace", "alan", "hopper2"}),
            ({"search.username": "%hopper%"}, {"hopper2"}),
            ({"search.name": "grace%"}, {"grace"}),
            ({"search.primaryEmail": "%navy%"}, {"grace", "hopper2"}),
            ({"search.primaryEmail": "alan@park.example", "mode.primaryEmail": "exact"}, {"alan"}),
            ({"search.username": ["alan", "grace"], "mode": "exact"}, {"alan", "grace"}),
            ({"search.name": "Alan Turing", "mode": "exact"}, {"alan"}),
            ({"search.name": "alan turing", "mode": "exact"}, set()),
            ({"search.username": "%alan%", "search.primaryEmail": "%navy%"}, {"alan", "grace", "hopper2"}),
            ({"search.username": "%hopper%", "search.primaryEmail": "%navy%", "joint": "and"}, {"hopper2"}),
        ],
    )
    def test_finds(self, machine: Caller, query: dict[str, Any], expected: set[str]) -> None:
        assert set(names(machine.ok("get", "/users", query))) == expected

    def test_by_ids(self, machine: Caller) -> None:
        chosen = list(User.objects.exclude(username="alan"))
        found = machine.ok("get", "/users", {"search.id": [one.pk for one in chosen], "mode.id": "exact"})
        assert {one["id"] for one in found} == {one.pk for one in chosen}

    @pytest.mark.parametrize(
        "query",
        [
            {"search": "a", "mode": "posix"},
            {"search": "a", "mode": "similar_to"},
            {"search.avatar": "%a%"},
            {"mode.avatar": "like"},
            {"search": "%a%b%"},
            {"search": "%a%", "isCaseSensitive": "true"},
            {"search": "%a%", "joint": "xor"},
            {"includePasswordHash": "true"},
            {"search.username": [f"u{n}" for n in range(101)]},
        ],
    )
    def test_refuses_what_it_does_not_do(self, machine: Caller, query: dict[str, Any]) -> None:
        refused(machine("get", "/users", query), 400, "guard.invalid_input")

    def test_says_when_one_of_several_patterns_fits_more(
        self, machine: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(searching, "_MOST_FOUND", 1)
        answer = machine("get", "/users", {"search.primaryEmail": "%navy%", "search.username": "alan"})
        assert set(names(answer.json())) == {"hopper2", "alan"}
        assert answer["Total-Number-Is-Capped"] == "true"

    def test_says_when_the_index_finds_no_more(self, machine: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(finding, "MOST", 1)
        answer = machine("get", "/users", {"search": "%hopper%"})
        assert ("Total-Number-Is-Capped" in answer) is (connection.vendor == "sqlite")  # PostgreSQL finds them all


class TestOne:
    def test_in_full(self, machine: Caller, ada: User) -> None:
        ada.profile, ada.custom_data = {"givenName": "Ada"}, {"plan": "gold"}
        ada.save()
        at = int(ada.created_at.timestamp() * 1000)
        assert machine.ok("get", f"/users/{ada.pk}") == {
            "id": ada.pk, "username": "ada", "primaryEmail": "ada@example.com", "primaryPhone": "15551234567",
            "name": "Ada Lovelace", "avatar": None, "customData": {"plan": "gold"}, "identities": {}, "lastSignInAt": None,
            "createdAt": at, "updatedAt": int(ada.updated_at.timestamp() * 1000), "profile": {"givenName": "Ada"},
            "applicationId": None, "isSuspended": False, "hasPassword": True,
        }  # fmt: skip
        assert machine.ok("get", f"/users/{ada.pk}?includeSsoIdentities=true")["ssoIdentities"] == []

    def test_nobody(self, machine: Caller) -> None:
        for method, rest, body in (
            ("get", "", None),
            ("patch", "", {"name": "x"}),
            ("delete", "", None),
            ("get", "/custom-data", None),
            ("get", "/has-password", None),
        ):
            refused(machine(method, f"/users/nobody{rest}", body), 404, "entity.not_exists_with_id")

    def test_a_new_one(self, machine: Caller) -> None:
        made = machine.ok(
            "post",
            "/users",
            {
                "username": "new", "primaryEmail": "New@Example.com", "primaryPhone": "4915112345678", "password": PASSWORD,
                "name": "New", "avatar": "https://pictures.example/1.png", "customData": {"a": 1},
                "profile": {"givenName": "N", "address": {"country": "DE"}},
            },
        )  # fmt: skip
        assert made["primaryEmail"] == "new@example.com"
        assert (made["profile"], made["customData"]) == ({"givenName": "N", "address": {"country": "DE"}}, {"a": 1})
        assert User.objects.get(pk=made["id"]).check_password(PASSWORD)

    def test_a_new_one_with_a_hash_from_elsewhere(self, machine: Caller) -> None:
        digest = "5f4dcc3b5aa765d61d8327deb882cf99"
        made = machine.ok(
            "post", "/users", {"username": "old", "passwordDigest": digest, "passwordAlgorithm": "MD5"}
        )  # fmt: skip
        machine.ok("post", f"/users/{made['id']}/password/verify", {"password": "password"}, status=204)

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({}, 422, "user.identifier_missing"),
            ({"username": "ada"}, 422, "user.username_already_in_use"),
            ({"primaryEmail": "ada@example.com"}, 422, "user.email_already_in_use"),
            ({"primaryPhone": "15551234567"}, 422, "user.phone_already_in_use"),
            ({"primaryPhone": "+15551234568"}, 400, "guard.invalid_input"),
            ({"username": "1abc"}, 400, "guard.invalid_input"),
            ({"username": "new", "password": "123456"}, 422, "password.rejected"),
            (
                {"username": "new", "passwordDigest": "x", "passwordAlgorithm": "MD5"},
                422,
                "user.invalid_password_digest",
            ),
            ({"username": "new", "passwordDigest": "x"}, 422, "user.invalid_password_digest"),
            ({"username": "new", "passwordAlgorithm": "Rot13"}, 400, "guard.invalid_input"),
            ({"username": "n", "password": PASSWORD, "passwordDigest": "x"}, 400, "guard.invalid_input"),
            ({"username": "new", "avatar": "javascript:alert(1)"}, 400, "guard.invalid_input"),
            ({"username": "new", "id": "abc"}, 400, "guard.invalid_input"),
        ],
    )
    def test_a_new_one_that_cannot_be(
        self, machine: Caller, ada: User, body: dict[str, Any], status: int, code: str
    ) -> None:
        refused(machine("post", "/users", body), status, code)
        assert User.objects.count() == 1

    def test_changes_what_is_named(self, machine: Caller, ada: User) -> None:
        machine.ok("patch", f"/users/{ada.pk}", {"customData": {"a": 1, "b": 2}, "profile": {"givenName": "A"}})
        changed = machine.ok(
            "patch", f"/users/{ada.pk}", {"customData": {"c": 3}, "profile": {"familyName": "L"}, "name": "", "avatar": None, "primaryPhone": None}
        )  # fmt: skip
        assert (changed["customData"], changed["profile"]) == ({"c": 3}, {"familyName": "L"})  # replaced
        assert (changed["name"], changed["primaryPhone"], changed["primaryEmail"]) == (None, None, "ada@example.com")
        assert machine.ok("patch", f"/users/{ada.pk}", {})["customData"] == {"c": 3}

    def test_one_identifier_stays(self, machine: Caller, ada: User) -> None:
        body = {"username": None, "primaryEmail": "", "primaryPhone": None}
        refused(machine("patch", f"/users/{ada.pk}", body), 422, "user.identifier_missing")

    def test_merges_custom_data_and_profile(self, machine: Caller, ada: User) -> None:
        path = f"/users/{ada.pk}"
        assert machine.ok("patch", f"{path}/custom-data", {"customData": {"a": {"x": 1}, "b": 2}}) == {
            "a": {"x": 1},
            "b": 2,
        }
        machine.ok("patch", f"{path}/custom-data", {"customData": {"a": {"y": 1}, "c": None}})
        assert machine.ok("get", f"{path}/custom-data") == {"a": {"y": 1}, "b": 2, "c": None}
        machine.ok("patch", f"{path}/profile", {"profile": {"givenName": "A", "familyName": "L"}})
        assert machine.ok("patch", f"{path}/profile", {"profile": {"givenName": None, "nickname": "Al"}}) == {
            "familyName": "L", "nickname": "Al",
        }  # fmt: skip

    def test_password(self, machine: Caller, ada: User, native: Application) -> None:
        path = f"/users/{ada.pk}"
        machine.ok("post", f"{path}/password/verify", {"password": PASSWORD}, status=204)
        refused(machine("post", f"{path}/password/verify", {"password": "no"}), 422, "session.invalid_credentials")
        new_session(ada, "a")
        assert machine.ok("patch", f"{path}/password", {"password": "another fine one"})["id"] == ada.pk
        assert not Session.objects.exists()
        machine.ok("post", f"{path}/password/verify", {"password": "another fine one"}, status=204)
        assert machine.ok("get", f"{path}/has-password") == {"hasPassword": True}
        User.objects.update(password="")
        assert machine.ok("get", f"{path}/has-password") == {"hasPassword": False}

    def test_suspended_and_back(self, machine: Caller, ada: User) -> None:
        new_session(ada, "a")
        assert machine.ok("patch", f"/users/{ada.pk}/is-suspended", {"isSuspended": True})["isSuspended"] is True
        assert not Session.objects.exists()
        assert machine.ok("patch", f"/users/{ada.pk}/is-suspended", {"isSuspended": False})["isSuspended"] is False

    def test_deleted(self, machine: Caller, ada: User) -> None:
        machine.ok("delete", f"/users/{ada.pk}", status=204)
        assert not User.objects.exists()

    def test_nobody_deletes_themself(self) -> None:
        administrator(StaffRole.OWNER, "other")
        olga = administrator(StaffRole.OWNER, "olga")
        refused(with_key(olga)("delete", f"/users/{olga.pk}"), 400, "user.cannot_delete_self")
