"""What an account still needs: other identifiers, a password, answers; and the terms. With plain forms."""

import re
from typing import Any

import pytest

from idp.audit.models import Event
from idp.messaging.models import OutboxMessage
from idp.signin.experience import update_experience
from idp.signin.models import Interaction
from idp.users.errors import ProfileValueInvalid
from idp.users.models import ProfileField, User
from idp.users.profile_answers import validate
from idp.users.profile_fields import create_field
from idp.users.services import create_user
from tests.conftest import PASSWORD
from tests.protocol.client import App, query_of
from tests.signin.helpers import code_in_outbox

pytestmark = pytest.mark.django_db
APP = "?app_id=bookstore"
NEW_PASSWORD = "correct horse battery"
PHONE = {"identifier": "+1 555 765 4321", "country": "US"}


def ask_for(*identifiers: str, password: bool = True, **more: Any) -> None:
    """People sign up with a username and have these as well."""
    secondary = [{"identifier": one, "verify": one != "username"} for one in identifiers]
    sign_up = {"identifiers": ["username"], "password": password, "verify": False, "secondaryIdentifiers": secondary}
    update_experience(by="test", sign_up=sign_up, **more)


class Visitor:
    def __init__(self, app: App, **asked: str) -> None:
        self.app, self.browser = app, app.browser
        self.at = app.authorize(**asked)["Location"]

    def send(self, **values: str) -> str:
        """Send a form to the page where the visitor is; returns the path of the next page."""
        answer = self.browser.post(self.at, values)
        assert answer.status_code == 303, re.sub(r"\s+", " ", answer.content.decode())[-1500:]
        self.at = answer["Location"]
        return str(self.at).split("?")[0]

    def text(self, **values: str) -> str:
        """The page that is shown again, with what was wrong."""
        answer = self.browser.post(self.at, values) if values else self.browser.get(self.at)
        assert answer.status_code == 200, answer
        return re.sub(r"\s+", " ", answer.content.decode())

    def is_in(self) -> bool:
        done = self.app.follow(self.browser.get(self.at))
        return "code" in query_of(done["Location"])


@pytest.fixture
def grace(app: App) -> Visitor:
    """Somebody new at the sign-up page."""
    return Visitor(app, first_screen="register")


class TestSignUp:
    def test_username_and_phone_and_password(self, grace: Visitor) -> None:
        ask_for("phone")
        assert grace.send(identifier="grace") == "/continue/phone"
        assert "Enter your phone number" in grace.text(identifier="", country="US")
        assert grace.send(**PHONE) == "/continue/verification-code"
        assert "+1 555-765-4321" in grace.text()
        assert "not the code" in grace.text(code="000000" if code_in_outbox() != "000000" else "111111")
        assert grace.send(code=code_in_outbox()) == "/register/password"
        grace.send(password=NEW_PASSWORD)
        assert grace.is_in()
        user = User.objects.get()
        assert (user.username, user.primary_phone, user.has_password) == ("grace", "15557654321", True)

    def test_either_will_do(self, grace: Visitor) -> None:
        ask_for("emailOrPhone")
        assert grace.send(identifier="grace") == "/continue/emailOrPhone"
        assert grace.send(identifier="grace@example.com", country="US") == "/continue/verification-code"
        assert grace.send(code=code_in_outbox()) == "/register/password"
        assert Interaction.objects.get().draft["added"] == {"email": "grace@example.com"}

    def test_two_of_them(self, grace: Visitor) -> None:
        ask_for("phone", "email")
        assert grace.send(identifier="grace") == "/continue/phone"
        grace.send(**PHONE)
        assert grace.send(code=code_in_outbox()) == "/continue/email"
        grace.send(identifier="grace@example.com")
        assert grace.send(code=code_in_outbox()) == "/register/password"

    def test_another_address_after_all(self, grace: Visitor) -> None:
        ask_for("email")
        grace.send(identifier="grace")
        grace.send(identifier="wrong@example.com")
        grace.at = f"/continue/email{APP}"
        assert "Add your email address" in grace.text()
        grace.send(identifier="grace@example.com")
        assert OutboxMessage.objects.latest("pk").recipient == "grace@example.com"
        assert grace.send(code=code_in_outbox()) == "/register/password"

    def test_one_that_belongs_to_somebody_is_told_after_the_code_only(self, grace: Visitor, ada: User) -> None:
        ask_for("email")
        grace.send(identifier="grace")
        assert grace.send(identifier="ada@example.com") == "/continue/verification-code"
        assert grace.send(code=code_in_outbox()) == "/continue/email"
        assert "belongs to another account" in grace.text()
        grace.send(identifier="grace@example.com")
        assert grace.send(code=code_in_outbox()) == "/register/password"

    def test_one_that_is_taken_while_the_password_is_chosen(self, grace: Visitor) -> None:
        ask_for("email")
        grace.send(identifier="grace")
        grace.send(identifier="grace@example.com")
        grace.send(code=code_in_outbox())
        create_user(by="test", email="grace@example.com")
        assert grace.send(password=NEW_PASSWORD) == "/continue/email"
        assert "belongs to another account" in grace.text()
        grace.send(identifier="hopper@example.com")
        grace.send(code=code_in_outbox())
        assert grace.is_in()
        assert User.objects.get(username="grace").primary_email == "hopper@example.com"

    def test_forms_sent_twice_go_on(self, grace: Visitor) -> None:
        ask_for("email")
        grace.send(identifier="grace")
        grace.send(identifier="grace@example.com")
        page, code = grace.at, code_in_outbox()
        grace.send(code=code)
        assert grace.browser.post(page, {"code": code})["Location"] == f"/register/password{APP}"
        assert (
            grace.browser.post(f"/continue/email{APP}", {"identifier": "x@example.com"})["Location"]
            == f"/register/password{APP}"
        )

    @pytest.mark.parametrize("page", ["email", "username", "verification-code", "password", "extra-profile", "resend"])
    def test_pages_that_nobody_needs_lead_on(self, grace: Visitor, page: str) -> None:
        assert grace.browser.get(f"/continue/{page}{APP}")["Location"] == f"/register{APP}"
        assert grace.browser.post(f"/continue/{page}{APP}", {"identifier": "x"})["Location"] == f"/register{APP}"
        assert not OutboxMessage.objects.exists()


class TestSignIn:
    def test_somebody_who_lacks_something_is_asked(self, app: App) -> None:
        user = create_user(by="test", username="ada", password=PASSWORD)
        ask_for("email")
        visitor = Visitor(app)
        assert visitor.send(identifier="ada", password=PASSWORD) == "/continue/email"
        assert not Interaction.objects.get().result
        visitor.send(identifier="ada@example.com")
        visitor.send(code=code_in_outbox())
        assert visitor.is_in()
        user.refresh_from_db()
        assert user.primary_email == "ada@example.com"
        assert Event.objects.get(key="user.updated").actor == user.audit_name
        again = Visitor(app, prompt="login")
        again.send(identifier="ada", password=PASSWORD)
        assert again.is_in()

    def test_a_username_and_a_password(self, app: App) -> None:
        user = create_user(by="test", phone="15551234567")
        method = {"identifier": "phone", "password": False, "verificationCode": True, "isPasswordPrimary": False}
        username = {"identifier": "username", "password": True, "verificationCode": False, "isPasswordPrimary": True}
        update_experience(by="test", sign_in={"methods": [method, username]})
        create_user(by="test", username="ada")
        visitor = Visitor(app)
        visitor.send(identifier="+15551234567", country="US")
        assert visitor.send(code=code_in_outbox()) == "/continue/username"
        assert "already in use" in visitor.text(identifier="ada")
        assert visitor.send(identifier="countess") == "/continue/password"
        assert "too short" in visitor.text(password="x")
        visitor.send(password=NEW_PASSWORD)
        assert visitor.is_in()
        user.refresh_from_db()
        assert (user.username, user.check_password(NEW_PASSWORD)) == ("countess", True)

    def test_somebody_who_has_everything_is_not(self, app: App, ada: User) -> None:
        ask_for("email", "phone")
        visitor = Visitor(app)
        visitor.send(identifier="ada", password=PASSWORD)
        assert visitor.is_in()


def ask(name: str, type: str, **more: Any) -> ProfileField:
    return create_field(by="test", name=name, type=type, label=name.title(), **more)


class TestProfileFields:
    @pytest.mark.parametrize("number", [10**400, float("inf"), "x", [1]])
    def test_what_is_no_number(self, db: Any, number: Any) -> None:
        with pytest.raises(ProfileValueInvalid):
            validate(ask("shoes", "Number"), number)

    def test_all_kinds(self, grace: Visitor) -> None:
        ask("fullname", "Fullname", required=True)
        ask("birthdate", "Date", config={"format": "dd/MM/yyyy"})
        ask("address", "Address", config={"parts": [{"name": "locality", "required": True}, {"name": "country"}]})
        ask("size", "Select", config={"options": [{"value": "s", "label": "Small"}, {"value": "l", "label": "Large"}]})
        ask("newsletter", "Checkbox")
        ask("shoes", "Number", config={"minValue": 20, "maxValue": 50})
        ask("website", "Url")
        ask("plate", "Regex", config={"format": "[A-Z]{2}-[0-9]{3}"})
        ask("company", "Text", config={"maxLength": 10}, labels={"de": "Firma"})
        grace.send(identifier="grace")
        assert grace.send(password=NEW_PASSWORD) == "/continue/extra-profile"
        wrong = {
            "birthdate": "yesterday", "size": "xl", "shoes": "70", "website": "javascript:x", "plate": "x", "company": "x" * 11,
        }  # fmt: skip
        text = grace.text(**wrong)
        for sentence in (
            "Fill this in",
            "31/12/1990",
            "valid choice",
            "The most is 50",
            "web address",
            "right form",
            "at most 10",
        ):
            assert sentence in text, sentence
        assert not User.objects.exists()
        grace.send(**{
            "fullname.givenName": "Grace", "fullname.familyName": "Hopper", "birthdate": "1906-12-09",
            "address.locality": "Arlington", "size": "s", "newsletter": "on", "shoes": "38.5",
            "website": "https://example.com", "plate": "AB-123", "company": "Navy",
        })  # fmt: skip
        assert grace.is_in()
        user = User.objects.get()
        assert user.name == "Grace Hopper"
        assert user.profile == {
            "givenName": "Grace", "familyName": "Hopper", "birthdate": "09/12/1906", "address": {"locality": "Arlington"},
            "website": "https://example.com",
        }  # fmt: skip
        assert user.custom_data == {
            "size": "s",
            "newsletter": True,
            "shoes": 38.5,
            "plate": "AB-123",
            "company": "Navy",
        }

    def test_what_is_optional_may_stay_empty_and_is_asked_once(self, grace: Visitor) -> None:
        ask("company", "Text")
        grace.send(identifier="grace")
        grace.send(password=NEW_PASSWORD)
        grace.send(company="")
        assert grace.is_in()
        again = Visitor(grace.app, prompt="login")
        again.send(identifier="grace", password=NEW_PASSWORD)
        assert again.is_in()

    def test_somebody_known_is_asked_what_is_required(self, app: App, ada: User) -> None:
        ask("company", "Text", required=True)
        ask("motto", "Text")
        visitor = Visitor(app)
        assert visitor.send(identifier="ada", password=PASSWORD) == "/continue/extra-profile"
        text = visitor.text()
        assert ("Company" in text, "Motto" in text) == (True, False)
        visitor.send(company="Analytical Engines")
        assert visitor.is_in()
        ada.refresh_from_db()
        assert ada.custom_data == {"company": "Analytical Engines"}

    def test_only_those_that_were_chosen_in_that_order(self, grace: Visitor) -> None:
        for name in ("a", "b", "c"):
            ask(name, "Text")
        update_experience(by="test", sign_up_profile_fields=[{"name": "c"}, {"name": "a"}, {"name": "gone"}])
        grace.send(identifier="grace")
        grace.send(password=NEW_PASSWORD)
        assert re.findall(r'name="([abc])"', grace.text()) == ["c", "a"]

    def test_a_label_of_the_readers_language(self, grace: Visitor) -> None:
        ask("company", "Text", labels={"de": "Firma"})
        grace.send(identifier="grace")
        grace.send(password=NEW_PASSWORD)
        page = grace.browser.get(grace.at, headers={"Accept-Language": "de"})
        assert "Firma" in page.content.decode()


TERMS = {"terms_of_use_url": "https://shop.example/terms", "privacy_policy_url": "https://shop.example/privacy"}


class TestTerms:
    def test_a_sentence(self, app: App) -> None:
        update_experience(by="test", **TERMS)
        for page in ("sign_in", "register"):
            text = Visitor(app, first_screen=page).text()
            assert "By continuing, you agree to the" in text
            assert 'href="https://shop.example/terms" target="_blank" rel="noopener noreferrer"' in text
            assert "checkbox" not in text

    def test_a_box_at_sign_up(self, app: App) -> None:
        update_experience(by="test", agree_to_terms_policy="ManualRegistrationOnly", **TERMS)
        assert "agree" not in Visitor(app).text()
        grace = Visitor(app, first_screen="register")
        assert "Tick the box to go on" in grace.text(identifier="grace")
        assert grace.send(identifier="grace", agree="on") == "/register/password"
        grace.at = f"/register{APP}"
        assert "checked" in grace.text()  # remembered
        grace.send(identifier="grace", agree="on")
        grace.send(password=NEW_PASSWORD)
        assert grace.is_in()
        event = Event.objects.get(key="user.agreed_to_terms")
        assert (event.target, event.data) == (
            User.objects.get().audit_name,
            {"termsOfUseUrl": "https://shop.example/terms", "privacyPolicyUrl": "https://shop.example/privacy"},
        )

    def test_a_box_at_sign_in_too(self, app: App, ada: User) -> None:
        update_experience(by="test", agree_to_terms_policy="Manual", **TERMS)
        visitor = Visitor(app)
        assert "Tick the box" in visitor.text(identifier="ada", password=PASSWORD)
        visitor.send(identifier="ada", password=PASSWORD, agree="on")
        assert visitor.is_in()
        assert not Event.objects.filter(key="user.agreed_to_terms").exists()

    def test_a_box_for_somebody_new_who_wanted_to_sign_in(self, app: App) -> None:
        method = {"identifier": "phone", "password": False, "verificationCode": True, "isPasswordPrimary": False}
        update_experience(
            by="test", sign_up={"identifiers": ["phone"], "password": False, "verify": True}, sign_in={"methods": [method]},
            agree_to_terms_policy="ManualRegistrationOnly", **TERMS,
        )  # fmt: skip
        visitor = Visitor(app)
        visitor.send(**PHONE)
        assert visitor.send(code=code_in_outbox()) == "/sign-in/new-account"
        assert "Tick the box" in visitor.text(x="1")
        visitor.send(agree="on")
        assert visitor.is_in()
        assert Event.objects.filter(key="user.agreed_to_terms").exists()

    def test_other_terms_need_another_tick(self, app: App) -> None:
        update_experience(by="test", agree_to_terms_policy="Manual", **TERMS)
        grace = Visitor(app, first_screen="register")
        grace.send(identifier="grace", agree="on")
        update_experience(by="test", terms_of_use_url="https://shop.example/terms/2")
        grace.at = f"/register{APP}"
        assert "checked" not in grace.text()


def test_an_unknown_session(client: Any) -> None:
    assert client.get("/unknown-session").status_code == 404
    update_experience(by="test", unknown_session_redirect_url="https://shop.example/")
    assert client.get("/unknown-session")["Location"] == "https://shop.example/"


def test_where_case_does_not_matter(app: App) -> None:
    update_experience(by="test", username_policy={"caseSensitive": False})
    grace = Visitor(app, first_screen="register")
    grace.send(identifier="Grace")
    grace.send(password=NEW_PASSWORD)
    assert grace.is_in()
    assert User.objects.get().username == "grace"
    for spelling in ("GRACE", "grace"):
        again = Visitor(app, prompt="login")
        again.send(identifier=spelling, password=NEW_PASSWORD)
        assert again.is_in()
    assert "already in use" in Visitor(app, first_screen="register", prompt="login").text(identifier="gRACE")
