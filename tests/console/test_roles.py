"""API resources, roles and organization roles in the console: made, filled, given, taken away, deleted."""

import re
from typing import Any

import pytest
from django.test import Client

from idp.applications.services import create_application
from idp.audit.models import Event
from idp.authorization.models import ApplicationMembership, Permission, Resource, Role, UserRole
from idp.authorization.services import save_resource
from idp.organizations.models import Membership, Organization, OrganizationPermission, OrganizationRole
from idp.organizations.services import add_member, create_organization
from idp.users.models import User
from idp.users.services import create_user

pytestmark = pytest.mark.django_db
API = "https://books.example"


@pytest.fixture
def carl() -> User:
    return create_user(by="test", username="carl", email="carl@example.com", name="Carl")


@pytest.fixture
def books() -> Resource:
    return save_resource(by="test", name="Books", indicator=API, permissions={"read:books": "Read", "write:books": ""})


@pytest.fixture
def reader() -> Role:
    return Role.objects.create(name="Reader")


@pytest.fixture
def robot() -> Any:
    return create_application(by="test", name="Robot", type="MachineToMachine", client_id="robot", with_secret=False)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def names(found: Any) -> list[str]:
    return sorted(found.values_list("name", flat=True))


class TestResources:
    def test_from_nothing_to_a_permission(self, staff: Client) -> None:
        assert "Management API" in text(staff.get("/console/resources"))
        refused = staff.post("/console/resources/create", {"name": "Books", "indicator": "books"})
        assert "absolute URI" in text(refused)
        url = staff.post("/console/resources/create", {"name": "Books", "indicator": API})["Location"]
        assert "No permissions yet" in text(staff.get(url))
        assert "without spaces" in text(staff.post(url, {"name": "read books"}))
        assert staff.post(url, {"name": "read:books", "description": "Read books"}).status_code == 302
        assert "already" in text(staff.post(url, {"name": "read:books"}))
        assert "Read books" in text(staff.get(url))
        taken = staff.post("/console/resources/create", {"name": "Again", "indicator": API})
        assert "There is an API resource with this identifier already." in text(taken)

    def test_settings(self, staff: Client, books: Resource) -> None:
        url = f"/console/resources/{books.pk}"
        data = {"name": "Library", "access_token_ttl": 600, "is_default": "on"}
        assert staff.post(url, data).status_code == 302
        books.refresh_from_db()
        assert (books.name, books.access_token_ttl, books.is_default) == ("Library", 600, True)
        assert "greater than or equal to 60" in text(staff.post(url, {**data, "access_token_ttl": 1}))

    def test_the_management_api_is_looked_at_only(self, staff: Client) -> None:
        resource = Resource.objects.get(name="Management API")
        url = f"/console/resources/{resource.pk}"
        assert "cannot be changed" in text(staff.get(url))
        staff.post(url, {"name": "Mine", "access_token_ttl": 600})
        staff.post(f"{url}/permissions", {"name": "some"})
        staff.post(f"{url}/delete")
        staff.post(f"{url}/permissions/{resource.permissions.get().pk}/delete")
        resource.refresh_from_db()
        assert (resource.name, names(resource.permissions)) == ("Management API", ["all"])

    def test_a_permission_is_described_and_deleted_and_comes_back(self, staff: Client, books: Resource) -> None:
        read = books.permissions.get(name="read:books")
        url = f"/console/resources/{books.pk}/permissions/{read.pk}"
        staff.post(url, {"name": "read:books", "description": "Look at books"})
        assert books.permissions.get(pk=read.pk).description == "Look at books"
        page = text(staff.post(f"{url}/delete", follow=True))
        assert names(books.permissions) == ["write:books"]
        assert "Undo" in page

    def test_what_a_role_had_does_not_come_back(self, staff: Client, books: Resource, reader: Role) -> None:
        read = books.permissions.get(name="read:books")
        reader.permissions.add(read)
        url = f"/console/resources/{books.pk}/permissions/{read.pk}/delete"
        asked = text(staff.get(url))
        assert "Reader" in asked
        assert "This cannot be undone." in asked
        assert "Undo" not in text(staff.post(url, follow=True))

    def test_deleted_with_its_permissions(self, staff: Client, books: Resource) -> None:
        staff.post(f"/console/resources/{books.pk}/delete")
        assert not Permission.objects.filter(resource__indicator=API).exists()


class TestRoles:
    def test_from_nothing_to_permissions(self, staff: Client, books: Resource) -> None:
        made = staff.post("/console/roles/create", {"name": "Writer", "type": "User", "description": ""})
        role = Role.objects.get(name="Writer")
        boxes = {f"api_{books.pk}": [one.pk for one in books.permissions.all()]}
        assert staff.post(made["Location"], boxes).status_code == 302
        assert names(role.permissions) == ["read:books", "write:books"]
        assert "Writer" in text(staff.get("/console/roles", {"q": "writ"}))
        assert "There is a role of this name already." in text(
            staff.post("/console/roles/create", {"name": "Writer", "type": "User"})
        )

    def test_people_are_not_offered_the_management_api(self, staff: Client, reader: Role, books: Resource) -> None:
        page = text(staff.get(f"/console/roles/{reader.pk}/permissions"))
        assert "Books" in page
        assert "Management API" not in page
        every = Permission.objects.get(name="all")
        staff.post(f"/console/roles/{reader.pk}/permissions", {f"api_{every.resource_id}": every.pk})
        assert not reader.permissions.exists()
        machines = Role.objects.get(name="Management API access")
        assert "All that an administrator may do." in text(staff.get(f"/console/roles/{machines.pk}/permissions"))

    def test_settings(self, staff: Client, reader: Role) -> None:
        url = f"/console/roles/{reader.pk}"
        staff.post(url, {"name": "Reading", "description": "They read.", "is_default": "on"})
        reader.refresh_from_db()
        assert (reader.name, reader.description, reader.is_default) == ("Reading", "They read.", True)

    def test_two_administrators_and_one_role(self, staff: Client, reader: Role, books: Resource) -> None:
        url = f"/console/roles/{reader.pk}/permissions"
        version = staff.get(url).context["form"].version
        reader.permissions.set(books.permissions.filter(name="write:books"))
        read = books.permissions.get(name="read:books").pk
        conflict = staff.post(url, {f"api_{books.pk}": read, "version": version})
        assert conflict.status_code == 409
        assert names(reader.permissions) == ["write:books"]

    def test_given_and_taken_away(self, staff: Client, reader: Role, carl: User) -> None:
        url = f"/console/roles/{reader.pk}/holders"
        assert "Nobody has it yet" in text(staff.get(url))
        assert "Nobody has this ID" in text(staff.post(f"{url}/add", {"who": "nobody"}))
        assert "Undo" in text(staff.post(f"{url}/add", {"who": "carl@example.com"}, follow=True))
        assert "has this role already" in text(staff.post(f"{url}/add", {"who": carl.pk}))
        assert "carl@example.com" in text(staff.get(url))
        staff.post(f"{url}/{carl.pk}/remove")
        assert not UserRole.objects.exists()

    def test_many_holders_are_read_a_page_at_a_time(self, staff: Client, reader: Role) -> None:
        people = [User(username=f"u{n}") for n in range(45)]
        UserRole.objects.bulk_create(UserRole(role=reader, user=user) for user in User.objects.bulk_create(people))
        url, seen = f"/console/roles/{reader.pk}/holders", []
        while url:
            page = staff.get(url).context["page"]
            seen += [one.user.username for one in page.rows]
            url = page.older and f"/console/roles/{reader.pk}/holders{page.older}"
        assert seen == [f"u{n}" for n in reversed(range(45))]
        for nobody in ("abc", "0", "9" * 30):
            assert len(staff.get(f"/console/roles/{reader.pk}/holders", {"before": nobody}).context["page"].rows) == 20

    def test_a_machine_holds_one(self, staff: Client, robot: Any, carl: User) -> None:
        role = Role.objects.get(name="Management API access")
        url = f"/console/roles/{role.pk}/holders"
        assert "No machine-to-machine application" in text(staff.post(f"{url}/add", {"who": carl.pk}))
        staff.post(f"{url}/add", {"who": "robot"})
        assert "Robot" in text(staff.get(url))
        tab = text(staff.get("/console/applications/robot/roles"))
        assert "checked" in tab
        staff.post("/console/applications/robot/roles", {"roles": []})
        assert not robot.application_roles.exists()

    def test_a_deleted_role_is_gone(self, staff: Client, reader: Role) -> None:
        assert "This cannot be undone." in text(staff.get(f"/console/roles/{reader.pk}/delete"))
        staff.post(f"/console/roles/{reader.pk}/delete")
        assert not Role.objects.filter(pk=reader.pk).exists()


class TestTabs:
    def test_roles_of_a_person(self, staff: Client, carl: User, reader: Role) -> None:
        url = f"/console/users/{carl.pk}/roles"
        assert "Undo" in text(staff.post(url, {"roles": [reader.pk]}, follow=True))
        assert [one.role for one in carl.user_roles.all()] == [reader]
        page = text(staff.get(url))
        assert "Changed by" in page
        assert Event.objects.get(key="user.roles_set").data == {"added": ["Reader"], "removed": []}

    def test_without_roles_the_tab_says_so(self, staff: Client, carl: User) -> None:
        assert "There are no roles for people yet" in text(staff.get(f"/console/users/{carl.pk}/roles"))

    def test_what_somebody_has_comes_first(self, staff: Client, carl: User, reader: Role) -> None:
        for name in ("Admin", "Zookeeper"):
            staff.post("/console/roles/create", {"name": name, "type": "User"})
        staff.post(f"/console/users/{carl.pk}/roles", {"roles": [Role.objects.get(name="Zookeeper").pk]})
        shown = staff.get(f"/console/users/{carl.pk}/roles").context["form"].fields["roles"].choices
        assert [name for _, name in shown][:2] == ["Zookeeper", "Admin"]

    def test_a_role_for_machines_is_not_given_to_people(self, staff: Client, carl: User, reader: Role) -> None:
        other = Role.objects.get(name="Management API access")
        answer = staff.post(f"/console/users/{carl.pk}/roles", {"roles": [other.pk]})
        assert "Select a valid choice" in text(answer)
        assert not carl.user_roles.exists()

    def test_an_app_for_people_has_no_such_tab(self, staff: Client, native: Any) -> None:
        assert staff.get(f"/console/applications/{native.pk}/roles").status_code == 404


class TestOrganizationRoles:
    @pytest.fixture
    def guild(self, carl: User) -> Organization:
        organization = create_organization(by="test", name="Guild")
        add_member(by="test", organization=organization, user=carl)
        return organization

    def test_from_nothing_to_a_members_role(
        self, staff: Client, guild: Organization, carl: User, books: Resource
    ) -> None:
        assert "No organization roles yet" in text(staff.get("/console/organization-template"))
        permissions = "/console/organization-template/permissions"
        assert "No permissions yet" in text(staff.get(permissions))
        staff.post(permissions, {"name": "invite:member", "description": "Invite people"})
        assert "already" in text(staff.post(permissions, {"name": "invite:member"}))
        made = staff.post("/console/organization-template/roles/create", {"name": "editor", "type": "User"})
        invite, read = OrganizationPermission.objects.get(), books.permissions.get(name="read:books")
        staff.post(made["Location"], {"organization": invite.pk, f"api_{books.pk}": read.pk})
        role = OrganizationRole.objects.get()
        assert (names(role.permissions), names(role.api_permissions)) == (["invite:member"], ["read:books"])
        assert "editor" in text(staff.get("/console/organization-template"))
        url = f"/console/organizations/{guild.pk}/members/{carl.pk}/roles"
        assert staff.post(url, {"roles": role.pk}).status_code == 302
        assert list(Membership.objects.get().roles.all()) == [role]
        assert "editor" in text(staff.get(f"/console/organizations/{guild.pk}/members"))

    def test_a_member_who_comes_back_has_the_roles_of_before(
        self, staff: Client, guild: Organization, carl: User
    ) -> None:
        role = OrganizationRole.objects.create(name="editor")
        Membership.objects.get().roles.set([role])
        page = staff.post(f"/console/organizations/{guild.pk}/members/{carl.pk}/remove", follow=True)
        assert not Membership.objects.exists()
        undo = dict(re.findall(r'name="(who|roles)" value="(\w+)"', text(page)))
        assert undo == {"who": carl.pk, "roles": role.pk}
        staff.post(f"/console/organizations/{guild.pk}/members/add", undo)
        assert list(Membership.objects.get().roles.all()) == [role]

    def test_a_colon_would_break_the_claim(self, staff: Client) -> None:
        answer = staff.post("/console/organization-template/roles/create", {"name": "a:b", "type": "User"})
        assert "has no colon" in text(answer)

    def test_changed_and_deleted(self, staff: Client) -> None:
        role, permission = OrganizationRole.objects.create(name="a"), OrganizationPermission.objects.create(name="x")
        staff.post(f"/console/organization-template/roles/{role.pk}", {"name": "b", "description": "B"})
        staff.post(f"/console/organization-template/permissions/{permission.pk}", {"name": "y", "description": "X"})
        role.refresh_from_db(), permission.refresh_from_db()
        assert (role.name, permission.name, permission.description) == ("b", "x", "X")
        staff.post(f"/console/organization-template/roles/{role.pk}/delete")
        page = text(staff.post(f"/console/organization-template/permissions/{permission.pk}/delete", follow=True))
        assert "Undo" in page
        assert not OrganizationRole.objects.exists()
        assert not OrganizationPermission.objects.exists()

    def test_a_machine_works_for_it(self, staff: Client, guild: Organization, robot: Any) -> None:
        url = f"/console/organizations/{guild.pk}/machines"
        assert "No machines yet" in text(staff.get(url))
        assert "No machine-to-machine application" in text(staff.post(f"{url}/add", {"who": "nobody"}))
        staff.post(f"{url}/add", {"who": "robot"})
        assert "works for them already" in text(staff.post(f"{url}/add", {"who": "robot"}))
        role = OrganizationRole.objects.create(name="importer", type="MachineToMachine")
        staff.post(f"{url}/robot/roles", {"roles": role.pk})
        assert "importer" in text(staff.get(url))
        removed = staff.post(f"{url}/robot/remove", follow=True)
        assert not ApplicationMembership.objects.exists()
        assert f'name="roles" value="{role.pk}"' in text(removed)
        assert "did not work for them any more" in text(staff.post(f"{url}/robot/remove", follow=True))
        staff.post(f"{url}/add", {"who": "robot", "roles": [role.pk], "undo": "on"})
        assert list(ApplicationMembership.objects.get().roles.all()) == [role]
