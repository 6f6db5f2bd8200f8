"""Consent: first-party applications are not asked about, others are (OpenID Connect Core 3.1.2.4)."""

import re
from typing import Any

import pytest

from idp.applications.models import Application
from idp.applications.services import create_application, update_application
from idp.authorization.roles import create_role, give_to_users
from idp.authorization.services import save_resource
from idp.signin import services
from idp.signin.models import Interaction, Session
from idp.tokens.models import Consent
from idp.users.models import User
from idp.users.services import create_user
from tests.conftest import PASSWORD
from tests.protocol.client import App, query_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(ada: User) -> App:
    create_application(
        by="test", name="Partner portal", type="SPA", client_id="partner", is_third_party=True,
        redirect_uris=["https://partner.example/cb"], user_consent_scopes=["profile", "email"],
    )  # fmt: skip
    return App("partner", "https://partner.example/cb")


def to_consent(app: App, **changes: Any) -> Any:
    page = app.authorize(**changes)
    return app.follow(app.browser.post(page["Location"], {"identifier": "ada", "password": PASSWORD}))


def asked(app: App) -> str:
    """What the page that is shown now asks; nothing where it shows none."""
    found = re.search(r'name="asked" value="(\w+)"', app.browser.get("/consent?app_id=partner").content.decode())
    return found.group(1) if found else ""


def decide(app: App, decision: str) -> dict[str, str]:
    response = app.browser.post("/consent?app_id=partner", {"decision": decision, "asked": asked(app)})
    return query_of(app.follow(response)["Location"])


def test_the_person_is_asked_in_plain_words(partner: App) -> None:
    page = to_consent(partner)
    text = page.content.decode()
    assert page.status_code == 200
    assert "Allow Partner portal?" in text
    assert "Your email address" in text
    assert "https://partner.example" in text


def test_allow(partner: App) -> None:
    to_consent(partner)
    answer = partner.exchange(decide(partner, "allow")["code"]).json()
    assert answer["scope"] == "openid offline_access profile email"  # phone was not allowed this application
    assert Consent.objects.get().scope == "openid offline_access profile email"


def test_cancel(partner: App) -> None:
    to_consent(partner)
    values = decide(partner, "cancel")
    assert (values["error"], values["state"]) == ("access_denied", "some-state")
    assert not Consent.objects.exists()


def test_a_decision_stands(partner: App) -> None:
    to_consent(partner)
    partner.browser.post("/consent?app_id=partner", {"decision": "cancel", "asked": asked(partner)})
    assert decide(partner, "allow")["error"] == "access_denied"


@pytest.mark.parametrize(
    "page", ["sign-in", "register", "forgot-password", "sign-in/password", "create-passkey", "one-time-token"]
)
def test_no_other_page_answers_the_question(partner: App, page: str) -> None:
    """An application that may not ask could lead the person's browser there, and back to the consent page."""
    to_consent(partner)
    led = partner.follow(partner.browser.get(f"/{page}?app_id=partner"))
    assert "Allow Partner portal?" in led.content.decode()
    assert "Allow Partner portal?" in partner.browser.get("/consent?app_id=partner").content.decode()
    body = {"interactionEvent": "SignIn"}
    answer = partner.browser.put("/api/experience", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "session.not_found")
    assert not Consent.objects.exists()


def test_an_answer_is_to_what_its_page_asked(partner: App) -> None:
    """The application asks for little in one window, and for all in another that the person does not see."""
    to_consent(partner, scope="openid")
    little = asked(partner)
    partner.authorize()
    page = partner.browser.post("/consent?app_id=partner", {"decision": "allow", "asked": little})
    assert "Your email address" in page.content.decode()
    assert not Consent.objects.exists()


def test_somebody_else_who_signed_in_since_is_asked(partner: App, app: App) -> None:
    """Ada was not to be asked once more; Bob, who signed in in another window of her browser, never was."""
    create_user(by="test", username="bob", password=PASSWORD)
    to_consent(partner)
    decide(partner, "allow")
    partner.browser.get("/oidc/session/end")
    page = partner.authorize(prompt=None)["Location"]
    signed_in = partner.browser.post(page, {"identifier": "ada", "password": PASSWORD})["Location"]
    assert partner.browser.get(signed_in)["Location"] == "/consent?app_id=partner"
    App(app.client_id, app.redirect_uri, browser=partner.browser).sign_in_with_password("bob", PASSWORD, prompt="login")
    question = partner.follow(partner.browser.get("/consent?app_id=partner")).content.decode()
    assert "Allow Partner portal?" in question
    assert "bob" in question
    assert Consent.objects.count() == 1


def test_once_decided_it_stays(partner: App) -> None:
    to_consent(partner)
    interaction = Interaction.objects.get(prompt="consent")
    late = Interaction.objects.get(pk=interaction.pk)
    session = Session.objects.get()
    services.consent(interaction, session, allowed=False)
    services.consent(late, session, allowed=True)
    interaction.refresh_from_db()
    assert interaction.result == {"user": session.user_id, "denied": True}


class TestRemembered:
    @pytest.fixture(autouse=True)
    def _consented(self, partner: App) -> None:
        to_consent(partner, prompt="login")
        decide(partner, "allow")

    def test_it_is_not_asked_again(self, partner: App) -> None:
        assert partner.authorize(prompt=None)["Location"].startswith("https://partner.example/cb?code=")
        assert partner.authorize(prompt="none")["Location"].startswith("https://partner.example/cb?code=")

    def test_unless_the_client_says_so(self, partner: App) -> None:
        assert partner.authorize(prompt="consent")["Location"] == "/consent?app_id=partner"

    def test_or_wants_more(self, partner: App) -> None:
        Consent.objects.update(scope="openid profile")
        assert query_of(partner.authorize(prompt="none")["Location"])["error"] == "consent_required"


def test_permissions_of_apis_are_asked_about_and_given_as_far_as_they_are_held(partner: App, ada: User) -> None:
    resource = save_resource(
        by="test", name="Books", indicator="https://books.example",
        permissions={"read:books": "See your books", "write:books": "Change your books", "delete:books": ""},
    )  # fmt: skip
    role = create_role(by="test", name="Reader", permissions=resource.permissions.filter(name="read:books"))
    give_to_users(by="test", role=role, users=[ada])
    application = Application.objects.get(pk="partner")
    allowed = ["profile", "read:books", "write:books"]
    update_application(by="test", application=application, user_consent_scopes=allowed)
    asked = "openid offline_access profile read:books write:books delete:books"
    page = to_consent(partner, scope=asked, resource=resource.indicator).content.decode()
    assert "See your books" in page
    assert "Change your books" in page
    assert "delete:books" not in page
    first = partner.exchange(decide(partner, "allow")["code"]).json()
    assert partner.refresh(first["refresh_token"], resource=resource.indicator).json()["scope"] == "read:books"
