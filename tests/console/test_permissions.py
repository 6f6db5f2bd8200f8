"""The permission matrix: every role, an end user and nobody, at every address of the console, with every method.

The table names each page of the URLconf; a new page without a line here fails, and so does a view without a level.
"""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from connectors.ports import ConnectorType
from console.access import GRANTED, Needs, Permission
from console.urls import urlpatterns
from idp.applications.services import create_application, create_secret
from idp.audit.models import Event
from idp.authorization.models import Permission as ApiPermission
from idp.authorization.models import Resource, Role
from idp.messaging.models import Connector
from idp.organizations.models import Organization, OrganizationPermission, OrganizationRole
from idp.tokens.keys import ensure_keys
from idp.tokens.models import SigningKey
from idp.users.models import ProfileField, StaffRole, User, UserImport
from idp.users.services import create_administrator, create_user
from tests.console.people import PASSWORD

pytestmark = pytest.mark.django_db
OWNER, ADMIN, AUDITOR, SUPPORT = StaffRole
EVERYBODY = {OWNER, ADMIN, AUDITOR, SUPPORT}
LOOKING = {OWNER, ADMIN, AUDITOR}
HELPING = {OWNER, ADMIN, SUPPORT}
MANAGING = {OWNER, ADMIN}
OWNING = {OWNER}
NOBODY: set[StaffRole] = set()

# name: (roles that may look, roles that may send the form). Written out, not computed from the views: this is the promise.
MATRIX: dict[str, tuple[set[StaffRole], set[StaffRole]]] = {
    "missing": (EVERYBODY, EVERYBODY),
    "search": (EVERYBODY, EVERYBODY),
    "component-list": (EVERYBODY, EVERYBODY),
    "production": (LOOKING, LOOKING),
    "account": (EVERYBODY, EVERYBODY),
    "account-name": (EVERYBODY, EVERYBODY),
    "account-password": (EVERYBODY, EVERYBODY),
    "account-app": (EVERYBODY, EVERYBODY),
    "account-app-remove": (EVERYBODY, EVERYBODY),
    "account-session-end": (EVERYBODY, EVERYBODY),
    "account-sign-out": (EVERYBODY, EVERYBODY),
    "account-key-create": (EVERYBODY, EVERYBODY),
    "account-key-revoke": (EVERYBODY, EVERYBODY),
    "get-started": (EVERYBODY, EVERYBODY),
    "dashboard": (EVERYBODY, EVERYBODY),
    "application-list": (LOOKING, LOOKING),
    "application-gallery": (MANAGING, MANAGING),
    "application-create": (MANAGING, MANAGING),
    "application-detail": (LOOKING, MANAGING),
    "application-delete": (MANAGING, MANAGING),
    "application-branding": (LOOKING, MANAGING),
    "application-guide": (LOOKING, LOOKING),
    "application-guide-first-use": (LOOKING, LOOKING),
    "application-guide-uri": (MANAGING, MANAGING),
    "application-guide-origins": (MANAGING, MANAGING),
    "application-credentials": (LOOKING, LOOKING),
    "application-try": (MANAGING, MANAGING),
    "application-try-allow": (MANAGING, MANAGING),
    "application-try-disallow": (MANAGING, MANAGING),
    "application-try-secret": (MANAGING, MANAGING),
    "uri-check": (LOOKING, LOOKING),
    "application-access": (LOOKING, LOOKING),
    "application-access-revoke": (MANAGING, MANAGING),
    "application-grant-revoke": (MANAGING, MANAGING),
    "application-secret-create": (MANAGING, MANAGING),
    "application-secret-show": (MANAGING, MANAGING),
    "application-secret-delete": (MANAGING, MANAGING),
    "connector-list": (LOOKING, LOOKING),
    "connector-pick": (MANAGING, MANAGING),
    "connector-setup": (MANAGING, MANAGING),
    "connector-test": (MANAGING, MANAGING),
    "connector-detail": (LOOKING, MANAGING),
    "connector-log": (LOOKING, LOOKING),
    "connector-move": (MANAGING, MANAGING),
    "connector-delete": (MANAGING, MANAGING),
    "experience": (LOOKING, MANAGING),
    "experience-preview": (LOOKING, LOOKING),
    "experience-branding": (LOOKING, MANAGING),
    "experience-branding-preview": (LOOKING, LOOKING),
    "experience-branding-css": (LOOKING, LOOKING),
    "experience-languages": (LOOKING, MANAGING),
    "experience-phrases": (LOOKING, MANAGING),
    "experience-account": (LOOKING, MANAGING),
    "experience-content": (LOOKING, MANAGING),
    "experience-fields": (LOOKING, LOOKING),
    "experience-field-create": (MANAGING, MANAGING),
    "experience-field": (LOOKING, MANAGING),
    "experience-field-move": (MANAGING, MANAGING),
    "experience-field-delete": (MANAGING, MANAGING),
    "experience-field-restore": (MANAGING, MANAGING),
    "security": (LOOKING, MANAGING),
    "security-protection": (LOOKING, MANAGING),
    "security-emails": (LOOKING, MANAGING),
    "security-messages": (LOOKING, MANAGING),
    "security-captcha": (LOOKING, MANAGING),
    "security-alert-dismiss": (MANAGING, MANAGING),
    "security-alert-unblock": (MANAGING, MANAGING),
    "mfa": (LOOKING, MANAGING),
    "activity-list": (EVERYBODY, EVERYBODY),
    "activity-new": (EVERYBODY, EVERYBODY),
    "activity-export": (LOOKING, LOOKING),
    "activity-detail": (EVERYBODY, EVERYBODY),
    "outbox": (MANAGING, MANAGING),
    "outbox-clear": (MANAGING, MANAGING),
    "user-list": (EVERYBODY, EVERYBODY),
    "organization-list": (EVERYBODY, EVERYBODY),
    "organization-create": (MANAGING, MANAGING),
    "organization-detail": (EVERYBODY, MANAGING),
    "organization-members": (EVERYBODY, EVERYBODY),
    "organization-member-add": (MANAGING, MANAGING),
    "organization-member-remove": (MANAGING, MANAGING),
    "organization-member-roles": (EVERYBODY, MANAGING),
    "organization-machines": (LOOKING, LOOKING),
    "organization-machine-add": (MANAGING, MANAGING),
    "organization-machine-remove": (MANAGING, MANAGING),
    "organization-machine-roles": (LOOKING, MANAGING),
    "template-roles": (LOOKING, LOOKING),
    "template-role-create": (MANAGING, MANAGING),
    "template-role": (LOOKING, MANAGING),
    "template-role-permissions": (LOOKING, MANAGING),
    "template-role-delete": (MANAGING, MANAGING),
    "template-permissions": (LOOKING, MANAGING),
    "template-permission": (LOOKING, MANAGING),
    "template-permission-delete": (MANAGING, MANAGING),
    "resource-list": (LOOKING, LOOKING),
    "resource-create": (MANAGING, MANAGING),
    "resource-detail": (LOOKING, MANAGING),
    "resource-permissions": (LOOKING, MANAGING),
    "resource-permission": (LOOKING, MANAGING),
    "resource-permission-delete": (MANAGING, MANAGING),
    "resource-delete": (MANAGING, MANAGING),
    "role-list": (LOOKING, LOOKING),
    "role-create": (MANAGING, MANAGING),
    "role-detail": (LOOKING, MANAGING),
    "role-permissions": (LOOKING, MANAGING),
    "role-holders": (LOOKING, LOOKING),
    "role-holder-add": (MANAGING, MANAGING),
    "role-holder-remove": (MANAGING, MANAGING),
    "role-delete": (MANAGING, MANAGING),
    "user-roles": (EVERYBODY, MANAGING),
    "application-roles": (LOOKING, MANAGING),
    "organization-branding": (LOOKING, MANAGING),
    "organization-delete": (MANAGING, MANAGING),
    "user-bulk": (HELPING, HELPING),
    "user-export": (MANAGING, MANAGING),
    "user-import-list": (MANAGING, MANAGING),
    "user-import": (MANAGING, MANAGING),
    "user-import-start": (MANAGING, MANAGING),
    "user-import-discard": (MANAGING, MANAGING),
    "user-import-progress": (MANAGING, MANAGING),
    "user-create": (MANAGING, MANAGING),
    "user-detail": (EVERYBODY, MANAGING),
    "user-sign-in": (EVERYBODY, EVERYBODY),
    "user-sessions": (EVERYBODY, EVERYBODY),
    "user-organizations": (EVERYBODY, EVERYBODY),
    "user-activity": (EVERYBODY, EVERYBODY),
    "user-data": (MANAGING, MANAGING),
    "user-password": (MANAGING, MANAGING),
    "user-sign-in-link": (HELPING, HELPING),
    "user-impersonate": (MANAGING, MANAGING),
    "user-suspend": (HELPING, HELPING),
    "user-reactivate": (HELPING, HELPING),
    "user-delete": (MANAGING, MANAGING),
    "user-mfa-reset": (HELPING, HELPING),
    "user-factor-remove": (HELPING, HELPING),
    "user-passkey-remove": (HELPING, HELPING),
    "user-device-forget": (HELPING, HELPING),
    "user-session-end-all": (HELPING, HELPING),
    "user-session-end": (HELPING, HELPING),
    "user-application-revoke": (HELPING, HELPING),
    "administrator-list": (LOOKING, LOOKING),
    "administrator-invite": (OWNING, OWNING),
    "administrator-second-factor": (OWNING, OWNING),
    "administrator-role": (OWNING, OWNING),
    "administrator-remove": (OWNING, OWNING),
    "administrator-sign-out": (OWNING, OWNING),
    "administrator-key-revoke": (OWNING, OWNING),
    "administrator-invitation-renew": (OWNING, OWNING),
    "administrator-invitation-revoke": (OWNING, OWNING),
    "signing-key-list": (LOOKING, LOOKING),
    "signing-key-rotate": (OWNING, OWNING),
    "signing-key-delete": (OWNING, OWNING),
}
OPEN = {
    "home",
    "setup",
    "sign-in",
    "sign-out",
    "invitation",
    "second-step",
}  # before anybody is signed in; each has tests of its own
PATTERNS = {str(pattern.name): pattern for pattern in urlpatterns}


@dataclass(frozen=True)
class House:
    """One of everything that an address names."""

    carl: User
    olga: User
    arguments: dict[str, Any]

    def url(self, name: str, *, person: User | None = None) -> str:
        pk = {
            "application": "web", "connector": "sms1", "experience-field": "birthdate", "user": (person or self.carl).pk,
            "signing-key": "key1", "organization": "org1", "administrator": self.olga.pk, "application-roles": "job",
            "template-role": "orole", "template-permission": "operm", "resource": "api1", "role": "role1",
        }  # fmt: skip
        prefix = max((one for one in pk if name.startswith(one)), key=len, default="")
        values = self.arguments | {"pk": pk.get(prefix, "")}
        converters = PATTERNS[name].pattern.converters
        return reverse(f"console:{name}", kwargs={one: values[one] for one in converters})


@pytest.fixture
def house() -> House:
    web = create_application(
        by="test", name="Web", type="Traditional", client_id="web", redirect_uris=["https://web.example/callback"]
    )
    secret = create_secret(by="test", application=web, name="Second")
    Connector.objects.create(pk="sms1", connector_id="twilio", type=str(ConnectorType.SMS), config={})
    ProfileField.objects.create(pk="birthdate", type="Date", label="Birthday")
    ensure_keys()
    SigningKey.objects.filter(algorithm="ES384").update(id="key1")
    event = Event.objects.create(key="user.created")
    Organization.objects.create(pk="org1", name="Readers")
    create_application(by="test", name="Job", type="MachineToMachine", client_id="job", with_secret=False)
    Role.objects.create(pk="role1", name="Reader", is_default=True)
    api = Resource.objects.create(pk="api1", name="Books", indicator="https://books.example")
    ApiPermission.objects.create(pk="perm1", resource=api, name="read:books")
    OrganizationRole.objects.create(pk="orole", name="editor")
    OrganizationPermission.objects.create(pk="operm", name="invite:member")
    draft = UserImport.objects.create(name="people.csv", by="test")
    return House(
        create_user(by="test", username="carl", email="carl@example.com", password=PASSWORD),
        create_administrator(by="test", username="olga", email="olga@example.com", password=PASSWORD),
        {
            "factor": "totp", "passkey": 1, "device": 1, "event_id": event.pk, "guide_id": "web-express",
            "field": "redirect-uri", "secret_id": secret.pk, "alert_id": 1, "type": "sms", "kind_id": "twilio",
            "import_id": draft.pk, "user_id": "abc", "holder_id": "abc", "permission_id": "perm1", "rest": "no/such", "sid": "abc", "session_id": "abc", "key_id": "abc", "application_id": "web", "grant_id": "abc", "kind": "Web", "algorithm": "ES384", "code": "de", "direction": "up",
        },
    )  # fmt: skip


def client_of(role: StaffRole) -> Client:
    client = Client()
    client.force_login(create_administrator(by="test", username=f"a{role}", password=PASSWORD, role=role))
    return client


def test_every_page_is_in_the_table_and_carries_a_level() -> None:
    assert set(PATTERNS) == set(MATRIX) | OPEN
    for name, pattern in PATTERNS.items():
        needs = getattr(pattern.callback, "needs", "missing")
        assert needs is None if name in OPEN else isinstance(needs, Needs), name


def test_pages_that_change_somebody_say_so() -> None:
    about_people = {
        name for name, pattern in PATTERNS.items() if name.startswith("user-") and "pk" in pattern.pattern.converters
    }
    assert {name for name in about_people if not PATTERNS[name].callback.needs.person} == set()


def test_the_owner_may_everything_and_the_others_less() -> None:
    assert GRANTED[OWNER] == set(Permission)
    assert GRANTED[ADMIN] == set(Permission) - {Permission.OWN}
    assert GRANTED[AUDITOR] == {Permission.PEOPLE, Permission.READ}
    assert GRANTED[SUPPORT] == {Permission.PEOPLE, Permission.SUPPORT}


@pytest.mark.parametrize("name", list(MATRIX))
def test_a_role_gets_where_it_may_and_nowhere_else(name: str, house: House) -> None:
    look, change = MATRIX[name]
    sent = {"get": look, "post": change, "put": change}  # as GET goes HEAD, as PUT every other method
    for role in StaffRole:
        with transaction.atomic():
            client = client_of(role)
            client.raise_request_exception = False
            for method, roles in sent.items():
                visit(client, method, house.url(name), role in roles)
            transaction.set_rollback(True)  # the next role finds the house as it was


def visit(client: Client, method: str, address: str, let_in: bool) -> None:
    events = set(Event.objects.values_list("pk", flat=True))
    answer = getattr(client, method)(address)
    assert answer.status_code < 500, (method, answer.status_code)
    assert (answer.status_code != 403) is let_in, (method, answer.status_code)
    if let_in:
        assert answer.headers.get("Location", "").partition("?")[0] != reverse("console:sign-in")
    else:
        assert set(Event.objects.values_list("pk", flat=True)) == events
        assert "Your role does not allow this" in answer.content.decode()


@pytest.mark.parametrize("name", list(MATRIX))
def test_nobody_else_gets_in(name: str, house: House) -> None:
    anonymous, end_user = Client(), Client()
    end_user.force_login(house.carl)
    events = Event.objects.count()
    for client in (anonymous, end_user):
        for method in ("get", "head", "post", "put"):
            answer = getattr(client, method)(house.url(name))
            assert answer.status_code == 302, method
            assert answer["Location"].startswith(reverse("console:sign-in"))
    assert Event.objects.count() == events


@pytest.mark.parametrize("role", [ADMIN, SUPPORT])
@pytest.mark.parametrize(
    "name", [name for name in MATRIX if name.startswith("user-") and "pk" in PATTERNS[name].pattern.converters]
)
def test_an_administrator_is_changed_by_owners_only(name: str, role: StaffRole, house: House) -> None:
    client = client_of(role)
    before = User.objects.values().get(pk=house.olga.pk)
    events = Event.objects.count()
    assert client.post(house.url(name, person=house.olga), {"password": "another good one"}).status_code == 403
    assert User.objects.values().get(pk=house.olga.pk) == before
    assert Event.objects.count() == events


def test_an_owner_changes_other_administrators(house: House) -> None:
    client = client_of(OWNER)
    client.post(house.url("user-suspend", person=house.olga))
    assert User.objects.get(pk=house.olga.pk).is_suspended


def test_a_person_without_access_any_more_is_out_at_once(house: House) -> None:
    client = Client()
    client.force_login(house.olga)
    assert client.get(house.url("user-list")).status_code == 200
    User.objects.filter(pk=house.olga.pk).update(is_staff=False, staff_role="")
    assert client.get(house.url("user-list")).status_code == 302


class TestWhatIsShown:
    """What a role cannot do is not offered."""

    pages = ("get-started", "dashboard", "user-list", "user-detail", "activity-list", "application-list", "application-detail",
             "application-credentials", "application-access", "application-guide", "connector-list", "connector-detail", "connector-log",
             "resource-list", "resource-detail", "resource-permissions", "role-list", "role-detail", "role-permissions", "role-holders",
             "template-roles", "template-role", "template-permissions", "user-roles", "organization-members", "organization-machines",
             "experience", "experience-fields", "experience-field", "security", "security-protection", "security-emails", "security-messages", "mfa", "signing-key-list",
             "administrator-list")  # fmt: skip

    @pytest.mark.parametrize("role", [AUDITOR, SUPPORT, ADMIN])
    def test_no_page_offers_what_would_be_refused(self, role: StaffRole, house: House) -> None:
        client = client_of(role)
        shown = [name for name in self.pages if role in MATRIX[name][0]]
        assert shown
        forms, links = set(), set()
        for name in shown:
            page = client.get(house.url(name)).content.decode()
            links |= set(re.findall(r'<a[^>]*href="(/console/[^"#?]*)', page))
            forms |= {
                address
                for address, inside in re.findall(
                    r'<form[^>]*method="post"[^>]*action="([^"]+)"[^>]*>(.*?)</form>', page, re.S
                )
                if 'type="submit"' in inside or "<button" in inside
            }
        assert [address for address in sorted(forms) if client.options(address).status_code == 403] == []
        assert [address for address in sorted(links) if client.get(address).status_code == 403] == []

    @pytest.mark.parametrize(("name", "script"), [("user-list", "bulk.js"), ("experience", "method-rows.js")])
    def test_scripts_of_what_is_not_there_stay_away(self, name: str, script: str, house: House) -> None:
        """They would stumble over buttons that this role does not have."""
        assert script in client_of(ADMIN).get(house.url(name)).content.decode()
        assert script not in client_of(AUDITOR).get(house.url(name)).content.decode()

    def test_secrets_are_not_for_those_who_only_look(self, house: House) -> None:
        page = client_of(AUDITOR).get(house.url("application-credentials")).content.decode()
        assert "Hidden from your role" in page
        assert "secret-show" not in page

    def test_the_rail_has_what_the_role_may_look_at(self, house: House) -> None:
        page = client_of(SUPPORT).get(house.url("user-list")).content.decode()
        rail = page[page.index('id="rail"') : page.index("</nav>")]
        assert reverse("console:user-list") in rail
        assert reverse("console:connector-list") not in rail
