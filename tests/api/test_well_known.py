"""What anybody may know of how people sign in."""

import pytest
from django.test import Client

from idp.applications.services import create_application
from idp.signin import kept, languages
from idp.signin.experience import update_experience
from idp.users.profile_fields import create_field
from tests.signin.helpers import PHONE_ONLY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["experience", "sign-in-exp"])
def test_the_experience(client: Client, path: str) -> None:
    update_experience(by="", **PHONE_ONLY, terms_of_use_url="https://x.example/terms")
    create_field(by="", name="company", type="Text", label="Company")
    kept.forget()
    shown = client.get(f"/api/.well-known/{path}").json()
    assert (shown["signUp"], shown["signIn"]) == (PHONE_ONLY["sign_up"], PHONE_ONLY["sign_in"])
    assert shown["termsOfUseUrl"] == "https://x.example/terms"
    assert shown["forgotPassword"] == {"email": True, "phone": True}
    assert [field["name"] for field in shown["customProfileFields"]] == ["company"]
    assert shown["socialConnectors"] == shown["ssoConnectors"] == []


def test_nothing_about_defence(client: Client) -> None:
    shown = client.get("/api/.well-known/sign-in-exp").json()
    assert {"emailBlocklistPolicy", "forgotPasswordMethods", "smsFraudGuard", "captchaPolicy"} & shown.keys() == set()


def test_not_when_passwords_began_to_expire(client: Client) -> None:
    expiration = {"enabled": True, "validPeriodDays": 90}
    update_experience(by="test", password_expiration=expiration)
    assert client.get("/api/.well-known/sign-in-exp").json()["passwordExpiration"] == expiration


@pytest.mark.parametrize(
    "address",
    [
        "/api/.well-known/sign-in-exp?appId=%00", "/api/webhooks/messages/%00", "/oidc/auth/%00", "/oidc/%00", "/oidc/auth?client_id=%00",
        "/one-time-token?one_time_token=a&login_hint=%00", "/branding.css?app_id=%00", "/branding.css?organization_id=a%00", "/%00",
    ],
)  # fmt: skip
def test_nothing_is_looked_up_by_an_address_that_no_database_keeps(client: Client, address: str) -> None:
    ask = client.post if "webhooks" in address else client.get
    assert ask(address, headers={"Accept": "text/html"}).status_code == 400


@pytest.mark.parametrize("by_header", [True, False])
def test_an_application_wears_its_own(client: Client, by_header: bool) -> None:
    app = create_application(by="", name="Shop", type="SPA", color={"primaryColor": "#abc"})
    update_experience(by="", color={"primaryColor": "#123"}, branding={"logoUrl": "https://x.example/l.svg"})
    kept.forget()
    path = "/api/.well-known/sign-in-exp"
    shown = (
        client.get(path, headers={"Logto-App-Id": app.pk}) if by_header else client.get(f"{path}?appId={app.pk}")
    ).json()
    assert (shown["color"], shown["branding"]) == ({"primaryColor": "#abc"}, {"logoUrl": "https://x.example/l.svg"})


class TestPhrases:
    def test_in_the_language_that_is_asked_for(self, client: Client) -> None:
        answer = client.get("/api/.well-known/phrases?lng=pt-BR", headers={"Accept-Language": "de"})
        assert answer["Content-Language"] == "pt-BR"
        assert "Sign in to %(application)s" in answer.json()

    def test_else_in_the_readers(self, client: Client) -> None:
        answer = client.get("/api/.well-known/phrases?lng=xx", headers={"Accept-Language": "de"})
        assert answer["Content-Language"] == "de"

    def test_with_the_words_of_administrators(self, client: Client) -> None:
        languages.save_phrases(by="", language="de", changes={"Sign in": "Herein"})
        kept.forget()
        assert client.get("/api/.well-known/phrases?lng=de").json()["Sign in"] == "Herein"
