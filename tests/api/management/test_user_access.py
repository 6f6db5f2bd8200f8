"""/api/users/{id}/…: roles, organizations, sessions, grants, factors and trusted devices of a person."""

from typing import Any

import pytest

from idp.applications.models import Application
from idp.audit.models import Event
from idp.authorization import roles
from idp.authorization.models import Role, UserRole
from idp.mfa.models import TotpDevice, TrustedDevice
from idp.mfa.services import generate_backup_codes
from idp.mfa.trust import trust_device
from idp.organizations import roles as organization_roles
from idp.organizations.services import add_member, create_organization
from idp.signin.models import Session
from idp.tokens.models import Grant
from idp.users.models import User
from tests.api.callers import refused
from tests.api.management.callers import Caller
from tests.signin.helpers import grant as new_grant
from tests.signin.helpers import session as new_session

pytestmark = pytest.mark.django_db


class TestRoles:
    @pytest.fixture
    def two(self, db: Any) -> list[Role]:
        return [roles.create_role(by="test", name=name) for name in ("Editor", "Reader")]

    def names(self, machine: Caller, user: User) -> list[str]:
        return [one["name"] for one in machine.ok("get", f"/users/{user.pk}/roles")]

    def test_added_replaced_and_removed(self, machine: Caller, ada: User, two: list[Role]) -> None:
        path, (editor, reader) = f"/users/{ada.pk}/roles", two
        machine.ok("post", path, {"roleIds": [editor.pk]}, status=201)
        added = machine.ok("post", path, {"roleIds": [editor.pk, reader.pk]}, status=201)
        assert added == {"roleIds": [editor.pk, reader.pk], "addedRoleIds": [reader.pk]}
        assert self.names(machine, ada) == ["Editor", "Reader"]
        assert machine.ok("put", path, {"roleIds": [reader.pk]}) == {"roleIds": [reader.pk]}
        assert self.names(machine, ada) == ["Reader"]
        machine.ok("delete", f"{path}/{reader.pk}", status=204)
        refused(machine("delete", f"{path}/{reader.pk}"), 404, "entity.not_exists_with_id")
        assert self.names(machine, ada) == []

    def test_all_or_nothing(self, machine: Caller, ada: User, two: list[Role]) -> None:
        robots = roles.create_role(by="test", name="Robots", type="MachineToMachine")
        for method in ("post", "put"):
            for ids, code in (
                ([two[0].pk, "nothing"], "entity.relation_foreign_key_not_found"),
                ([two[0].pk, robots.pk], "user.invalid_role_type"),
            ):
                refused(machine(method, f"/users/{ada.pk}/roles", {"roleIds": ids}), 422, code)
        assert not UserRole.objects.exists()

    def test_in_full_and_searched(self, machine: Caller, ada: User, two: list[Role]) -> None:
        machine.ok("put", f"/users/{ada.pk}/roles", {"roleIds": [role.pk for role in two]})
        answer = machine("get", f"/users/{ada.pk}/roles", {"search": "%edit%"})
        assert answer["Total-Number"] == "1"
        assert answer.json() == [
            {
                "tenantId": "default", "id": two[0].pk, "name": "Editor", "description": "", "type": "User",
                "isDefault": False,
            }
        ]  # fmt: skip
        refused(machine("get", f"/users/{ada.pk}/roles", {"search.name": "x"}), 400, "guard.invalid_input")


def test_organizations_with_roles(machine: Caller, ada: User) -> None:
    guild = create_organization(by="test", name="Guild", description="Writers")
    add_member(by="test", organization=guild, user=ada)
    editor = organization_roles.create_role(by="test", name="editor")
    organization_roles.set_member_roles(by="test", membership=guild.memberships.get(user=ada), roles=[editor])
    (found,) = machine.ok("get", f"/users/{ada.pk}/organizations")
    assert found == {
        "tenantId": "default", "id": guild.pk, "name": "Guild", "description": "Writers", "customData": {},
        "isMfaRequired": False, "color": {}, "branding": {}, "customCss": None,
        "createdAt": int(guild.created_at.timestamp() * 1000),
        "organizationRoles": [{"id": editor.pk, "name": "editor"}],
    }  # fmt: skip


class TestSessions:
    @pytest.fixture
    def path(self, ada: User) -> str:
        return f"/users/{ada.pk}/sessions"

    @pytest.fixture
    def session(self, ada: User, native: Application) -> Session:
        session = new_session(ada, "a", sid="s1", address="192.0.2.1")
        new_grant(native, session, "openid offline_access")
        return session

    def test_seen(self, machine: Caller, path: str, session: Session) -> None:
        (found,) = machine.ok("get", path)["sessions"]
        assert (found["payload"]["uid"], found["clientId"]) == ("s1", "bookstore")
        assert found["lastSubmission"]["signInContext"]["ip"] == "192.0.2.1"
        assert machine.ok("get", f"{path}/s1") == found

    def test_ended(self, machine: Caller, path: str, session: Session) -> None:
        machine.ok("delete", f"{path}/s1", status=204)
        assert Grant.objects.get().revoked_at is None  # with offline_access it goes on
        assert Event.objects.get(key="user.signed_out").actor == "application:robot"
        for method in ("get", "delete"):
            refused(machine(method, f"{path}/s1"), 404, "entity.not_exists_with_id")

    @pytest.mark.parametrize(("third_party", "target", "ends"), [(False, "firstParty", True), (True, "firstParty", False), (True, "all", True)])  # fmt: skip
    def test_ended_with_grants(
        self, machine: Caller, path: str, session: Session, third_party: bool, target: str, ends: bool
    ) -> None:
        Application.objects.filter(pk="bookstore").update(is_third_party=third_party)
        machine.ok("delete", f"{path}/s1?revokeGrantsTarget={target}", status=204)
        assert (Grant.objects.get().revoked_at is not None) is ends
        refused(machine("delete", f"{path}/s1?revokeGrantsTarget=some"), 400, "guard.invalid_input")

    def test_of_others(self, machine: Caller, session: Session, robot: Application) -> None:
        other = User.objects.create(username="other")
        refused(machine("delete", f"/users/{other.pk}/sessions/s1"), 404, "entity.not_exists_with_id")
        assert Session.objects.exists()

    def test_grants(self, machine: Caller, ada: User, session: Session) -> None:
        path, grant = f"/users/{ada.pk}/grants", Grant.objects.get()
        (found,) = machine.ok("get", path)["grants"]
        assert (found["id"], found["application"]) == (grant.pk, {"id": "bookstore", "name": "Bookstore"})
        assert machine.ok("get", path, {"appType": "thirdParty"}) == {"grants": []}
        machine.ok("delete", f"{path}/{grant.pk}", status=204)
        event = Event.objects.get(key="grant.revoked")
        assert (event.actor, event.data["reason"]) == ("application:robot", "ended by an administrator")
        refused(machine("delete", f"{path}/{grant.pk}"), 404, "entity.not_exists_with_id")


class TestFactors:
    def test_seen_and_removed(self, machine: Caller, ada: User) -> None:
        TotpDevice.objects.create(user=ada, secret="A" * 32, last_step=0)
        generate_backup_codes(by="test", user=ada)
        path = f"/users/{ada.pk}/mfa-verifications"
        found = {one["id"]: one for one in machine.ok("get", path)}
        assert (found["Totp"]["type"], found["BackupCode"]["remainCodes"]) == ("Totp", 10)
        machine.ok("delete", f"{path}/Totp", status=204)
        assert machine.ok("get", path) == []  # backup codes stand in for nothing any more
        for gone in ("Totp", "BackupCode", "1", "nothing"):
            refused(machine("delete", f"{path}/{gone}"), 404, "entity.not_exists_with_id")

    def test_trusted_devices(self, machine: Caller, ada: User) -> None:
        trust_device(by="test", user=ada, days=1)
        path, device = f"/users/{ada.pk}/trusted-devices", TrustedDevice.objects.get()
        answer = machine("get", path)
        assert (answer["Total-Number"], answer.json()[0]["id"]) == ("1", str(device.pk))
        machine.ok("delete", f"{path}/{device.pk}", status=204)
        for gone in (device.pk, "nothing", "9" * 30):
            refused(machine("delete", f"{path}/{gone}"), 404, "entity.not_exists_with_id")
