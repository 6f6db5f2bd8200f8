"""Applications: list, gallery, create, detail, delete, secrets."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.guides.catalogue import GUIDES
from idp.applications.models import Application
from idp.applications.services import create_application, create_secret
from idp.audit.models import Event
from tests.console.pages import application, text, url

pytestmark = pytest.mark.django_db


def test_an_empty_list_is_the_gallery(staff: Client) -> None:
    page = text(staff.get(url("application-list")))
    assert all(guide.name in page for guide in GUIDES)


def test_list_and_search(staff: Client) -> None:
    one, other = application(), create_application(by="test", name="Warehouse", type="SPA")
    page = text(staff.get(url("application-list")))
    assert one.pk in page
    assert other.pk in page
    page = text(staff.get(url("application-list"), {"search": "ware"}))
    assert other.pk in page
    assert one.pk not in page
    assert one.pk in text(staff.get(url("application-list"), {"search": one.pk}))
    assert "No application fits" in text(staff.get(url("application-list"), {"search": "nothing"}))


def test_pages_of_the_list(staff: Client) -> None:
    for number in range(21):
        create_application(by="test", name=f"App {number}", type="SPA")
    assert "21–21 of 21" in text(staff.get(url("application-list"), {"page": 2}))


@pytest.mark.parametrize("page", ["application-list", "get-started"])
def test_as_many_statements_for_three_as_for_one(staff: Client, page: str) -> None:
    application()
    with CaptureQueriesContext(connection) as one:
        staff.get(url(page))
    application()
    application()
    with CaptureQueriesContext(connection) as three:
        staff.get(url(page))
    assert len(one) == len(three)


def test_gallery_filters_without_a_script(staff: Client) -> None:
    page = text(staff.get(url("application-gallery"), {"category": "Native"}))
    assert "Capacitor JS" in page
    assert "Express" not in page.replace("Next.js, Express, Django", "")
    page = text(staff.get(url("application-gallery"), {"search": "capac"}))
    assert page.count("guide=native-capacitor") == 2  # href and hx-get of one card
    assert "guide=spa-react" not in page
    assert "data-gallery-nothing>" in text(staff.get(url("application-gallery"), {"search": "cobol"}))


def test_create_from_the_capacitor_guide(staff: Client) -> None:
    target = url("application-create") + "?guide=native-capacitor"
    assert "New application: Capacitor JS" in text(staff.get(target))
    response = staff.post(target, {"name": "Bookstore", "description": "Books"})
    created = Application.objects.get(name="Bookstore")
    assert (created.type, created.guide, created.description) == ("Native", "native-capacitor", "Books")
    assert created.cors_allowed_origin_list == [
        "https://localhost",
        "http://localhost",
        "capacitor://localhost",
        "ionic://localhost",
    ]
    assert response["Location"] == url("application-guide", created.pk, "native-capacitor") + "?new=1"


def test_create_without_a_framework(staff: Client) -> None:
    target = url("application-create")
    assert "This field is required" in text(staff.post(target, {"name": "Shop"}))
    assert "This field is required" in text(staff.post(target, {"type": "SPA"}))
    response = staff.post(target, {"name": "Shop", "type": "SPA"})
    assert response["Location"] == url("application-detail", Application.objects.get(name="Shop").pk)


def test_create_in_the_dialog(staff: Client) -> None:
    target = url("application-create") + "?guide=spa-react"
    htmx: Any = {"HX-Request": "true"}
    assert "<html" not in text(staff.get(target, headers=htmx))
    assert "This field is required" in text(staff.post(target, {"name": ""}, headers=htmx))
    response = staff.post(target, {"name": "Shop"}, headers=htmx)
    assert response["HX-Redirect"].endswith("/guide/spa-react?new=1")


def test_unknown_guide_is_not_found(staff: Client) -> None:
    assert staff.get(url("application-create") + "?guide=cobol").status_code == 404


DETAILS = {
    "name": "Bookstore", "description": "", "custom_data": '{"team": "mobile"}', "algorithm": "RS256",
    "redirect_uris": "com.example.app://callback\n\n https://app.example.com/callback ",
    "post_logout_redirect_uris": "", "allowed_origins": "capacitor://localhost", "refresh_token_ttl_days": "30",
    "rotate_refresh_token": "on", "id_token_ttl": "600",
}  # fmt: skip


def test_save_details(staff: Client) -> None:
    app = application()
    response = staff.post(url("application-detail", app.pk), DETAILS)
    assert response["Location"] == url("application-detail", app.pk)
    app.refresh_from_db()
    assert app.redirect_uri_list == ["com.example.app://callback", "https://app.example.com/callback"]
    assert app.cors_allowed_origin_list == ["capacitor://localhost"]
    assert (app.custom_data, app.algorithm, app.refresh_token_ttl_days) == ({"team": "mobile"}, "RS256", 30)
    assert "The changes are saved." in text(staff.get(response["Location"]))


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"redirect_uris": "javascript:alert(1)"}, "redirect_uris", "would run or read something"),
        ({"post_logout_redirect_uris": "nonsense"}, "post_logout_redirect_uris", "Give the whole URI"),
        ({"allowed_origins": "https://a.example/path"}, "allowed_origins", "An origin is a scheme and a host"),
        ({"custom_data": "{"}, "custom_data", "Line 1, column 2:"),
        ({"custom_data": "[1]"}, "custom_data", "Write an object"),
        ({"refresh_token_ttl_days": "181"}, "refresh_token_ttl_days", "less than or equal to 180"),
        ({"name": ""}, "name", "This field is required"),
    ],
)
def test_wrong_details_change_nothing(staff: Client, changes: dict[str, str], field: str, sentence: str) -> None:
    app = application()
    page = text(staff.post(url("application-detail", app.pk), DETAILS | changes))
    assert sentence in page.replace("&#x27;", "'")
    assert f'id="id_{field}_error"' in page
    assert 'data-unsaved="dirty"' in page
    app.refresh_from_db()
    assert (app.redirect_uri_list, app.custom_data) == ([], {})


def test_a_machine_has_no_uris_and_keeps_its_custom_data(staff: Client) -> None:
    app = application("MachineToMachine")
    page = text(staff.get(url("application-detail", app.pk)))
    for absent in ("Redirect URIs", "Back-channel", "Concurrent", "ID token", "Permissions", "cannot keep a secret"):
        assert absent not in page
    for present in ("Public keys (JWK Set)", "Allow token exchange"):
        assert present in page
    assert staff.post(url("application-detail", app.pk), {"name": "Robot", "custom_data": ""}).status_code == 302


def test_the_builtin_app_has_no_page(staff: Client) -> None:
    assert staff.get(url("application-detail", "demo-app")).status_code == 404


def test_delete_needs_the_name(staff: Client) -> None:
    app = application()
    assert "not the application" in text(staff.post(url("application-delete", app.pk), {"confirmation": "bookstore"}))
    assert Application.objects.filter(pk=app.pk).exists()
    response = staff.post(url("application-delete", app.pk), {"confirmation": "Bookstore"})
    assert response["Location"] == url("application-list")
    assert not Application.objects.filter(pk=app.pk).exists()


def test_a_new_secret_is_shown_in_the_answer_and_never_again(staff: Client) -> None:
    app = application("Traditional")
    response = staff.post(url("application-secret-create", app.pk), {"name": "prod", "days": "30"})
    secret = app.secrets.get(name="prod")
    assert secret.value in text(response)
    assert "Copy it now" in text(response)
    assert timedelta(days=29) < secret.expires_at - timezone.now() <= timedelta(days=30)
    shown_again = staff.post(url("application-secret-show", app.pk, secret.pk), follow=True)
    for page in (
        shown_again,
        staff.get(url("application-credentials", app.pk)),
        staff.get(url("application-detail", app.pk)),
    ):
        assert secret.value not in text(page)
    assert f"{secret.value[:4]}••••" in text(shown_again)
    assert "was shown already" in text(shown_again)
    assert not Event.objects.filter(key="application.secret_revealed").exists()


def test_the_first_secret_is_shown_once_to_whoever_asks_first(staff: Client) -> None:
    created = staff.post(url("application-create"), {"name": "Shop", "type": "Traditional"})
    app = Application.objects.get(name="Shop")
    assert created["Location"] == url("application-credentials", app.pk)
    secret, show = app.secrets.get(), url("application-secret-show", app.pk, app.secrets.get().pk)
    page = text(staff.get(url("application-credentials", app.pk)))
    assert secret.value not in page
    assert show in page
    assert staff.get(show).status_code == 405
    assert secret.value in text(staff.post(show, headers={"HX-Request": "true"}))
    assert Event.objects.filter(key="application.secret_revealed").count() == 1
    second = text(staff.post(show, headers={"HX-Request": "true"}))
    assert (secret.value in second, f"{secret.value[:4]}••••" in second) == (False, True)
    assert Event.objects.filter(key="application.secret_revealed").count() == 1
    assert show not in text(staff.get(url("application-credentials", app.pk)))


def test_nothing_is_shown_of_a_secret_that_somebody_made_up(staff: Client) -> None:
    app = application("Traditional")
    secret = create_secret(by="test", application=app, name="Ours", value="qx7-short")
    assert secret.mask == "••••••••"
    assert "qx7" not in text(staff.get(url("application-credentials", app.pk)))


def test_a_try_gets_a_secret_of_its_own_that_is_worth_little(staff: Client) -> None:
    app = application("Traditional")
    first = text(staff.post(url("application-try-secret", app.pk)))
    second = text(staff.post(url("application-try-secret", app.pk)))
    trial = app.secrets.get(name="Try it")
    assert (trial.value, first != second) == (second, True)
    assert trial.expires_at - timezone.now() <= timedelta(minutes=10)
    staff.post(url("application-try-disallow", app.pk))
    assert [secret.name for secret in app.secrets.all()] == ["Default"]
    assert staff.post(url("application-try-secret", application().pk)).status_code == 404


def test_secret_names_are_unique(staff: Client) -> None:
    app = application("Traditional")
    page = text(staff.post(url("application-secret-create", app.pk), {"name": "Default", "days": "0"}))
    assert "There is a secret with this name already." in page
    assert app.secrets.count() == 1


def test_delete_a_secret(staff: Client) -> None:
    app, other = application("Traditional"), application("Traditional")
    secret = app.secrets.get()
    assert staff.post(url("application-secret-delete", other.pk, secret.pk)).status_code == 404
    assert "gets no more tokens" in text(staff.get(url("application-secret-delete", app.pk, secret.pk)))
    assert staff.post(url("application-secret-delete", app.pk, secret.pk)).status_code == 302
    assert not app.secrets.exists()


def test_public_apps_have_no_secrets(staff: Client) -> None:
    assert staff.get(url("application-secret-create", application().pk)).status_code == 404
