"""/api/applications: clients, their secrets and roles."""

import time
from typing import Any

import pytest

from idp.applications.models import Application, ApplicationSecret
from idp.applications.services import create_application
from idp.audit.models import Event
from idp.authorization import machines, roles
from idp.organizations.services import create_organization
from idp.users.models import StaffRole
from tests.api.callers import refused
from tests.api.management.callers import Caller, administrator, with_key

pytestmark = pytest.mark.django_db
WEB = {"name": "Shop", "type": "Traditional", "oidcClientMetadata": {"redirectUris": ["https://shop.example/callback"]}}


def ids(found: Any) -> list[str]:
    return [one["id"] for one in found]


class TestLists:
    def test_newest_first_whole_or_in_pages(self, machine: Caller, native: Application) -> None:
        answer = machine("get", "/applications")
        assert ids(answer.json()) == ["bookstore", "robot"]
        assert "Total-Number" not in answer
        answer = machine("get", "/applications", {"page": 1, "page_size": 1})
        assert (ids(answer.json()), answer["Total-Number"]) == (["bookstore"], "2")

    def test_filtered(self, machine: Caller, native: Application, robot: Application) -> None:
        create_application(by="test", name="Partner", type="SPA", client_id="partner", is_third_party=True)
        role = roles.create_role(by="test", name="R", type="MachineToMachine")
        roles.give_to_applications(by="test", role=role, applications=[robot])
        guild = create_organization(by="test", name="Guild")
        machines.add_machine(by="test", organization=guild, application=robot)
        for query, expected in (
            ({"types": ["Native", "SPA"]}, {"bookstore", "partner"}),
            ({"isThirdParty": "true"}, {"partner"}),
            ({"isThirdParty": "false"}, {"bookstore", "robot"}),
            ({"excludeRoleId": role.pk}, {"bookstore", "partner"}),
            ({"excludeOrganizationId": guild.pk}, {"bookstore", "partner"}),
            ({"search": "%store%"}, {"bookstore"}),
            ({"search": "partner"}, {"partner"}),
        ):
            assert set(ids(machine.ok("get", "/applications", query))) == expected, query
        refused(machine("get", "/applications", {"types": "SAML"}), 400, "guard.invalid_input")


class TestOne:
    def test_made_with_a_secret_that_is_told_once(self, machine: Caller) -> None:
        made = machine.ok(
            "post",
            "/applications",
            WEB | {"description": "Ours", "customData": {"a": 1}, "customClientMetadata": {"idTokenTtl": 600, "rotateRefreshToken": False}},
        )  # fmt: skip
        secret = ApplicationSecret.objects.get(application=made["id"])
        assert made.pop("secret") == secret.value
        assert made == machine.ok("get", f"/applications/{made['id']}")
        assert (made["tenantId"], made["type"], made["isThirdParty"]) == ("default", "Traditional", False)
        assert (made["description"], made["customData"]) == ("Ours", {"a": 1})
        assert made["oidcClientMetadata"]["redirectUris"] == ["https://shop.example/callback"]
        custom = made["customClientMetadata"]
        assert (custom["idTokenTtl"], custom["rotateRefreshToken"], custom["isDeviceFlow"]) == (600, False, False)
        (listed,) = machine.ok("get", f"/applications/{made['id']}/secrets")
        assert listed["value"] == secret.mask != secret.value

    def test_a_device_and_somebody_elses(self, machine: Caller) -> None:
        tv = machine.ok(
            "post", "/applications", {"name": "TV", "type": "Native", "customClientMetadata": {"isDeviceFlow": True}}
        )
        assert tv["customClientMetadata"]["isDeviceFlow"] is True
        assert "secret" not in tv
        back = machine.ok(
            "patch", f"/applications/{tv['id']}", {"customClientMetadata": tv["customClientMetadata"]}
        )  # as it was read
        assert back == tv
        refused(
            machine("patch", f"/applications/{tv['id']}", {"customClientMetadata": {"isDeviceFlow": False}}),
            400,
            "application.invalid_setting",
        )
        assert machine.ok("post", "/applications", WEB | {"isThirdParty": True})["isThirdParty"] is True

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"name": "x"}, 400, "guard.invalid_input"),
            ({"name": "x", "type": "SAML"}, 400, "guard.invalid_input"),
            (WEB | {"secret": "mine"}, 400, "guard.invalid_input"),
            (WEB | {"oidcClientMetadata": {"logoUri": "x"}}, 400, "guard.invalid_input"),
            (WEB | {"oidcClientMetadata": {"redirectUris": ["nonsense"]}}, 400, "application.invalid_uri"),
            (WEB | {"customClientMetadata": {"idTokenTtl": 1}}, 400, "application.invalid_setting"),
        ],
    )
    def test_that_cannot_be(self, machine: Caller, body: dict[str, Any], status: int, code: str) -> None:
        refused(machine("post", "/applications", body), status, code)
        assert Application.objects.managed().count() == 1

    def test_changes_what_is_named(self, machine: Caller, native: Application) -> None:
        before = machine.ok("get", "/applications/bookstore")
        after = machine.ok(
            "patch", "/applications/bookstore", {"name": "Books", "customClientMetadata": {"maxAllowedGrants": 3}}
        )
        before["name"] = "Books"
        before["customClientMetadata"]["maxAllowedGrants"] = 3
        assert after == before
        cleared = machine.ok(
            "patch", "/applications/bookstore", {"description": None, "customClientMetadata": {"maxAllowedGrants": None, "corsAllowedOrigins": None}}
        )  # fmt: skip
        assert (cleared["description"], cleared["customClientMetadata"]["maxAllowedGrants"]) == ("", None)
        assert cleared["customClientMetadata"]["corsAllowedOrigins"] == []

    def test_custom_data_is_merged(self, machine: Caller, native: Application) -> None:
        path = "/applications/bookstore/custom-data"
        machine.ok("patch", path, {"a": 1, "b": {"c": 2}})
        assert machine.ok("patch", path, {"b": {}}) == {"a": 1, "b": {}}
        assert Application.objects.get(pk="bookstore").custom_data == {"a": 1, "b": {}}

    def test_deleted(self, machine: Caller, native: Application) -> None:
        machine.ok("delete", "/applications/bookstore", status=204)
        refused(machine("delete", "/applications/bookstore"), 404, "entity.not_exists_with_id")

    def test_what_is_built_in_is_not_there(self, machine: Caller) -> None:
        for method in ("get", "patch", "delete"):
            body = {} if method == "patch" else None
            refused(machine(method, "/applications/demo-app", body), 404, "entity.not_exists_with_id")


class TestSecrets:
    @pytest.fixture
    def path(self, machine: Caller) -> str:
        return f"/applications/{machine.ok('post', '/applications', WEB)['id']}/secrets"

    def test_made_told_once_and_deleted(self, machine: Caller, path: str) -> None:
        until = int((time.time() + 3600) * 1000)
        made = machine.ok("post", path, {"name": "Next", "expiresAt": until}, status=201)
        stored = ApplicationSecret.objects.get(name="Next")
        assert (made["value"], made["expiresAt"], made["name"]) == (stored.value, until, "Next")
        assert [one["name"] for one in machine.ok("get", path)] == ["Default", "Next"]
        refused(machine("post", path, {"name": "Next"}), 422, "application.secret_name_exists")
        machine.ok("delete", f"{path}/Next", status=204)
        refused(machine("delete", f"{path}/Next"), 404, "entity.not_exists_with_id")

    def test_who_only_looks_sees_no_value(self, machine: Caller, path: str) -> None:
        values = set(ApplicationSecret.objects.values_list("value", flat=True))
        answer = with_key(administrator(StaffRole.AUDITOR))("get", path)
        assert answer.status_code == 200
        assert not any(value in answer.content.decode() for value in values)

    def test_not_for_apps_in_the_open(self, machine: Caller, native: Application) -> None:
        refused(machine("post", "/applications/bookstore/secrets", {"name": "x"}), 400, "application.invalid_setting")


def test_roles(machine: Caller, robot: Application, native: Application) -> None:
    path = "/applications/robot/roles"
    one, two = (roles.create_role(by="test", name=name, type="MachineToMachine") for name in ("One", "Two"))
    people = roles.create_role(by="test", name="People")
    added = machine.ok("post", path, {"roleIds": [one.pk, one.pk]}, status=201)
    assert added["addedRoleIds"] == [one.pk]
    assert machine.ok("put", path, {"roleIds": [two.pk]}) == {"roleIds": [two.pk]}
    assert [role["name"] for role in machine.ok("get", path)] == ["Two"]
    machine.ok("delete", f"{path}/{two.pk}", status=204)
    refused(machine("delete", f"{path}/{two.pk}"), 404, "entity.not_exists_with_id")
    refused(machine("post", path, {"roleIds": [people.pk]}), 422, "application.invalid_role_type")
    refused(
        machine("put", "/applications/bookstore/roles", {"roleIds": [one.pk]}), 422, "application.invalid_role_type"
    )
    assert set(Event.objects.filter(key__startswith="role.").exclude(key="role.created").values_list("actor", flat=True)) == {
        "application:robot"
    }  # fmt: skip


def test_organizations(machine: Caller, robot: Application) -> None:
    guild = create_organization(by="test", name="Guild")
    machines.add_machine(by="test", organization=guild, application=robot)
    (found,) = machine.ok("get", "/applications/robot/organizations")
    assert (found["id"], found["organizationRoles"]) == (guild.pk, [])
