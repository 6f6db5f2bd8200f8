"""/api/resources and /api/roles: APIs with their permissions, and who holds which."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from idp.api.management import paging
from idp.applications.models import Application
from idp.authorization import management, roles
from idp.authorization.models import MANAGEMENT_API, Permission, Resource, Role, UserRole
from idp.authorization.services import save_resource
from idp.users.models import StaffRole, User
from idp.users.services import create_user
from tests.api.callers import refused
from tests.api.management.callers import Caller, administrator, with_key

pytestmark = pytest.mark.django_db
API = "https://api.example.com"


@pytest.fixture(autouse=True)
def _nothing_built_in(db: Any) -> None:
    Role.objects.all().delete()
    Resource.objects.all().delete()


@pytest.fixture
def books(db: Any) -> Resource:
    return save_resource(by="test", name="Books", indicator=API, permissions={"read:books": "Look", "write:books": ""})


class TestResources:
    def test_made_changed_and_deleted(self, machine: Caller) -> None:
        made = machine.ok("post", "/resources", {"name": "Books", "indicator": API}, status=201)
        assert made == {
            "tenantId": "default", "id": made["id"], "name": "Books", "indicator": API, "isDefault": False,
            "accessTokenTtl": 3600, "scopes": [],
        }  # fmt: skip
        path = f"/resources/{made['id']}"
        assert machine.ok("patch", path, {"accessTokenTtl": 600})["accessTokenTtl"] == 600
        assert machine.ok("patch", path, {"name": "More"})["accessTokenTtl"] == 600
        assert machine.ok("patch", f"{path}/is-default", {"isDefault": True})["isDefault"] is True
        assert machine.ok("get", path)["isDefault"] is True
        machine.ok("delete", path, status=204)
        refused(machine("get", path), 404, "entity.not_exists_with_id")

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"name": "x", "indicator": "no uri"}, 400, "resource.invalid_setting"),
            ({"name": "x", "indicator": API}, 422, "resource.resource_identifier_in_use"),
            ({"name": "x", "indicator": "https://new.example", "accessTokenTtl": 1}, 400, "resource.invalid_setting"),
            ({"name": "x"}, 400, "guard.invalid_input"),
        ],
    )
    def test_that_cannot_be(
        self, machine: Caller, books: Resource, body: dict[str, Any], status: int, code: str
    ) -> None:
        refused(machine("post", "/resources", body), status, code)

    def test_the_management_api_stays(self, machine: Caller) -> None:
        management.ensure()
        path = f"/resources/{Resource.objects.get(indicator=MANAGEMENT_API).pk}"
        for method, rest, body in (
            ("patch", "", {"name": "x"}),
            ("delete", "", None),
            ("post", "/scopes", {"name": "x"}),
            ("delete", f"/scopes/{Permission.objects.get().pk}", None),
        ):
            refused(machine(method, f"{path}{rest}", body), 400, "resource.cannot_modify_management_api")

    def test_listed(self, machine: Caller, books: Resource) -> None:
        answer = machine("get", "/resources")
        assert "Total-Number" not in answer
        assert [sorted(one) for one in answer.json()] == [
            ["accessTokenTtl", "id", "indicator", "isDefault", "name", "tenantId"]
        ]
        (found,) = machine.ok("get", "/resources", {"includeScopes": "true", "page": 1})
        assert [one["name"] for one in found["scopes"]] == ["read:books", "write:books"]

    def test_scopes(self, machine: Caller, books: Resource) -> None:
        path = f"/resources/{books.pk}/scopes"
        made = machine.ok("post", path, {"name": "lend:books", "description": "Lend"}, status=201)
        assert made == {
            "tenantId": "default", "id": made["id"], "resourceId": books.pk, "name": "lend:books", "description": "Lend",
        }  # fmt: skip
        refused(machine("post", path, {"name": "lend:books"}), 422, "scope.name_exists")
        refused(machine("post", path, {"name": "lend books"}), 400, "scope.name_with_space")
        changed = machine.ok("patch", f"{path}/{made['id']}", {"description": None})
        assert (changed["name"], changed["description"]) == ("lend:books", None)
        assert [one["name"] for one in machine.ok("get", path, {"search": "%write%"})] == ["write:books"]
        machine.ok("delete", f"{path}/{made['id']}", status=204)
        assert [one["name"] for one in machine.ok("get", path)] == ["read:books", "write:books"]

    def test_a_scope_of_another_resource(self, machine: Caller, books: Resource) -> None:
        other = save_resource(by="test", name="Other", indicator="https://other.example", permissions={"x": ""})
        path = f"/resources/{books.pk}/scopes/{other.permissions.get().pk}"
        refused(machine("delete", path), 404, "entity.not_exists_with_id")
        assert other.permissions.exists()


class TestRoles:
    def test_made_changed_and_deleted(self, machine: Caller, books: Resource) -> None:
        scopes = list(books.permissions.values_list("pk", flat=True))
        made = machine.ok(
            "post", "/roles", {"name": "Editor", "description": "Edits", "isDefault": True, "scopeIds": scopes}
        )
        assert made == {
            "tenantId": "default", "id": made["id"], "name": "Editor", "description": "Edits", "type": "User",
            "isDefault": True,
        }  # fmt: skip
        path = f"/roles/{made['id']}"
        assert machine.ok("patch", path, {"name": "Writer", "isDefault": False})["isDefault"] is False
        assert machine.ok("get", path)["name"] == "Writer"
        machine.ok("delete", path, status=204)
        refused(machine("get", path), 404, "entity.not_exists_with_id")

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"name": "Reader"}, 422, "role.name_in_use"),
            ({"name": "#internal:x"}, 403, "role.internal_role_violation"),
            ({"name": "x", "scopeIds": ["nothing"]}, 422, "entity.relation_foreign_key_not_found"),
            ({"name": "x", "type": "MachineToMachine", "isDefault": True}, 422, "role.invalid_setting"),
            ({"name": "x", "type": "Dog"}, 400, "guard.invalid_input"),
        ],
    )
    def test_that_cannot_be(self, machine: Caller, body: dict[str, Any], status: int, code: str) -> None:
        roles.create_role(by="test", name="Reader")
        refused(machine("post", "/roles", body), status, code)
        assert Role.objects.count() == 1

    def test_the_management_api_is_not_for_people(self, machine: Caller) -> None:
        management.ensure()
        code = "role.management_api_scopes_not_assignable_to_user_role"
        body = {"name": "x", "scopeIds": [Permission.objects.get().pk]}
        refused(machine("post", "/roles", body), 403, code)
        people = roles.create_role(by="test", name="People")
        refused(machine("post", f"/roles/{people.pk}/scopes", {"scopeIds": body["scopeIds"]}), 403, code)

    def test_scopes_are_added_and_removed(self, machine: Caller, books: Resource) -> None:
        read, write = books.permissions.order_by("name")
        role = roles.create_role(by="test", name="Reader", permissions=[read])
        path = f"/roles/{role.pk}/scopes"
        assert [one["id"] for one in machine.ok("post", path, {"scopeIds": [write.pk]}, status=201)] == [write.pk]
        answer = machine("get", path)
        assert "Total-Number" not in answer
        assert [(one["name"], one["resource"]["indicator"]) for one in answer.json()] == [
            ("read:books", API), ("write:books", API),
        ]  # fmt: skip
        machine.ok("delete", f"{path}/{read.pk}", status=204)
        refused(machine("delete", f"{path}/{read.pk}"), 404, "entity.not_exists_with_id")
        assert [one["name"] for one in machine.ok("get", path, {"page": 1})] == ["write:books"]

    def test_listed_with_their_holders(
        self, machine: Caller, robot: Application, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        reader = roles.create_role(by="test", name="Reader")
        worker = roles.create_role(by="test", name="Worker", type="MachineToMachine")
        people = [create_user(by="test", username=f"u{n}", name=f"U{n}") for n in range(4)]
        roles.give_to_users(by="test", role=reader, users=people)
        roles.give_to_applications(by="test", role=worker, applications=[robot])
        machine.ok("get", "/users")
        with django_assert_num_queries(4):  # the page, its count, and who has each of two
            first, second = machine.ok("get", "/roles")
        assert (first["usersCount"], first["applicationsCount"]) == (4, 0)
        assert [one["name"] for one in first["featuredUsers"]] == ["U3", "U2", "U1"]
        assert second["featuredApplications"] == [{"id": "robot", "name": "Robot", "type": "MachineToMachine"}]
        assert (second["usersCount"], second["applicationsCount"]) == (0, 1)

    def test_filtered(self, machine: Caller, ada: User, robot: Application) -> None:
        reader = roles.create_role(by="test", name="Reader")
        worker = roles.create_role(by="test", name="Worker", type="MachineToMachine")
        roles.give_to_users(by="test", role=reader, users=[ada])
        roles.give_to_applications(by="test", role=worker, applications=[robot])
        for query, expected in (
            ({"type": "User"}, ["Reader"]),
            ({"excludeUserId": ada.pk}, ["Worker"]),
            ({"excludeApplicationId": "robot"}, ["Reader"]),
            ({"search": "%work%"}, ["Worker"]),
        ):
            assert [one["name"] for one in machine.ok("get", "/roles", query)] == expected, query

    def test_holders_are_counted_up_to_the_bound(self, machine: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(paging, "MOST_COUNTED", 2)
        reader = roles.create_role(by="test", name="Reader")
        roles.give_to_users(by="test", role=reader, users=[create_user(by="test", username=f"u{n}") for n in range(3)])
        assert machine.ok("get", "/roles")[0]["usersCount"] == 2


class TestHolders:
    @pytest.fixture
    def reader(self, db: Any) -> Role:
        return roles.create_role(by="test", name="Reader")

    def test_people(self, machine: Caller, reader: Role, ada: User) -> None:
        path, grace = f"/roles/{reader.pk}/users", create_user(by="test", username="grace")
        machine.ok("post", path, {"userIds": [ada.pk, grace.pk]}, status=201)
        answer = machine("get", path)
        assert ({one["username"] for one in answer.json()}, answer["Total-Number"]) == ({"ada", "grace"}, "2")
        assert [one["username"] for one in machine.ok("get", path, {"search": "%love%"})] == ["ada"]
        machine.ok("delete", f"{path}/{ada.pk}", status=204)
        refused(machine("delete", f"{path}/{ada.pk}"), 404, "entity.not_exists_with_id")
        refused(machine("post", path, {"userIds": ["nobody"]}), 422, "entity.relation_foreign_key_not_found")
        assert [one["username"] for one in machine.ok("get", path)] == ["grace"]

    def test_an_administrator_gets_one_from_an_owner(self, reader: Role) -> None:
        olga, ann = administrator(StaffRole.OWNER), administrator(StaffRole.ADMIN)
        body = {"userIds": [olga.pk]}
        refused(with_key(ann)("post", f"/roles/{reader.pk}/users", body), 403, "auth.forbidden")
        assert not UserRole.objects.exists()
        with_key(olga).ok("post", f"/roles/{reader.pk}/users", body, status=201)

    def test_machines(self, machine: Caller, robot: Application, native: Application) -> None:
        worker = roles.create_role(by="test", name="Worker", type="MachineToMachine")
        path = f"/roles/{worker.pk}/applications"
        machine.ok("post", path, {"applicationIds": ["robot"]}, status=201)
        assert [one["id"] for one in machine.ok("get", path, {"search": "robot"})] == ["robot"]
        assert machine.ok("get", path, {"search": "%other%"}) == []
        refused(machine("post", path, {"applicationIds": ["bookstore"]}), 422, "application.invalid_role_type")
        machine.ok("delete", f"{path}/robot", status=204)
        refused(machine("delete", f"{path}/robot"), 404, "entity.not_exists_with_id")
