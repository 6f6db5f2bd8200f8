"""The tabs of an application: its credentials, and who holds grants of it."""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from idp.applications.models import Application
from idp.applications.services import create_application, create_secret
from idp.applications.usage import note_use
from idp.audit.models import Event
from idp.tokens.models import Consent, Grant
from idp.tokens.services import create_grant
from idp.users.models import User
from idp.users.services import create_user

pytestmark = pytest.mark.django_db


def grant(user: User, app: Application) -> Grant:
    return create_grant(user=user, application=app, session_id="s", auth_time=1, amr=[], scope="openid", resource=[])


def url(name: str, *args: str) -> str:
    return reverse(f"console:application-{name}", args=args)


@pytest.mark.parametrize(
    ("type", "is_device_flow", "tabs"),
    [
        ("SPA", False, ["Settings", "Credentials", "Tokens and sessions", "Branding", "Try it"]),
        ("Native", True, ["Settings", "Credentials", "Tokens and sessions"]),
        ("MachineToMachine", False, ["Settings", "Credentials", "Roles"]),
    ],
)
def test_tabs_are_those_that_the_type_has(staff: Client, type: str, is_device_flow: bool, tabs: list[str]) -> None:
    app = create_application(by="test", name="Shop", type=type, is_device_flow=is_device_flow)
    page = staff.get(url("detail", app.pk)).content.decode()
    nav = page[page.index("Parts of the application") :].partition("</nav>")[0]
    assert [line.partition(">")[2].removesuffix("</a>") for line in nav.splitlines() if "<a " in line] == tabs


def test_credentials_tell_when_a_secret_was_used(staff: Client) -> None:
    app = create_application(by="test", name="Shop", type="Traditional")
    spare = create_secret(by="test", application=app, name="Spare")
    note_use(app.pk, ["not ours", spare.value])
    page = staff.get(url("credentials", app.pk)).content.decode()
    assert page.count("Not yet") == 1
    assert spare.value not in page


def test_a_use_is_noted_once_an_hour() -> None:
    app = create_application(by="test", name="Shop", type="Traditional")
    secret = app.secrets.get()
    with CaptureQueriesContext(connection) as used:
        note_use(app.pk, [secret.value])
        note_use(app.pk, [secret.value])
    assert len(used) == 1
    secret.refresh_from_db()
    assert secret.last_used_at is not None


def test_lists_who_holds_grants(staff: Client) -> None:
    app, other = (create_application(by="test", name=name, type="SPA") for name in ("Shop", "Other"))
    grace, carl = (create_user(by="test", username=name) for name in ("grace", "carl"))
    grant(grace, app)
    grant(carl, other)
    page = staff.get(url("access", app.pk)).content.decode()
    assert "1 live grant," in page
    assert "grace" in page
    assert "carl" not in page
    assert (
        "Nobody is signed in"
        in staff.get(url("access", create_application(by="x", name="N", type="SPA").pk)).content.decode()
    )


def test_revokes_one_grant(staff: Client) -> None:
    app = create_application(by="test", name="Shop", type="SPA")
    user = create_user(by="test", username="grace")
    first, second = grant(user, app), grant(user, app)
    staff.post(url("grant-revoke", app.pk, first.pk))
    first.refresh_from_db(), second.refresh_from_db()
    assert first.revoked_at is not None
    assert second.revoked_at is None
    assert Event.objects.get(key="grant.revoked").actor.startswith("user:")
    elsewhere = create_application(by="test", name="Other", type="SPA")
    assert staff.post(url("grant-revoke", elsewhere.pk, second.pk)).status_code == 404


def test_revokes_everything_when_one_is_sure(staff: Client) -> None:
    app = create_application(by="test", name="Shop", type="SPA")
    user = create_user(by="test", username="grace")
    grants = [grant(user, app) for _ in range(3)]
    Consent.objects.create(user=user, application=app, scope="openid")
    staff.post(url("access-revoke", app.pk))
    assert Grant.objects.filter(revoked_at=None).count() == 3
    staff.post(url("access-revoke", app.pk), {"sure": "on"})
    assert Grant.objects.filter(pk__in=[one.pk for one in grants], revoked_at=None).count() == 0
    assert not Consent.objects.exists()
    assert Event.objects.get(key="application.access_revoked").data == {"grants": 3, "consents": 1}


def test_the_page_to_try_is_a_redirect_uri_only_while_one_wants(staff: Client) -> None:
    app = create_application(by="test", name="Shop", type="SPA", redirect_uris=["https://shop.example/"])
    address = settings.ENDPOINT + url("try", app.pk)
    page = staff.get(url("try", app.pk)).content.decode()
    assert "Allow this page as redirect URI" in page
    assert "Start the sign-in" not in page
    staff.post(url("try-allow", app.pk))
    app.refresh_from_db()
    assert app.redirect_uri_list == ["https://shop.example/", address]
    assert "Start the sign-in" in staff.get(url("try", app.pk)).content.decode()
    staff.post(url("try-disallow", app.pk))
    app.refresh_from_db()
    assert app.redirect_uri_list == ["https://shop.example/"]
    assert [event.data["fields"] for event in Event.objects.filter(key="application.updated")] == [
        ["redirect_uris"]
    ] * 2


def test_the_page_to_try_holds_no_secret(staff: Client) -> None:
    app = create_application(by="test", name="Shop", type="Traditional")
    staff.post(url("try-allow", app.pk))
    assert app.secrets.get().value not in staff.get(url("try", app.pk)).content.decode()


@pytest.mark.parametrize("kind", [{"type": "MachineToMachine"}, {"type": "Native", "is_device_flow": True}])
def test_what_has_no_redirect_cannot_be_tried(staff: Client, kind: dict[str, Any]) -> None:
    app = create_application(by="test", name="Job", **kind)
    assert staff.get(url("try", app.pk)).status_code == 404
    assert staff.post(url("try-allow", app.pk)).status_code == 404
