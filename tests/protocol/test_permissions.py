"""Which permissions a token carries: those asked for that the subject holds by its roles (Logto section 1.10)."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from idp.applications.models import Application
from idp.applications.services import create_application, create_secret
from idp.authorization import roles
from idp.authorization.models import MANAGEMENT_API, ApplicationMembership, Permission, Role
from idp.authorization.services import save_resource
from idp.organizations import roles as organization_roles
from idp.organizations.models import Organization, OrganizationPermission, OrganizationRole
from idp.organizations.services import add_member, create_organization
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.protocol.client import App, claims_of

pytestmark = pytest.mark.django_db
API, OTHER = "https://api.example.com", "https://other.example.com"
SCOPES = "openid offline_access roles urn:logto:scope:organizations urn:logto:scope:organization_roles"
ASKED = f"{SCOPES} write:books read:books delete:books invite:member unknown"


@pytest.fixture(autouse=True)
def _resources(db: Any) -> None:
    every = {"read:books": "", "write:books": "", "delete:books": ""}
    save_resource(by="test", name="API", indicator=API, permissions=every)
    save_resource(by="test", name="Other", indicator=OTHER, permissions=every)


@pytest.fixture
def guild(ada: User) -> Organization:
    """Ada is an editor there: she may invite members, and write books for them."""
    organization = create_organization(by="test", name="Guild")
    add_member(by="test", organization=organization, user=ada)
    invite = organization_roles.create_permission(by="test", name="invite:member")
    editor = organization_roles.create_role(by="test", name="editor", permissions=[invite])
    roles.set_organization_role_permissions(by="test", role=editor, permissions=permissions("write:books"))
    organization_roles.set_member_roles(by="test", membership=organization.memberships.get(user=ada), roles=[editor])
    return organization


def permissions(*names: str, of: str = API) -> list[Permission]:
    return list(Permission.objects.filter(resource__indicator=of, name__in=names))


def give(user: User, *names: str, of: str = API) -> Role:
    role = roles.create_role(by="test", name=f"role {Role.objects.count()}", permissions=permissions(*names, of=of))
    roles.give_to_users(by="test", role=role, users=[user])
    return role


@pytest.fixture
def refresh(app: App, ada: User) -> Callable[..., dict[str, Any]]:
    """Sign in, and refresh once for something."""
    resources = [API, OTHER, "urn:logto:resource:organizations"]

    def call(**wanted: str) -> dict[str, Any]:
        code = app.sign_in_with_password("ada", PASSWORD, scope=ASKED, resource=resources)["code"]
        answer: dict[str, Any] = app.refresh(app.exchange(code).json()["refresh_token"], **wanted).json()
        return answer

    return call


def test_what_is_asked_for_and_held(refresh: Callable[..., dict[str, Any]], ada: User) -> None:
    give(ada, "read:books")
    give(ada, "read:books", "write:books")
    answer = refresh(resource=API)
    assert answer["scope"] == claims_of(answer["access_token"])["scope"] == "write:books read:books"


def test_the_same_name_of_another_api_is_not_held(refresh: Callable[..., dict[str, Any]], ada: User) -> None:
    give(ada, "read:books", of=OTHER)
    assert refresh(resource=API)["scope"] == ""


def test_a_role_that_was_taken_away_is_gone_from_the_next_token(app: App, ada: User) -> None:
    role = give(ada, "read:books")
    code = app.sign_in_with_password("ada", PASSWORD, scope=ASKED, resource=[API])["code"]
    first = app.refresh(app.exchange(code).json()["refresh_token"], resource=API).json()
    roles.take_from(by="test", role=role, holder=ada)
    second = app.refresh(first["refresh_token"], resource=API).json()
    assert (first["scope"], second["scope"]) == ("read:books", "")


def test_a_refresh_may_ask_for_less(app: App, ada: User) -> None:
    give(ada, "read:books", "write:books")
    code = app.sign_in_with_password("ada", PASSWORD, scope=ASKED, resource=[API])["code"]
    token = app.exchange(code).json()["refresh_token"]
    assert app.refresh(token, resource=API, scope="read:books").json()["scope"] == "read:books"


def test_roles_are_claims(app: App, ada: User, guild: Organization) -> None:
    role = give(ada, "read:books")
    answer = app.exchange(app.sign_in_with_password("ada", PASSWORD, scope=SCOPES)["code"]).json()
    for claims in (claims_of(answer["id_token"]), app.userinfo(answer["access_token"]).json()):
        assert claims["roles"] == [role.name]
        assert claims["organization_roles"] == [f"{guild.pk}:editor"]


def test_nobody_is_told_roles_that_were_not_asked_for(app: App, ada: User) -> None:
    give(ada, "read:books")
    answer = app.exchange(app.sign_in_with_password("ada", PASSWORD, scope="openid profile")["code"]).json()
    assert not {"roles", "organization_roles"} & claims_of(answer["id_token"]).keys()


class TestOrganizations:
    def test_a_token_of_the_organization(self, refresh: Callable[..., dict[str, Any]], guild: Organization) -> None:
        answer = refresh(organization_id=guild.pk)
        assert claims_of(answer["access_token"])["aud"] == guild.audience
        assert answer["scope"] == "invite:member"

    def test_with_the_organization_its_own_roles_count(
        self, refresh: Callable[..., dict[str, Any]], guild: Organization, ada: User
    ) -> None:
        give(ada, "read:books")
        answer = refresh(resource=API, organization_id=guild.pk)
        assert (answer["scope"], claims_of(answer["access_token"])["organization_id"]) == ("write:books", guild.pk)

    def test_without_it_they_count_too(
        self, refresh: Callable[..., dict[str, Any]], guild: Organization, ada: User
    ) -> None:
        give(ada, "read:books")
        assert refresh(resource=API)["scope"] == "write:books read:books"

    @pytest.mark.parametrize("of", [{}, {"resource": API}], ids=["organization", "api"])
    def test_a_role_elsewhere_does_not_count(
        self, refresh: Callable[..., dict[str, Any]], guild: Organization, ada: User, of: dict[str, str]
    ) -> None:
        other = create_organization(by="test", name="Other")
        add_member(by="test", organization=other, user=ada)
        assert refresh(organization_id=other.pk, **of)["scope"] == ""


class TestMachines:
    @pytest.fixture
    def machine(self, db: Any) -> Application:
        made = create_application(by="test", name="Job", type="MachineToMachine", client_id="job", with_secret=False)
        create_secret(by="test", application=made, name="one", value="m" * 32)
        return made

    @pytest.fixture
    def job(self, machine: Application) -> App:
        return App("job", "", secret="m" * 32)

    def scope(self, job: App, **asked: str) -> str:
        return str(job.token(grant_type="client_credentials", **asked).json()["scope"])

    def test_what_its_roles_hold(self, job: App, machine: Application) -> None:
        role = roles.create_role(
            by="test", name="Jobs", type="MachineToMachine", permissions=permissions("read:books", "write:books")
        )
        roles.give_to_applications(by="test", role=role, applications=[machine])
        assert self.scope(job, resource=API, scope="read:books delete:books") == "read:books"
        assert self.scope(job, resource=API) == ""

    def test_the_management_api(self, job: App, machine: Application) -> None:
        assert self.scope(job, resource=MANAGEMENT_API, scope="all") == ""
        roles.give_to_applications(
            by="test", role=Role.objects.get(name="Management API access"), applications=[machine]
        )
        assert self.scope(job, resource=MANAGEMENT_API, scope="all") == "all"

    def test_an_organization_that_it_works_for(self, job: App, machine: Application, guild: Organization) -> None:
        asked = {"organization_id": guild.pk, "scope": "invite:member write:books"}
        refused = job.token(grant_type="client_credentials", **asked)
        assert (refused.status_code, refused.json()["error"]) == (403, "access_denied")
        role = OrganizationRole.objects.create(name="robot", type="MachineToMachine")
        role.permissions.set(OrganizationPermission.objects.all())
        role.api_permissions.set(permissions("write:books"))
        ApplicationMembership.objects.create(organization=guild, application=machine).roles.add(role)
        assert self.scope(job, **asked) == "invite:member"
        assert self.scope(job, **asked, resource=API) == "write:books"

    def test_one_statement_tells_what_is_held(
        self, job: App, machine: Application, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        asked = {"grant_type": "client_credentials", "resource": API}
        job.token(**asked, scope="read:books")
        with django_assert_num_queries(2):  # the resource, and what is held of it
            job.token(**asked, scope="read:books")
        with django_assert_num_queries(1):
            job.token(**asked)
