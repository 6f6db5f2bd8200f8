"""Third-party apps and the device flow: created, listed, told apart; and the settings that only some kinds have."""

import json
from typing import Any

import pytest
from django.test import Client

from console.forms.applications import SCOPES_TO_ALLOW
from idp.applications.models import Application
from idp.applications.services import create_application
from idp.authorization.services import save_resource
from idp.oidc.scopes import USER_SCOPES
from tests.console.pages import application, text, url

pytestmark = pytest.mark.django_db
PUBLIC_KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


def posted(app: Application, **changes: Any) -> dict[str, Any]:
    """The form of this application as a browser would send it back untouched, with changes on top."""
    values = {
        "name": app.name, "description": "", "custom_data": "", "redirect_uris": "", "post_logout_redirect_uris": "",
        "allowed_origins": "", "refresh_token_ttl_days": "14", "rotate_refresh_token": "on", "algorithm": "ES384",
        "id_token_ttl": "3600", "backchannel_logout_uri": "", "max_allowed_grants": "", "jwks": "",
        "terms_of_use_url": "", "privacy_policy_url": "",
    }  # fmt: skip
    return values | changes


def save(staff: Client, app: Application, **changes: Any) -> Application:
    response = staff.post(url("application-detail", app.pk), posted(app, **changes))
    assert response.status_code == 302, response.context["form"].errors
    return Application.objects.get(pk=app.pk)


class TestCreate:
    def test_a_third_party_app(self, staff: Client) -> None:
        data = {"name": "Partner", "type": "Traditional", "flow": "code", "is_third_party": "on"}
        response = staff.post(url("application-create"), data)
        created = Application.objects.get(name="Partner")
        assert response["Location"] == url("application-credentials", created.pk)  # its secret is shown there, once
        assert (created.is_third_party, created.is_device_flow) == (True, False)

    def test_a_device(self, staff: Client) -> None:
        staff.post(url("application-create"), {"name": "TV", "type": "Native", "flow": "device"})
        created = Application.objects.get(name="TV")
        assert (created.is_third_party, created.is_device_flow) == (False, True)

    @pytest.mark.parametrize(
        ("data", "field", "sentence"),
        [
            ({"type": "SPA", "flow": "device"}, "flow", "Only a native app can use the device flow."),
            ({"type": "MachineToMachine", "is_third_party": "on"}, "is_third_party", "A machine has no people to ask."),
            ({"type": "Native", "flow": "carrier pigeon"}, "flow", "Select a valid choice"),
        ],
    )
    def test_what_does_not_go_together(self, staff: Client, data: dict[str, str], field: str, sentence: str) -> None:
        page = text(staff.post(url("application-create"), data | {"name": "Shop"}))
        assert sentence in page.split(f'id="id_{field}_error"')[1].split("</div>")[0]
        assert not Application.objects.filter(name="Shop").exists()

    @pytest.mark.parametrize(
        ("guide", "type"),
        [("third-party-oidc", "Traditional"), ("third-party-oidc-spa", "SPA"), ("third-party-oidc-native", "Native")],
    )
    def test_third_party_cards_lead_to_no_guide(self, staff: Client, guide: str, type: str) -> None:
        response = staff.post(url("application-create") + f"?guide={guide}", {"name": "Partner"})
        created = Application.objects.get(name="Partner")
        page = "application-detail" if created.is_public else "application-credentials"
        assert response["Location"] == url(page, created.pk)
        assert (created.type, created.is_third_party, created.guide) == (type, True, "")
        assert "Open guide" not in text(staff.get(response["Location"]))

    def test_the_device_card_leads_to_its_guide(self, staff: Client) -> None:
        response = staff.post(url("application-create") + "?guide=native-device-flow", {"name": "TV"})
        created = Application.objects.get(name="TV")
        assert created.is_device_flow
        assert response["Location"] == url("application-guide", created.pk, "native-device-flow") + "?new=1"

    def test_a_card_decides_the_kind_not_the_form(self, staff: Client) -> None:
        data = {"name": "Shop", "type": "Native", "flow": "device", "is_third_party": "on"}
        staff.post(url("application-create") + "?guide=spa-react", data)
        created = Application.objects.get(name="Shop")
        assert (created.type, created.is_third_party, created.is_device_flow) == ("SPA", False, False)

    def test_third_party_is_a_category_of_its_own(self, staff: Client) -> None:
        page = text(staff.get(url("application-gallery"), {"category": "third-party"}))
        assert page.count('class="tile"') == 3
        assert "third-party-oidc" not in text(staff.get(url("application-gallery"), {"category": "SPA"}))


class TestList:
    def test_tabs(self, staff: Client) -> None:
        own = application()
        partner = create_application(by="test", name="Partner", type="SPA", is_third_party=True)
        mine, theirs = (
            text(staff.get(url("application-list"))),
            text(staff.get(url("application-list") + "?kind=third-party")),
        )
        assert own.pk in mine
        assert partner.pk not in mine
        assert partner.pk in theirs
        assert own.pk not in theirs

    def test_search_stays_in_its_tab(self, staff: Client) -> None:
        own = application()
        partner = create_application(by="test", name="Bookclub", type="SPA", is_third_party=True)
        page = text(staff.get(url("application-list"), {"kind": "third-party", "search": "book"}))
        assert partner.pk in page
        assert own.pk not in page
        assert '<input type="hidden" name="kind" value="third-party">' in page

    def test_an_empty_tab_says_so(self, staff: Client) -> None:
        application()
        assert "No third-party app yet" in text(staff.get(url("application-list"), {"kind": "third-party"}))
        Application.objects.managed().delete()
        application(is_third_party=True)
        assert "No app of your own yet" in text(staff.get(url("application-list")))


class TestBadges:
    @pytest.mark.parametrize(
        ("kind", "badges"),
        [
            ({}, (0, 0)),
            ({"is_third_party": True}, (1, 0)),
            ({"is_device_flow": True}, (0, 1)),
            ({"is_third_party": True, "is_device_flow": True}, (1, 1)),
        ],
    )
    def test_of_a_kind(self, staff: Client, kind: dict[str, bool], badges: tuple[int, int]) -> None:
        page = text(staff.get(url("application-detail", application(**kind).pk)))
        assert (page.count(">Third party</span>"), page.count(">Device flow</span>")) == badges


class TestWhichFields:
    @pytest.mark.parametrize(
        ("type", "kind", "absent"),
        [
            ("Native", {}, {"jwks", "always_issue_refresh_token", *["user_consent_scopes", "terms_of_use_url", "privacy_policy_url"]}),
            ("SPA", {"is_third_party": True}, {"jwks", "allow_token_exchange"}),
            ("Traditional", {"is_third_party": True}, {"allow_token_exchange"}),
            ("Native", {"is_device_flow": True, "is_third_party": True},
             {"jwks", "always_issue_refresh_token", "redirect_uris", "post_logout_redirect_uris", "allow_token_exchange"}),
        ],
    )  # fmt: skip
    def test_by_kind(self, staff: Client, type: str, kind: dict[str, bool], absent: set[str]) -> None:
        fields = staff.get(url("application-detail", application(type, **kind).pk)).context["form"].fields
        everything = staff.get(url("application-detail", application().pk)).context["form"].base_fields
        assert set(everything) - set(fields) == absent

    def test_public_clients_are_warned_of_token_exchange(self, staff: Client) -> None:
        assert "cannot keep a secret" in text(staff.get(url("application-detail", application("SPA").pk)))
        assert "cannot keep a secret" not in text(staff.get(url("application-detail", application("Traditional").pk)))


class TestSave:
    def test_everything_of_a_web_server(self, staff: Client) -> None:
        app = save(
            staff, application("Traditional"), backchannel_logout_uri="https://shop.example/logout",
            backchannel_logout_session_required="on", max_allowed_grants="3", allow_token_exchange="on",
            id_token_ttl="600", jwks=json.dumps({"keys": [PUBLIC_KEY]}),
        )  # fmt: skip
        assert (app.backchannel_logout_uri, app.backchannel_logout_session_required) == (
            "https://shop.example/logout",
            True,
        )
        assert (app.max_allowed_grants, app.allow_token_exchange, app.id_token_ttl) == (3, True, 600)
        assert app.jwks == {"keys": [PUBLIC_KEY]}

    def test_empty_is_no_limit_and_no_keys(self, staff: Client) -> None:
        app = application("Traditional", max_allowed_grants=3, jwks={"keys": [PUBLIC_KEY]})
        page = text(staff.get(url("application-detail", app.pk)))
        assert "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" in page
        app = save(staff, app)
        assert (app.max_allowed_grants, app.jwks) == (None, None)

    def test_everything_of_a_third_party_app(self, staff: Client) -> None:
        app = save(
            staff, application("SPA", is_third_party=True), user_consent_scopes=["profile", "email"],
            terms_of_use_url="https://partner.example/terms", privacy_policy_url="https://partner.example/privacy",
        )  # fmt: skip
        assert app.user_consent_scopes == ["profile", "email"]
        assert (app.terms_of_use_url, app.privacy_policy_url) == (
            "https://partner.example/terms", "https://partner.example/privacy",
        )  # fmt: skip

    def test_permissions_without_a_box_stay(self, staff: Client) -> None:
        app = application("SPA", is_third_party=True, user_consent_scopes=["profile", "read:books"])
        assert save(staff, app, user_consent_scopes=["email"]).user_consent_scopes == ["email", "read:books"]

    def test_a_first_party_app_has_no_permissions_to_save(self, staff: Client) -> None:
        assert save(staff, application("SPA"), user_consent_scopes=["profile"]).user_consent_scopes == []

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"max_allowed_grants": "0"}, "max_allowed_grants", "Should be greater than 0"),
            ({"max_allowed_grants": "99999999999"}, "max_allowed_grants", "less than or equal to 1000000"),
            ({"backchannel_logout_uri": "com.example.app://out"}, "backchannel_logout_uri", "is a web address"),
            ({"backchannel_logout_uri": "https://a.example/#x"}, "backchannel_logout_uri", "no fragment"),
            ({"jwks": "{"}, "jwks", "Line 1, column 2:"),
            ({"jwks": "[]"}, "jwks", "Give a JWK Set"),
            ({"jwks": json.dumps({"keys": [PUBLIC_KEY | {"d": "secret"}]})}, "jwks", "Give public keys only"),
            ({"id_token_ttl": "59"}, "id_token_ttl", "greater than or equal to 60"),
            ({"terms_of_use_url": "javascript:alert(1)"}, "terms_of_use_url", "This is not a web address."),
            ({"privacy_policy_url": "nonsense"}, "privacy_policy_url", "This is not a web address."),
            ({"user_consent_scopes": ["openid"]}, "user_consent_scopes", "Select a valid choice"),
        ],
    )
    def test_what_is_refused_is_said_at_its_field(
        self, staff: Client, changes: dict[str, Any], field: str, sentence: str
    ) -> None:
        app = application("Traditional", is_third_party=True)
        page = text(staff.post(url("application-detail", app.pk), posted(app, name="Changed", **changes)))
        assert sentence in page.split(f'id="id_{field}_error"')[1].split("</section>")[0]
        assert Application.objects.get(pk=app.pk).name == "Bookstore"

    def test_a_third_party_app_cannot_be_given_token_exchange(self, staff: Client) -> None:
        app = application("Traditional", is_third_party=True)
        assert not save(staff, app, allow_token_exchange="on").allow_token_exchange


def test_every_scope_about_people_has_its_sentence(staff: Client) -> None:
    assert {scope for scope, _ in SCOPES_TO_ALLOW} == set(USER_SCOPES) - {"openid", "offline_access"}
    page = text(staff.get(url("application-detail", application(is_third_party=True).pk)))
    assert all(f"{sentence} ({scope})" in page for scope, sentence in SCOPES_TO_ALLOW)


def test_a_third_party_app_may_be_allowed_permissions_of_apis(staff: Client) -> None:
    save_resource(by="test", name="Books", indicator="https://books.example", permissions={"read:books": "See books"})
    app = application(is_third_party=True)
    assert "See books (read:books)" in text(staff.get(url("application-detail", app.pk)))
    assert save(staff, app, user_consent_scopes=["email", "read:books"]).user_consent_scopes == ["email", "read:books"]
    assert save(staff, app, user_consent_scopes=["email"]).user_consent_scopes == ["email"]
    assert "Select a valid choice" in text(
        staff.post(url("application-detail", app.pk), {"user_consent_scopes": ["all"]})
    )
