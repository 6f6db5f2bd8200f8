"""Framework guides: filled in, saved in place, complete."""

import json
from importlib import metadata
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from console.guides.catalogue import GUIDES, Guide, Proof, find
from idp.applications.models import DEVICE_CODE, Application
from idp.applications.services import create_application
from idp.applications.usage import note_use
from idp.audit.services import record
from idp.users.services import create_user
from tests.journeys import frameworks
from tests.journeys.harness import sdk

pytestmark = pytest.mark.django_db
HTMX: Any = {"HX-Request": "true"}


def bookstore(guide: str = "native-capacitor", type: str = "Native", **values: Any) -> Application:
    return create_application(by="test", name="Bookstore", type=type, guide=guide, **values)


def guide_url(app: Application, *rest: str) -> str:
    return "/".join([reverse("console:application-guide", args=[app.pk, app.guide]), *rest])


@pytest.mark.parametrize("guide", [guide for guide in GUIDES if guide.has_steps], ids=lambda guide: guide.id)
def test_every_guide_is_complete(staff: Client, guide: Guide) -> None:
    app = bookstore(guide.id, guide.type, is_device_flow=guide.is_device_flow)
    page = staff.get(guide_url(app)).content.decode()
    assert app.pk in page
    assert settings.ENDPOINT in page
    assert "Checkpoint" in page
    assert page.count('class="card guide-step"') >= 5
    assert "Finish and done" in page
    for uri in filter(None, (guide.redirect_uri, guide.post_sign_out_uri)):
        assert uri in page


@pytest.mark.parametrize("guide", [guide for guide in GUIDES if guide.has_steps], ids=lambda guide: guide.id)
def test_every_guide_says_how_it_was_verified(staff: Client, guide: Guide) -> None:
    assert guide.verified is not None
    assert guide.verified.packages or guide.verified.note
    assert guide.steps[-1].title == "Checkpoint"
    app = bookstore(guide.id, guide.type, is_device_flow=guide.is_device_flow)
    page = staff.get(guide_url(app)).content.decode()
    said = {Proof.TESTS: "Run by tests", Proof.READ: "Not run by us"}[guide.verified.proof]
    assert said in page
    assert "«" not in page


PROVEN = [guide for guide in GUIDES if guide.verified and guide.verified.proof == Proof.TESTS]


@pytest.mark.parametrize("guide", PROVEN, ids=lambda guide: guide.id)
def test_they_name_the_versions_that_the_tests_run(guide: Guide) -> None:
    folder = frameworks.TEMPLATES.get(guide.id, sdk.FOLDER)
    project = json.loads((folder / "package.json").read_text())
    locked = project["dependencies"] | project.get("devDependencies", {})
    for name, _, version in (package.rpartition(" ") for package in guide.verified.packages):  # type: ignore[union-attr]
        if name != "curl":  # the machine's own
            run = locked.get(name.lower().replace(" ", "-")) or metadata.version(name)
            assert f"{run}.".startswith(f"{version}."), name


@pytest.mark.parametrize("guide", [guide for guide in GUIDES if guide.verified], ids=lambda guide: guide.id)
def test_the_list_in_the_documentation_says_the_same(guide: Guide) -> None:
    listed = (settings.BASE_DIR / "docs/guides.md").read_text()
    packages, proof = ", ".join(guide.verified.packages), guide.verified.proof  # type: ignore[union-attr]
    how = {Proof.TESTS: "run by the tests", Proof.READ: "not run"}[proof]
    line = next(line for line in listed.splitlines() if f"/{guide.id}/" in line)
    assert line.startswith(f"| [{guide.name}]")
    assert line.endswith(f"| {packages} | {how} |")


def test_the_checkpoint_waits_then_gives_up(staff: Client) -> None:
    app = bookstore()
    assert 'hx-trigger="load delay:3s"' in staff.get(guide_url(app)).content.decode()
    later = staff.get(guide_url(app, "first-use"), {"asked": "41"}).content.decode()
    assert 'hx-trigger="load delay:30s"' in later
    assert "?asked=42" in later
    ended = staff.get(guide_url(app, "first-use"), {"asked": "60"}).content.decode()
    assert "No sign-in yet" in ended
    assert "hx-trigger" not in ended


def test_the_checkpoint_says_who_signed_in_first(staff: Client) -> None:
    app = bookstore()
    ada = create_user(by="test", username="grace", name="Grace Hopper")
    ben = create_user(by="test", username="second_one")
    for person in (ada, ben):
        record("grant.redeemed", by=app.audit_name, target=person.audit_name)
    answer = staff.get(guide_url(app, "first-use")).content.decode()
    assert "It works." in answer
    assert "Grace Hopper" in answer
    assert "second_one" not in answer
    assert "hx-trigger" not in answer


def test_the_checkpoint_of_a_machine_knows_its_secret(staff: Client) -> None:
    app = bookstore("m2m-general", "MachineToMachine")
    assert "Waiting for" in staff.get(guide_url(app)).content.decode()
    note_use(app.pk, [app.secrets.get().value])
    answer = staff.get(guide_url(app, "first-use")).content.decode()
    assert "signed in with its secret “Default”" in answer


def test_congratulates_once(staff: Client) -> None:
    app = bookstore()
    assert "Congratulations, Bookstore is ready" in staff.get(guide_url(app) + "?new=1").content.decode()
    assert "Congratulations" not in staff.get(guide_url(app)).content.decode()


def test_a_guide_for_another_type_is_not_found(staff: Client) -> None:
    app = bookstore()
    assert staff.get(reverse("console:application-guide", args=[app.pk, "spa-react"])).status_code == 404
    assert staff.get(reverse("console:application-guide", args=[app.pk, "cobol"])).status_code == 404


def test_a_guide_for_another_flow_is_not_found(staff: Client) -> None:
    device, phone = bookstore(is_device_flow=True), bookstore("native-device-flow")
    assert staff.get(guide_url(device)).status_code == 404
    assert staff.get(guide_url(phone)).status_code == 404
    assert "Open guide" not in staff.get(reverse("console:application-detail", args=[device.pk])).content.decode()


def test_what_has_no_steps_has_no_page(staff: Client) -> None:
    app = bookstore("third-party-oidc", "Traditional", is_third_party=True)
    assert staff.get(guide_url(app)).status_code == 404


def test_the_device_guide_names_the_addresses_of_this_server(staff: Client) -> None:
    page = staff.get(guide_url(bookstore("native-device-flow", is_device_flow=True))).content.decode()
    for address in (
        settings.ENDPOINT + reverse("oauth2_provider:device-authorization"),
        settings.ENDPOINT + reverse("oauth2_provider:token"),
        settings.ENDPOINT + reverse("oauth2_provider:user-info"),
        settings.ENDPOINT + reverse("pages:device"),
    ):
        assert address in page
    assert DEVICE_CODE in page


@pytest.mark.parametrize(
    ("field", "attribute"),
    [("redirect-uri", "redirect_uri_list"), ("post-sign-out-uri", "post_logout_redirect_uri_list")],
)
def test_a_uri_saves_in_place(staff: Client, field: str, attribute: str) -> None:
    app = bookstore()
    answer = staff.post(guide_url(app, field), {"uri": "org.books://done"}, headers=HTMX).content.decode()
    assert "Saved." in answer
    assert 'data-saved-uri="org.books://done"' in answer
    assert getattr(Application.objects.get(pk=app.pk), attribute) == ["org.books://done"]
    assert "org.books://done</mark>" in staff.get(guide_url(app)).content.decode()


def test_saving_replaces_the_first_and_keeps_the_others(staff: Client) -> None:
    app = bookstore(redirect_uris=["org.old://a", "org.other://b"])
    staff.post(guide_url(app, "redirect-uri"), {"uri": "org.new://a"})
    assert Application.objects.get(pk=app.pk).redirect_uri_list == ["org.new://a", "org.other://b"]


def test_the_page_that_tries_it_is_no_address_of_the_app(staff: Client) -> None:
    app = bookstore("spa-react", "SPA")
    staff.post(reverse("console:application-try-allow", args=[app.pk]))
    assert f"applications/{app.pk}/try</mark>" not in staff.get(guide_url(app)).content.decode()
    staff.post(guide_url(app, "redirect-uri"), {"uri": "http://localhost:3000/callback"}, headers=HTMX)
    app.refresh_from_db()
    assert [uri.rpartition("/")[2] for uri in app.redirect_uri_list] == ["callback", "try"]


@pytest.mark.parametrize(("uri", "sentence"), [("", "Enter a URI first."), ("data:text/html,x", "The scheme data:")])
def test_a_wrong_uri_is_explained_beside_the_field(staff: Client, uri: str, sentence: str) -> None:
    app = bookstore()
    fragment = staff.post(guide_url(app, "redirect-uri"), {"uri": uri}, headers=HTMX).content.decode()
    assert sentence in fragment
    assert 'aria-invalid="true"' in fragment
    assert sentence in staff.post(guide_url(app, "redirect-uri"), {"uri": uri}).content.decode()
    assert Application.objects.get(pk=app.pk).redirect_uri_list == []


def test_without_a_script_saving_returns_to_the_field(staff: Client) -> None:
    app = bookstore()
    response = staff.post(guide_url(app, "redirect-uri"), {"uri": "org.books://done"})
    assert response["Location"] == guide_url(app) + "#redirect-uri"


def test_unknown_fields_are_not_found(staff: Client) -> None:
    assert staff.post(guide_url(bookstore(), "allowed-origins"), {"uri": "https://a.example"}).status_code == 404


def test_capacitors_origins_are_allowed_with_one_press(staff: Client) -> None:
    app = bookstore(allowed_origins=["https://mine.example"])
    assert "Allow Capacitor&#x27;s origins" in staff.get(guide_url(app)).content.decode().replace("'", "&#x27;")
    capacitor = find("native-capacitor")
    assert capacitor is not None
    answer = staff.post(guide_url(app, "origins", "allow"), headers=HTMX).content.decode()
    assert "All of them are allowed" in answer
    allowed = Application.objects.get(pk=app.pk).cors_allowed_origin_list
    assert allowed == ["https://mine.example", *capacitor.allowed_origins]


def test_the_secret_is_not_in_the_page(staff: Client) -> None:
    app = bookstore("web-express", "Traditional")
    page = staff.get(guide_url(app)).content.decode()
    assert app.secrets.get().value not in page
    assert "Show once<span" in page
    secret = app.secrets.get()
    assert secret.value in staff.post(f"/console/applications/{app.pk}/secrets/{secret.pk}/show").content.decode()
    page = staff.get(guide_url(app)).content.decode()
    assert f"{secret.value[:4]}••••" in page
    assert secret.value not in page
    assert "create another one" in page


def test_code_is_escaped(staff: Client) -> None:
    app = bookstore("spa-react", "SPA")
    page = staff.get(guide_url(app)).content.decode()
    assert "&lt;LogtoProvider config={config}&gt;" in page
    assert "<LogtoProvider" not in page


def test_get_started_leads_to_the_guides(staff: Client) -> None:
    page = staff.get(reverse("console:get-started")).content.decode()
    assert page.count("?guide=") == 8  # four cards, each as link and for htmx
    assert reverse("console:application-gallery") in page
    assert "/demo-app" in page
