"""What was moved, removed or switched can be taken back by the page that does the opposite; what cannot says so first."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from connectors.ports import ConnectorType
from idp.applications.models import Application
from idp.applications.services import create_application, create_secret
from idp.audit.models import Event
from idp.messaging.models import Connector, OutboxMessage
from idp.mfa.services import confirm_totp, start_totp
from idp.organizations.models import Membership, Organization
from idp.tokens.keys import ensure_keys
from idp.tokens.models import SigningKey
from idp.users.models import Installation, Invitation, ProfileField, StaffRole, User
from idp.users.profile_fields import create_field
from idp.users.services import create_administrator, create_user
from tests.console.people import PASSWORD
from tests.console.test_undo import offered

pytestmark = pytest.mark.django_db
SIZES = {"options": [{"value": "s", "label": "Small"}], "defaultValue": "s"}

# what: (address, what is posted), with the people by name
ACTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "member removed": ("organizations/org1/members/{carl}/remove", {}),
    "member added": ("organizations/org1/members/add", {"who": "dora"}),
    "suspended": ("users/{carl}/suspend", {}),
    "reactivated": ("users/{sid}/reactivate", {}),
    "several suspended": (
        "users/bulk",
        {"action": "suspend", "confirmed": "on", "user": ["{carl}", "{dora}", "{sid}"]},
    ),
    "several reactivated": ("users/bulk", {"action": "reactivate", "user": ["{carl}", "{sid}"]}),
    "field moved": ("sign-in-experience/profile/size/move/down", {"places": "2"}),
    "field deleted": ("sign-in-experience/profile/size/delete", {}),
    "connector moved": ("connectors/sms3/move/up", {"places": "2"}),
    "role changed": ("administrators/{ada}/role", {"role": "auditor"}),
    "made an administrator": ("administrators/{carl}/role", {"role": "support"}),
    "administrator removed": ("administrators/{ada}/remove", {}),
    "own name": ("account/name", {"name": "Olga Owner"}),
    "page allowed": ("applications/web/try/allow", {}),
    "page no longer allowed": ("applications/trying/try/disallow", {}),
    "factor required": ("administrators/second-factor", {"required": "yes"}),
}


@pytest.fixture
def people() -> dict[str, User]:
    Organization.objects.create(pk="org1", name="Readers")
    found = {name: create_user(by="test", username=name, password=PASSWORD) for name in ("carl", "dora", "sid")}
    Membership.objects.create(organization_id="org1", user=found["carl"])
    User.objects.filter(pk=found["sid"].pk).update(is_suspended=True)
    for name in ("ada", "olga"):
        role = StaffRole.ADMIN if name == "ada" else StaffRole.OWNER
        found[name] = create_administrator(by="test", username=name, password=PASSWORD, role=role)
    confirm_totp(by="test", user=found["olga"], secret=start_totp(), step=1)
    create_field(
        by="test", name="size", type="Select", label="Size", labels={"de": "Größe"}, required=True, config=SIZES
    )
    trying = f"{settings.ENDPOINT}/console/applications/trying/try"
    for pk, uris in (("web", []), ("trying", [trying])):
        uris = ["https://web.example/callback", *uris]
        create_application(by="test", name=pk, type="Traditional", client_id=pk, redirect_uris=uris)
    for name in ("nickname", "company"):
        create_field(by="test", name=name, type="Text", label=name)
    for place in range(3):
        Connector.objects.create(
            pk=f"sms{place + 1}", connector_id="twilio", type=str(ConnectorType.SMS), config={}, position=place
        )
    return found


@pytest.fixture
def olga(people: dict[str, User]) -> Client:
    client = Client()
    client.force_login(people["olga"])
    return client


def act(client: Client, people: dict[str, User], what: str) -> str:
    ids = {name: user.pk for name, user in people.items()}
    address, data = ACTIONS[what]
    filled = {
        key: [one.format(**ids) for one in value] if isinstance(value, list) else value for key, value in data.items()
    }
    return str(client.post(f"/console/{address.format(**ids)}", filled, follow=True).content.decode())


def stored() -> list[Any]:
    """All that these actions change."""
    return [
        list(Membership.objects.order_by("user").values_list("organization", "user")),
        list(User.objects.order_by("pk").values_list("pk", "is_suspended", "is_staff", "staff_role", "is_superuser")),
        list(ProfileField.objects.values("name", "type", "label", "labels", "description", "required", "config")),
        list(Connector.objects.values_list("pk", flat=True)),
        Installation.objects.get().staff_factor_required,
        list(User.objects.order_by("pk").values_list("name", flat=True)),
        [application.redirect_uri_list for application in Application.objects.order_by("pk")],
    ]


@pytest.mark.parametrize("what", ACTIONS)
def test_undo_does_the_opposite(what: str, olga: Client, people: dict[str, User]) -> None:
    before = stored()
    found = offered(act(olga, people, what))
    assert stored() != before
    assert found
    events = Event.objects.count()
    text = olga.post(*found, follow=True).content.decode()
    assert stored() == before
    assert Event.objects.count() > events
    assert "<p>Undone. " in text
    assert offered(text) is None


@pytest.mark.parametrize("what", ["field moved", "connector moved"])
def test_an_order_that_somebody_changed_since_stays(what: str, olga: Client, people: dict[str, User]) -> None:
    found = offered(act(olga, people, what))
    assert found
    olga.post("/console/sign-in-experience/profile/company/move/up")
    olga.post("/console/connectors/sms2/move/up")
    before = stored()
    assert "Somebody changed the order since. It stays as it is." in olga.post(*found, follow=True).content.decode()
    assert stored() == before


def test_a_field_that_somebody_added_since_stays(olga: Client, people: dict[str, User]) -> None:
    found = offered(act(olga, people, "field deleted"))
    create_field(by="test", name="size", type="Text", label="Waist")
    assert found
    assert "Somebody added a field for the same key since." in olga.post(*found, follow=True).content.decode()
    assert ProfileField.objects.get(pk="size").label == "Waist"


def test_a_field_that_nobody_deleted_cannot_be_made_up(olga: Client) -> None:
    address = "/console/sign-in-experience/profile/new/restore"
    assert olga.post(address, {"definition": "made:up"}).status_code == 404
    assert olga.post(address).status_code == 404


def test_what_was_so_already_is_not_offered(olga: Client, people: dict[str, User]) -> None:
    for address in (f"users/{people['sid'].pk}/suspend", f"users/{people['carl'].pk}/reactivate"):
        assert offered(olga.post(f"/console/{address}", follow=True).content.decode()) is None
    both = {"action": "reactivate", "user": [people["carl"].pk, people["dora"].pk]}
    assert offered(olga.post("/console/users/bulk", both, follow=True).content.decode()) is None
    assert offered(olga.post("/console/connectors/sms1/move/up", follow=True).content.decode()) is None


def test_a_role_that_one_gave_up_is_not_offered_back(olga: Client, people: dict[str, User]) -> None:
    create_administrator(by="test", username="ova", password=PASSWORD, role=StaffRole.OWNER)
    text = olga.post(
        f"/console/administrators/{people['olga'].pk}/role", {"role": "admin"}, follow=True
    ).content.decode()
    assert "is Administrator now." in text
    assert offered(text) is None


def test_an_invitation_is_made_again_with_another_link(olga: Client) -> None:
    olga.post("/console/administrators/invite", {"email": "grace@example.com", "role": "support"})
    first = Invitation.objects.get()
    text = olga.post(f"/console/administrators/invitations/{first.pk}/revoke", follow=True).content.decode()
    assert ">Invite again</button>" in text
    found = offered(text)
    assert found
    answer = olga.post(*found).content.decode()
    assert "grace@example.com" in answer
    second = Invitation.objects.get(over_at=None)
    assert (second.email, second.role) == (first.email, first.role)
    assert second.digest != first.digest


@pytest.fixture
def finals(people: dict[str, User]) -> list[str]:
    """The pages on which something is done that cannot be undone."""
    secret = create_secret(by="test", application=Application.objects.get(pk="web"), name="Second")
    ensure_keys()
    OutboxMessage.objects.create(type="Sms", recipient="+12025550123", usage_type="SignIn", text="123456")
    SigningKey.objects.filter(algorithm="ES384").update(id="key1", status=SigningKey.Status.PREVIOUS)
    carl = people["carl"].pk
    return [
        "applications/web/delete", f"applications/web/secrets/{secret.pk}/delete", "applications/web/access",
        "connectors/sms1/delete", "organizations/org1/delete", "signing-keys/key1/delete", "signing-keys/rotate/RS256",
        f"users/{carl}/delete", f"users/{carl}/sessions", f"users/{carl}/sign-in", "outbox",
    ]  # fmt: skip


def test_what_cannot_be_undone_says_so_first(olga: Client, finals: list[str], people: dict[str, User]) -> None:
    pages = {address: olga.get(f"/console/{address}") for address in finals}
    pages["users/bulk"] = olga.post("/console/users/bulk", {"action": "delete", "user": [people["carl"].pk]})
    said = [address for address, answer in pages.items() if "This cannot be undone." in answer.content.decode()]
    assert said == list(pages)


def test_a_page_that_deletes_has_one_title(olga: Client, finals: list[str]) -> None:
    pages = {one: olga.get(f"/console/{one}").content.decode() for one in finals if one.endswith("/delete")}
    titles = {one: re.findall(r"<h[12][^>]*>(Delete [^<]*)</h", text) for one, text in pages.items()}
    assert [one for one, found in titles.items() if len(found) != 1] == []
