"""Roles: who may hold what, and what the log says of it."""

from typing import Any

import pytest

from idp.applications.models import Application
from idp.applications.services import create_application
from idp.audit.models import Event
from idp.authorization import management, roles, services
from idp.authorization.errors import (
    BuiltInResource,
    InvalidPermission,
    InvalidResource,
    InvalidRole,
    NotForPeople,
    PermissionExists,
    ReservedRole,
    ResourceExists,
    RoleExists,
    WrongRoleType,
)
from idp.authorization.models import MANAGEMENT_API, Permission, Resource, Role, UserRole
from idp.users.models import User
from idp.users.services import create_user

pytestmark = pytest.mark.django_db
API = "https://api.example.com"


@pytest.fixture
def books(db: Any) -> Resource:
    return services.save_resource(
        by="test", name="Books", indicator=API, permissions={"read:books": "Read", "write:books": ""}
    )


@pytest.fixture
def machine(db: Any) -> Application:
    return create_application(by="test", name="Job", type="MachineToMachine", client_id="job", with_secret=False)


def role(name: str = "Reader", **values: Any) -> Role:
    return roles.create_role(by="test", name=name, **values)


def last() -> Event:
    return Event.objects.latest("pk")


class TestRoles:
    def test_a_role_has_permissions_from_the_start(self, books: Resource) -> None:
        made = role(permissions=books.permissions.all())
        assert set(made.permissions.values_list("name", flat=True)) == {"read:books", "write:books"}
        assert (last().key, last().data["permissions"]) == ("role.created", ["read:books", "write:books"])

    def test_names_are_taken_once(self) -> None:
        role()
        with pytest.raises(RoleExists):
            role()
        assert Role.objects.filter(name="Reader").count() == 1

    @pytest.mark.parametrize("name", ["", "   ", "x" * 129])
    def test_a_name_that_is_none(self, name: str) -> None:
        with pytest.raises(InvalidRole):
            role(name)

    def test_internal_names_are_reserved(self) -> None:
        with pytest.raises(ReservedRole):
            role("#internal:admin")

    def test_machines_get_nothing_by_themselves(self) -> None:
        with pytest.raises(InvalidRole):
            role(type="MachineToMachine", is_default=True)

    def test_what_changed_is_in_the_log(self, books: Resource) -> None:
        read, write = books.permissions.order_by("name")
        made = role(permissions=[read])
        assert roles.set_permissions(by="test", role=made, permissions=[write])
        assert last().data == {"added": ["write:books"], "removed": ["read:books"]}
        assert not roles.set_permissions(by="test", role=made, permissions=[write])

    def test_an_update_changes_what_it_names(self) -> None:
        made = role(description="before")
        roles.update_role(by="test", role=made, name="Writer")
        made.refresh_from_db()
        assert (made.name, made.description) == ("Writer", "before")
        with pytest.raises(InvalidRole):
            roles.update_role(by="test", role=made, type="MachineToMachine")

    def test_a_deleted_role_is_held_by_nobody(self, ada: User) -> None:
        made = role()
        roles.give_to_users(by="test", role=made, users=[ada])
        roles.delete_role(by="test", role=made)
        assert not UserRole.objects.exists()


class TestHolders:
    def test_the_set_is_replaced(self, ada: User) -> None:
        reader, writer = role("Reader"), role("Writer")
        roles.set_user_roles(by="test", user=ada, roles=[reader])
        assert roles.set_user_roles(by="test", user=ada, roles=[writer])
        assert [one.role.name for one in ada.user_roles.all()] == ["Writer"]
        assert last().data == {"added": ["Writer"], "removed": ["Reader"]}
        assert not roles.set_user_roles(by="test", user=ada, roles=[writer])

    def test_only_those_who_are_new_count(self, ada: User) -> None:
        made, bob = role(), create_user(by="test", username="bob")
        assert roles.give_to_users(by="test", role=made, users=[ada]) == 1
        assert roles.give_to_users(by="test", role=made, users=[ada, bob]) == 1
        assert (last().target, last().data) == (bob.audit_name, {"role": "Reader"})

    def test_it_is_taken_once(self, ada: User) -> None:
        made = role()
        roles.give_to_users(by="test", role=made, users=[ada])
        assert roles.take_from(by="test", role=made, holder=ada)
        assert not roles.take_from(by="test", role=made, holder=ada)

    def test_people_and_machines_never_share_one(self, ada: User, machine: Application, native: Application) -> None:
        for_people, for_machines = role(), role("Jobs", type="MachineToMachine")
        for refused in (
            lambda: roles.set_user_roles(by="test", user=ada, roles=[for_machines]),
            lambda: roles.give_to_users(by="test", role=for_machines, users=[ada]),
            lambda: roles.set_application_roles(by="test", application=machine, roles=[for_people]),
            lambda: roles.give_to_applications(by="test", role=for_people, applications=[machine]),
            lambda: roles.give_to_applications(by="test", role=for_machines, applications=[native]),
            lambda: roles.set_application_roles(by="test", application=native, roles=[for_machines]),
        ):
            with pytest.raises(WrongRoleType):
                refused()

    def test_a_machine_holds_and_loses_one(self, machine: Application) -> None:
        made = role("Jobs", type="MachineToMachine")
        assert roles.set_application_roles(by="test", application=machine, roles=[made])
        assert roles.give_to_applications(by="test", role=made, applications=[machine]) == 0
        assert roles.take_from(by="test", role=made, holder=machine)

    def test_who_is_new_gets_the_default_roles(self) -> None:
        role("Member", is_default=True), role("Other")
        bob = create_user(by="test", username="bob")
        assert [one.role.name for one in bob.user_roles.all()] == ["Member"]


class TestManagementApi:
    def test_every_installation_has_it(self) -> None:
        assert list(Permission.objects.filter(resource__indicator=MANAGEMENT_API).values_list("name", flat=True)) == [
            "all"
        ]
        assert Role.objects.get(name=management.ROLE).permissions.get().name == "all"

    def test_it_cannot_be_changed(self) -> None:
        resource = Resource.objects.get(indicator=MANAGEMENT_API)
        for refused in (
            lambda: services.update_resource(by="test", resource=resource, name="Mine"),
            lambda: services.delete_resource(by="test", resource=resource),
            lambda: services.create_permission(by="test", resource=resource, name="some"),
            lambda: services.delete_permission(by="test", permission=resource.permissions.get()),
        ):
            with pytest.raises(BuiltInResource):
                refused()

    def test_it_is_not_for_people(self) -> None:
        every = Permission.objects.filter(resource__indicator=MANAGEMENT_API)
        with pytest.raises(NotForPeople):
            role(permissions=every)
        with pytest.raises(NotForPeople):
            roles.set_permissions(by="test", role=role(), permissions=every)
        assert role("Jobs", type="MachineToMachine", permissions=every).permissions.count() == 1

    def test_a_role_that_was_deleted_stays_away(self) -> None:
        Role.objects.all().delete()
        management.ensure()
        assert not Role.objects.exists()


class TestResources:
    def test_an_identifier_is_taken_once(self, books: Resource) -> None:
        with pytest.raises(ResourceExists):
            services.create_resource(by="test", name="Again", indicator=API)

    @pytest.mark.parametrize("indicator", ["books", "https://a.example/#x", "urn:logto:organization:x", "https://a, b"])
    def test_an_identifier_that_no_token_could_be_for(self, indicator: str) -> None:
        with pytest.raises(InvalidResource):
            services.create_resource(by="test", name="Books", indicator=indicator)

    def test_one_resource_is_the_default(self, books: Resource) -> None:
        services.update_resource(by="test", resource=books, is_default=True)
        other = services.create_resource(by="test", name="Other", indicator="https://other.example", is_default=True)
        assert list(Resource.objects.filter(is_default=True)) == [other]

    @pytest.mark.parametrize("name", ["read books", "", 'say"so"', "openid", "x" * 257])
    def test_a_permission_that_no_scope_could_name(self, books: Resource, name: str) -> None:
        with pytest.raises(InvalidPermission):
            services.create_permission(by="test", resource=books, name=name)

    def test_a_permission_is_there_once(self, books: Resource) -> None:
        with pytest.raises(PermissionExists):
            services.create_permission(by="test", resource=books, name="read:books")
        services.update_permission(by="test", permission=books.permissions.get(name="read:books"), description="Look")
        assert books.permissions.get(name="read:books").description == "Look"
