"""/api/organizations, and what members may do: /api/organization-roles and /api/organization-scopes."""

from typing import Any

import pytest

from idp.applications.models import Application
from idp.audit.models import Event
from idp.authorization import management
from idp.authorization.models import Permission
from idp.authorization.services import save_resource
from idp.organizations import roles as organization_roles
from idp.organizations.models import Membership, Organization, OrganizationRole
from idp.organizations.services import add_member, create_organization
from idp.users.models import User
from idp.users.services import create_user
from tests.api.callers import refused
from tests.api.management.callers import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def guild(db: Any) -> Organization:
    return create_organization(by="test", name="Guild")


@pytest.fixture
def editor(db: Any) -> OrganizationRole:
    return organization_roles.create_role(by="test", name="editor")


@pytest.fixture
def reader(db: Any) -> OrganizationRole:
    return organization_roles.create_role(by="test", name="reader")


@pytest.fixture
def worker(db: Any) -> OrganizationRole:
    return organization_roles.create_role(by="test", name="worker", type="MachineToMachine")


class TestOrganizations:
    def test_made_changed_and_deleted(self, machine: Caller) -> None:
        made = machine.ok(
            "post", "/organizations", {"name": "Guild", "description": "Writers", "customData": {"a": 1}}, status=201
        )
        assert (made["tenantId"], made["description"], made["customData"]) == ("default", "Writers", {"a": 1})
        path = f"/organizations/{made['id']}"
        assert machine.ok("get", path) == made
        changed = machine.ok("patch", path, {"description": None, "customData": {"b": 2}})
        assert (changed["name"], changed["description"], changed["customData"]) == ("Guild", None, {"b": 2})
        machine.ok("delete", path, status=204)
        refused(machine("get", path), 404, "entity.not_exists_with_id")

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({}, 400, "guard.invalid_input"),
            ({"name": "x", "isMfaRequired": True}, 400, "guard.invalid_input"),
            ({"name": "x", "color": {"primaryColor": "blue"}}, 422, "organization.invalid_setting"),
            ({"name": "x", "branding": {"logoUrl": "javascript:x"}}, 422, "organization.invalid_setting"),
        ],
    )
    def test_that_cannot_be(self, machine: Caller, body: dict[str, Any], status: int, code: str) -> None:
        refused(machine("post", "/organizations", body), status, code)
        assert not Organization.objects.exists()

    def test_listed(self, machine: Caller, guild: Organization, ada: User) -> None:
        create_organization(by="test", name="School")
        add_member(by="test", organization=guild, user=ada)
        answer = machine("get", "/organizations")
        assert ([one["name"] for one in answer.json()], answer["Total-Number"]) == (["School", "Guild"], "2")
        assert "usersCount" not in answer.json()[0]
        (found,) = machine.ok("get", "/organizations", {"q": "gui", "showFeatured": "true"})
        assert (found["usersCount"], found["featuredUsers"]) == (
            1, [{"id": ada.pk, "avatar": None, "name": "Ada Lovelace"}],
        )  # fmt: skip


class TestMembers:
    @pytest.fixture
    def path(self, guild: Organization) -> str:
        return f"/organizations/{guild.pk}/users"

    @pytest.fixture
    def grace(self, db: Any) -> User:
        return create_user(by="test", username="grace")

    def names(self, found: Any) -> list[str]:
        return [one["username"] for one in found]

    def test_added_replaced_and_removed(self, machine: Caller, path: str, ada: User, grace: User, editor: OrganizationRole) -> None:  # fmt: skip
        machine.ok("post", path, {"userIds": [ada.pk, ada.pk]}, status=201)
        machine.ok("put", f"{path}/{ada.pk}/roles", {"organizationRoleIds": [editor.pk]}, status=204)
        machine.ok("put", path, {"userIds": [ada.pk, grace.pk]}, status=204)
        answer = machine("get", path)
        assert (self.names(answer.json()), answer["Total-Number"]) == (["grace", "ada"], "2")
        assert answer.json()[1]["organizationRoles"] == [{"id": editor.pk, "name": "editor"}]  # who stays keeps them
        machine.ok("put", path, {"userIds": [grace.pk]}, status=204)
        machine.ok("delete", f"{path}/{grace.pk}", status=204)
        refused(machine("delete", f"{path}/{grace.pk}"), 404, "entity.not_exists_with_id")
        assert machine.ok("get", path) == []
        refused(machine("post", path, {"userIds": ["nobody"]}), 422, "entity.relation_foreign_key_not_found")
        assert set(Event.objects.filter(key__startswith="organization.member").values_list("actor", flat=True)) == {
            "application:robot"
        }

    def test_searched(self, machine: Caller, path: str, guild: Organization, ada: User, grace: User, editor: OrganizationRole) -> None:  # fmt: skip
        add_member(by="test", organization=guild, user=ada, roles=[editor])
        add_member(by="test", organization=guild, user=grace)
        assert self.names(machine.ok("get", path, {"q": "love"})) == ["ada"]
        assert self.names(machine.ok("get", path, {"organizationRoleId": editor.pk})) == ["ada"]

    def test_roles(self, machine: Caller, path: str, guild: Organization, ada: User, editor: OrganizationRole, reader: OrganizationRole, worker: OrganizationRole) -> None:  # fmt: skip
        held = f"{path}/{ada.pk}/roles"
        refused(machine("get", held), 404, "entity.not_exists_with_id")
        add_member(by="test", organization=guild, user=ada)
        machine.ok("post", held, {"organizationRoleIds": [editor.pk]}, status=201)
        machine.ok("post", held, {"organizationRoleNames": ["reader"]}, status=201)
        answer = machine("get", held)
        assert [one["name"] for one in answer.json()] == ["editor", "reader"]
        assert "Total-Number" not in answer
        machine.ok("delete", f"{held}/{editor.pk}", status=204)
        refused(machine("delete", f"{held}/{editor.pk}"), 404, "entity.not_exists_with_id")
        machine.ok("put", held, {"organizationRoleNames": ["editor"]}, status=204)
        assert [one["name"] for one in machine.ok("get", held)] == ["editor"]
        for body, code in (
            ({"organizationRoleNames": ["nothing"]}, "entity.relation_foreign_key_not_found"),
            ({"organizationRoleIds": ["nothing"]}, "entity.relation_foreign_key_not_found"),
            ({"organizationRoleIds": [worker.pk]}, "organization_role.invalid_setting"),
        ):
            refused(machine("post", held, body), 422, code)
        assert [one["name"] for one in machine.ok("get", held)] == ["editor"]

    def test_many_at_once_or_none(self, machine: Caller, path: str, guild: Organization, ada: User, grace: User, editor: OrganizationRole) -> None:  # fmt: skip
        add_member(by="test", organization=guild, user=ada)
        body = {"userIds": [ada.pk, grace.pk], "organizationRoleIds": [editor.pk]}
        refused(machine("post", f"{path}/roles", body), 422, "entity.relation_foreign_key_not_found")
        assert not Membership.objects.get().roles.exists()
        add_member(by="test", organization=guild, user=grace)
        machine.ok("post", f"{path}/roles", body, status=201)
        assert [list(one.roles.all()) for one in Membership.objects.all()] == [[editor], [editor]]

    def test_scopes(self, machine: Caller, path: str, guild: Organization, ada: User, editor: OrganizationRole, reader: OrganizationRole) -> None:  # fmt: skip
        invite = organization_roles.create_permission(by="test", name="invite:member")
        for role in (editor, reader):
            organization_roles.set_permissions(by="test", role=role, permissions=[invite])
        add_member(by="test", organization=guild, user=ada, roles=[editor, reader])
        assert machine.ok("get", f"{path}/{ada.pk}/scopes") == [
            {"tenantId": "default", "id": invite.pk, "name": "invite:member", "description": None}
        ]


class TestMachines:
    @pytest.fixture
    def path(self, guild: Organization) -> str:
        return f"/organizations/{guild.pk}/applications"

    def test_added_replaced_and_removed(self, machine: Caller, path: str, native: Application) -> None:
        machine.ok("post", path, {"applicationIds": ["robot"]}, status=201)
        (found,) = machine.ok("get", path, {"q": "robot"})
        assert (found["id"], found["organizationRoles"]) == ("robot", [])
        assert machine.ok("get", path, {"q": "other"}) == []
        refused(machine("post", path, {"applicationIds": ["bookstore"]}), 422, "application.invalid_role_type")
        machine.ok("put", path, {"applicationIds": []}, status=204)
        assert machine.ok("get", path) == []
        machine.ok("put", path, {"applicationIds": ["robot"]}, status=204)
        machine.ok("delete", f"{path}/robot", status=204)
        refused(machine("delete", f"{path}/robot"), 404, "entity.not_exists_with_id")

    def test_roles(self, machine: Caller, path: str, worker: OrganizationRole, editor: OrganizationRole) -> None:
        held = f"{path}/robot/roles"
        refused(machine("get", held), 404, "entity.not_exists_with_id")
        many = {"applicationIds": ["robot"], "organizationRoleIds": [worker.pk]}
        refused(machine("post", f"{path}/roles", many), 422, "entity.relation_foreign_key_not_found")
        machine.ok("post", path, {"applicationIds": ["robot"]}, status=201)
        machine.ok("post", f"{path}/roles", many, status=201)
        assert [one["name"] for one in machine.ok("get", held)] == ["worker"]
        machine.ok("delete", f"{held}/{worker.pk}", status=204)
        refused(machine("delete", f"{held}/{worker.pk}"), 404, "entity.not_exists_with_id")
        machine.ok("post", held, {"organizationRoleIds": [worker.pk]}, status=201)
        machine.ok("put", held, {"organizationRoleIds": []}, status=204)
        assert machine.ok("get", held) == []
        for method in ("post", "put"):
            body = {"organizationRoleIds": [editor.pk]}
            refused(machine(method, held, body), 422, "application.invalid_role_type")


class TestTemplate:
    @pytest.fixture
    def book(self, db: Any) -> Permission:
        api = save_resource(by="test", name="API", indicator="https://api.example.com", permissions={"write:books": ""})
        found: Permission = api.permissions.get()
        return found

    def test_scopes(self, machine: Caller) -> None:
        path = "/organization-scopes"
        made = machine.ok("post", path, {"name": "invite:member", "description": "Invite"}, status=201)
        assert made == {"tenantId": "default", "id": made["id"], "name": "invite:member", "description": "Invite"}
        one = f"{path}/{made['id']}"
        assert machine.ok("patch", one, {"name": "invite:member", "description": None})["description"] is None
        refused(machine("patch", one, {"name": "invite"}), 400, "guard.invalid_input")
        refused(machine("post", path, {"name": "invite:member"}), 422, "organization_role.invalid_setting")
        assert [found["id"] for found in machine.ok("get", path, {"q": "invite"})] == [made["id"]]
        assert machine.ok("get", one)["name"] == "invite:member"
        machine.ok("delete", one, status=204)
        refused(machine("get", one), 404, "entity.not_exists_with_id")

    def test_roles(self, machine: Caller, book: Permission) -> None:
        path, invite = "/organization-roles", organization_roles.create_permission(by="test", name="invite:member")
        made = machine.ok(
            "post", path, {"name": "editor", "organizationScopeIds": [invite.pk], "resourceScopeIds": [book.pk]}, status=201
        )  # fmt: skip
        assert made == {"tenantId": "default", "id": made["id"], "name": "editor", "description": None, "type": "User"}
        (found,) = machine.ok("get", path, {"q": "edit"})
        assert found["scopes"] == [{"id": invite.pk, "name": "invite:member"}]
        assert found["resourceScopes"][0] == {
            "id": book.pk, "name": "write:books", "resource": {"id": book.resource_id, "name": "API"},
        }  # fmt: skip
        one = f"{path}/{made['id']}"
        assert machine.ok("patch", one, {"description": "Edits"})["description"] == "Edits"
        assert machine.ok("patch", one, {"name": "writer"})["description"] == "Edits"
        assert machine.ok("get", one)["name"] == "writer"
        machine.ok("delete", one, status=204)
        refused(machine("get", one), 404, "entity.not_exists_with_id")

    def test_scopes_of_roles(self, machine: Caller, editor: OrganizationRole) -> None:
        path = f"/organization-roles/{editor.pk}/scopes"
        first, second = (organization_roles.create_permission(by="test", name=name) for name in ("a:b", "c:d"))
        machine.ok("post", path, {"organizationScopeIds": [first.pk]}, status=201)
        machine.ok("post", path, {"organizationScopeIds": [second.pk]}, status=201)
        assert [one["name"] for one in machine.ok("get", path)] == ["a:b", "c:d"]
        machine.ok("delete", f"{path}/{first.pk}", status=204)
        refused(machine("delete", f"{path}/{first.pk}"), 404, "entity.not_exists_with_id")
        machine.ok("put", path, {"organizationScopeIds": [first.pk]}, status=204)
        assert [one["name"] for one in machine.ok("get", path)] == ["a:b"]

    def test_api_scopes_of_roles(self, machine: Caller, editor: OrganizationRole, worker: OrganizationRole, book: Permission) -> None:  # fmt: skip
        path = f"/organization-roles/{editor.pk}/resource-scopes"
        machine.ok("post", path, {"scopeIds": [book.pk]}, status=201)
        assert [one["name"] for one in machine.ok("get", path)] == ["write:books"]
        machine.ok("delete", f"{path}/{book.pk}", status=204)
        refused(machine("delete", f"{path}/{book.pk}"), 404, "entity.not_exists_with_id")
        machine.ok("put", path, {"scopeIds": [book.pk]}, status=204)
        assert [one["id"] for one in machine.ok("get", path)] == [book.pk]
        management.ensure()
        all_of_it = Permission.objects.get(name="all").pk
        for method in ("post", "put"):
            code = "role.management_api_scopes_not_assignable_to_user_role"
            refused(machine(method, path, {"scopeIds": [all_of_it]}), 403, code)
        machine.ok("put", f"/organization-roles/{worker.pk}/resource-scopes", {"scopeIds": [all_of_it]}, status=204)
