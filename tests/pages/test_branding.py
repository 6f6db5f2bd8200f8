"""How hosted pages look: what administrators set, and the names that stay."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from idp.applications.errors import InvalidSetting
from idp.applications.services import create_application, update_application
from idp.lib import colors
from idp.organizations.models import Organization
from idp.organizations.services import create_organization, update_organization
from idp.signin import branding, kept
from idp.signin.errors import ExperienceInvalid
from idp.signin.experience import update_experience
from idp.signin.models import SignInExperience
from tests.console.people import staff_client

pytestmark = pytest.mark.django_db
ROOT = Path(settings.BASE_DIR)
CONTRACT = (ROOT / "docs/branding.md").read_text()
SHEETS = "\n".join(path.read_text() for path in (ROOT / "static/css").glob("*.css"))
TEMPLATES = "\n".join(
    path.read_text() for folder in ("pages", "_components", "django") for path in (ROOT / "templates" / folder).rglob("*.html")
)  # fmt: skip


def names(kind: str) -> list[str]:
    return re.findall(rf"^\| `({kind}[\w-]+)` \|", CONTRACT, re.MULTILINE)


@pytest.mark.parametrize("name", names("--"))
def test_a_variable_of_the_contract_is_defined_and_used(name: str) -> None:
    assert re.search(rf"^  {name}:", (ROOT / "static/css/tokens.css").read_text(), re.MULTILINE)
    assert f"var({name})" in SHEETS


@pytest.mark.parametrize("name", names(r"\."))
def test_a_class_of_the_contract_is_on_pages_and_in_sheets(name: str) -> None:
    assert re.search(rf"{re.escape(name)}[\s,.:{{)>]", SHEETS)
    assert re.search(rf'class="[^"]*\b{name[1:]}[\s"{{]', TEMPLATES)


def test_the_console_names_the_same() -> None:
    page = (ROOT / "templates/console/experience/_looks.html").read_text()
    assert re.findall(r"<code>(.*?)</code>", page) == names("--") + names(r"\.")


@pytest.mark.parametrize("primary", ["#0f5b4c", "#ffe100", "#fff", "#000", "#7f7f7f", "#e91e63"])
def test_whatever_the_colour_is_text_can_be_read(primary: str) -> None:
    sheet = branding.of(SignInExperience(color={"primaryColor": primary})).stylesheet
    found = {
        name: (light, dark) for name, light, dark in re.findall(r"(--[\w-]+): light-dark\((#\w+), (#\w+)\)", sheet)
    }
    for mode, surface in ((0, "#ffffff"), (1, "#171f1c")):
        assert colors.contrast(found["--on-brand"][mode], found["--brand"][mode]) >= 4.5
        assert colors.contrast(found["--brand-text"][mode], surface) >= 4.5


class TestStylesheet:
    def test_nothing_is_asked_for_where_nothing_differs(self, client: Client) -> None:
        assert "branding.css" not in client.get("/").content.decode()
        assert client.get("/branding.css").content == b""

    def test_a_page_links_what_is_saved(self, client: Client) -> None:
        update_experience(by="", color={"primaryColor": "#e91e63"}, custom_css=".hosted { color: red; }")
        kept.forget()
        address = re.findall(r'href="(/branding.css[^"]*)"', client.get("/").content.decode())[0]
        answer = client.get(address.replace("&amp;", "&"))
        assert answer["Content-Type"] == "text/css; charset=utf-8"
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "--brand: light-dark(#e91e63, " in answer.content.decode()
        assert answer.content.decode().endswith(".hosted { color: red; }")

    def test_an_old_version_is_not_kept(self, client: Client) -> None:
        assert client.get("/branding.css?v=old")["Cache-Control"] == "no-cache"

    def test_no_cookie_and_no_session_is_needed(self, client: Client) -> None:
        assert dict(client.get("/branding.css").cookies) == {}

    def test_an_application_has_its_own(self, client: Client) -> None:
        app = create_application(by="", name="Shop", type="SPA")
        update_experience(by="", color={"primaryColor": "#e91e63"}, branding={"logoUrl": "https://x.example/all.svg"})
        update_application(by="", application=app, color={"primaryColor": "#123456"}, custom_css="a { color: blue; }")
        kept.forget()
        sheet = client.get(f"/branding.css?app_id={app.pk}").content.decode()
        assert "#123456" in sheet
        assert "#e91e63" not in sheet
        assert branding.of(SignInExperience.load(), app).logo == "https://x.example/all.svg"

    def test_without_dark_mode(self) -> None:
        brand = branding.of(
            SignInExperience(color={"isDarkModeEnabled": False}, branding={"logoUrl": "a", "darkLogoUrl": "b"})
        )
        assert "color-scheme: light;" in brand.stylesheet
        assert (brand.logo, brand.dark_logo) == ("a", "")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"color": {"primaryColor": "red; } body { display: none"}}, "$.color.primaryColor"),
        ({"color": {"primary": "#000"}}, "$.color"),
        ({"color": {"isDarkModeEnabled": "yes"}}, "$.color.isDarkModeEnabled"),
        ({"branding": {"logoUrl": "javascript:alert(1)"}}, "$.branding.logoUrl"),
        ({"branding": {"icon": "https://x.example"}}, "$.branding"),
        ({"custom_css": "a { color: red;"}, "$.customCss"),
        ({"custom_css": "a{}" * 30_000}, "$.customCss"),
        ({"language_info": {"fallbackLanguage": "xx"}}, "$.languageInfo.fallbackLanguage"),
        ({"language_info": {"autoDetect": 1}}, "$.languageInfo"),
    ],
)
def test_what_cannot_be_saved(changes: dict[str, object], path: str) -> None:
    with pytest.raises(ExperienceInvalid) as refusal:
        update_experience(by="", **changes)
    assert refusal.value.field == path


@pytest.mark.parametrize(
    "changes", [{"color": {"primaryColor": "red"}}, {"branding": {"logoUrl": "x"}}, {"custom_css": "}"}]
)
def test_nor_for_an_application(changes: dict[str, object]) -> None:
    app = create_application(by="", name="Shop", type="SPA")
    with pytest.raises(InvalidSetting):
        update_application(by="", application=app, **changes)


class TestConsole:
    def test_saved_for_all(self) -> None:
        values = {
            "primary_color": "#e91e63",
            "dark_mode": "on",
            "logo_url": "https://x.example/l.svg",
            "custom_css": "",
        }
        answer = staff_client().post("/console/sign-in-experience/branding", values)
        assert answer.status_code == 302
        saved = SignInExperience.load()
        assert (saved.color, saved.branding) == (
            {"primaryColor": "#e91e63", "isDarkModeEnabled": True}, {"logoUrl": "https://x.example/l.svg"},
        )  # fmt: skip

    def test_a_refusal_is_beside_its_field_and_nothing_is_lost(self) -> None:
        values = {"primary_color": "pink", "dark_mode": "on", "custom_css": "a { color: red; }"}
        page = staff_client().post("/console/sign-in-experience/branding", values).content.decode()
        assert 'id="id_primary_color_error"' in page
        assert "a { color: red; }" in page
        assert SignInExperience.load().color == {}

    def test_the_preview_wears_what_is_not_saved(self) -> None:
        client = staff_client()
        page = client.post(
            "/console/sign-in-experience/branding/preview", {"primary_color": "#e91e63", "dark_mode": "on"}
        )
        address = re.findall(r'href="(/console/[^"]*draft.css[^"]*)"', page.content.decode())[0]
        assert "#e91e63" in client.get(address).content.decode()
        assert SignInExperience.load().color == {}

    def test_one_application(self) -> None:
        app = create_application(by="", name="Shop", type="SPA")
        answer = staff_client().post(
            f"/console/applications/{app.pk}/branding", {"primary_color": "#abc", "dark_mode": "on"}
        )
        app.refresh_from_db()
        assert (answer.status_code, app.color) == (302, {"primaryColor": "#abc", "isDarkModeEnabled": True})

    def test_sentences_in_other_words(self) -> None:
        client = staff_client()
        page = client.get("/console/sign-in-experience/languages/de").content.decode()
        name = re.findall(r'for="id_(phrase-\d+)" lang="en">This is a sign-in service', page)[0]
        assert (
            client.post("/console/sign-in-experience/languages/de", {name: "Hier meldet man sich an"}).status_code
            == 302
        )
        kept.forget()
        assert "Hier meldet man sich an" in client.get("/", headers={"Accept-Language": "de"}).content.decode()

    def test_what_is_filled_in_must_stay(self) -> None:
        client = staff_client()
        page = client.get("/console/sign-in-experience/languages/de").content.decode()
        name = re.findall(r'for="id_(phrase-\d+)" lang="en">Sign in to %\(application\)s<', page)[0]
        answer = client.post("/console/sign-in-experience/languages/de", {name: "Anmelden"}).content.decode()
        assert "Keep what is filled in: %(application)s." in answer

    def test_the_default_language(self) -> None:
        staff_client().post("/console/sign-in-experience/languages", {"default": "pt-br"})
        assert SignInExperience.load().language_info == {"autoDetect": False, "fallbackLanguage": "pt-BR"}


class TestOrganization:
    """What a request names by `organization_id` goes before the application's look, and that before everybody's."""

    @pytest.fixture
    def readers(self) -> Organization:
        readers = create_organization(by="test", name="Readers")
        update_organization(
            by="test", organization=readers, color={"primaryColor": "#663399"},
            branding={"logoUrl": "https://readers.example/logo.svg"}, custom_css=".hosted { --own: 1 }",
        )  # fmt: skip
        return readers

    def test_it_goes_first_and_leaves_the_rest(self, readers: Organization) -> None:
        update_experience(
            by="test", color={"primaryColor": "#aa0000"}, branding={"favicon": "https://all.example/f.ico"}
        )
        app = create_application(by="test", name="Bookstore", type="SPA")
        update_application(
            by="test",
            application=app,
            color={"primaryColor": "#00aa00"},
            branding={"logoUrl": "https://app.example/a.svg"},
        )
        brand = branding.of(SignInExperience.load(), app, readers)
        assert "#663399" in brand.stylesheet
        assert "#00aa00" not in brand.stylesheet
        assert "--own: 1" in brand.stylesheet
        assert (brand.logo, brand.favicon) == ("https://readers.example/logo.svg", "https://all.example/f.ico")
        assert branding.of(SignInExperience.load(), app).logo == "https://app.example/a.svg"

    def test_the_pages_of_a_visit_that_names_it(self, client: Client, readers: Organization) -> None:
        app = create_application(
            by="test",
            name="Bookstore",
            type="SPA",
            client_id="bookstore",
            redirect_uris=["https://rp.example/callback"],
        )
        query = {
            "client_id": app.pk, "redirect_uri": "https://rp.example/callback", "response_type": "code", "scope": "openid",
            "code_challenge": "a" * 43, "code_challenge_method": "S256",
        }  # fmt: skip
        for organization_id, logo in ((readers.pk, True), ("unknown", False)):
            start = client.get("/oidc/auth", {**query, "organization_id": organization_id})
            page = client.get(start["Location"]).content.decode()
            assert ("https://readers.example/logo.svg" in page) is logo
        sheet = client.get("/branding.css", {"organization_id": readers.pk}).content.decode()
        assert "#663399" in sheet

    def test_pages_of_ones_own_learn_it(self, client: Client, readers: Organization) -> None:
        shown = client.get("/api/.well-known/sign-in-exp", {"organizationId": readers.pk}).json()
        assert shown["color"]["primaryColor"] == "#663399"
        assert shown["customCss"] == ".hosted { --own: 1 }"
        header = {"Logto-Organization-Id": readers.pk}
        assert client.get("/api/.well-known/experience", headers=header).json()["branding"] == readers.branding
