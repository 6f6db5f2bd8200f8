"""The sign-up and sign-in settings, their rules, and the preview that follows unsaved edits."""

import re
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from connectors.ports import ConnectorType
from console.connector_facts import WORDS
from idp.audit.models import Event
from idp.messaging.services import save_connector
from idp.pages.preview import PAGES
from idp.signin import phrases
from idp.signin.experience import update_experience
from idp.signin.models import SignInExperience
from idp.users.models import StaffRole
from idp.users.services import create_administrator
from tests.console.connector_forms import TWILIO, twilio_config
from tests.console.pages import page
from tests.console.people import save_and_confirm, staff_client

pytestmark = pytest.mark.django_db
URL = "/console/sign-in-experience"
PREVIEW = f"{URL}/preview"


@pytest.fixture
def client(db: None) -> Client:
    return staff_client()


def form(sign_up: str = "username", *on: str, **changes: str) -> dict[str, str]:
    """The settings of a new installation, with changes; the boxes named in `on` are ticked too."""
    data = {"sign_up": sign_up, "create_password": "on", "new_accounts": "on"}
    data |= {"username-enabled": "on", "username-password": "on"}
    data |= {f"{kind}-order": str(place) for place, kind in enumerate(("username", "email", "phone"))}
    data |= {f"{kind}-first": "code" for kind in ("email", "phone")}
    data |= dict.fromkeys(on, "on") | changes
    return {name: value for name, value in data.items() if value}


def method(identifier: str, *, password: bool, code: bool, password_first: bool) -> dict[str, Any]:
    return {
        "identifier": identifier,
        "password": password,
        "verificationCode": code,
        "isPasswordPrimary": password_first,
    }


def error_at(text: str, field: str) -> str:
    return text.split(f'id="{field}_error"')[1].split("</div>")[0]


class TestSave:
    def test_the_page_shows_what_is_saved(self, client: Client) -> None:
        text = page(client.get(URL))
        assert '<option value="username" selected>' in text
        assert 'name="username-enabled" id="id_username-enabled" checked' in text
        assert 'name="phone-enabled" id="id_phone-enabled">' in text

    def test_saving_what_is_there_changes_nothing(self, client: Client) -> None:
        assert client.post(URL, form())["Location"] == URL
        saved = SignInExperience.load()
        fresh = SignInExperience()
        assert (saved.sign_up, saved.sign_in, saved.sign_in_mode) == (fresh.sign_up, fresh.sign_in, fresh.sign_in_mode)

    def test_phone_with_codes_only(self, client: Client) -> None:
        data = form("phone", "phone-enabled", "phone-code", create_password="", **{"username-enabled": ""})
        response = client.post(URL, data, follow=True)
        assert "The changes are saved." in page(response)
        saved = SignInExperience.load()
        assert saved.sign_up == {"identifiers": ["phone"], "password": False, "verify": True}
        assert saved.methods == [method("phone", password=False, code=True, password_first=False)]
        event = Event.objects.get(key="sign_in_experience.updated")
        assert event.actor == f"user:{client.session['_auth_user_id']}"

    @pytest.mark.parametrize(
        ("choice", "identifiers", "verify"),
        [
            ("username", ["username"], False),
            ("email", ["email"], True),
            ("email-or-phone", ["email", "phone"], True),
            ("none", [], False),
        ],
    )
    def test_each_sign_up_identifier(self, client: Client, choice: str, identifiers: list[str], verify: bool) -> None:
        save = client.post if identifiers else partial(save_and_confirm, client)
        save(URL, form(choice, "email-enabled", "email-code", "phone-enabled", "phone-code"))
        assert SignInExperience.load().sign_up == {"identifiers": identifiers, "password": True, "verify": verify}

    def test_order_and_what_comes_first(self, client: Client) -> None:
        data = form(
            "email", "email-enabled", "email-code", "email-password", "phone-enabled", "phone-code", "phone-password",
            **{"phone-order": "0", "email-order": "1", "username-order": "2", "email-first": "password"},
        )  # fmt: skip
        client.post(URL, data)
        assert SignInExperience.load().methods == [
            method("phone", password=True, code=True, password_first=False),
            method("email", password=True, code=True, password_first=True),
            method("username", password=True, code=False, password_first=True),
        ]
        text = page(client.get(URL))
        assert text.index('data-method="phone"') < text.index('data-method="email"') < text.index("id_username-enabled")

    def test_no_new_accounts(self, client: Client) -> None:
        save_and_confirm(client, URL, form(new_accounts=""))
        assert SignInExperience.load().sign_in_mode == "SignIn"
        client.post(URL, form())
        assert SignInExperience.load().sign_in_mode == "SignInAndRegister"

    def test_settings_that_only_the_api_makes_survive(self, client: Client) -> None:
        methods = [method(kind, password=True, code=False, password_first=True) for kind in ("username", "email")]
        update_experience(
            by="test",
            sign_up={"identifiers": ["username", "email"], "password": True, "verify": True},
            sign_in={"methods": methods},
            sign_in_mode="Register",
        )
        assert "Username and Email address" in page(client.get(URL))
        client.post(URL, form("username-and-email", "email-enabled", "email-password"))
        saved = SignInExperience.load()
        assert saved.sign_up["identifiers"] == ["username", "email"]
        assert saved.sign_in_mode == "Register"


class TestRules:
    def refused(self, client: Client, data: dict[str, str]) -> str:
        text = page(client.post(URL, data))
        assert "Nothing is saved yet" in text
        assert not SignInExperience.objects.exists()
        return text

    def test_a_sign_up_identifier_needs_its_way_to_sign_in(self, client: Client) -> None:
        text = self.refused(client, form("phone"))
        problem = text.split('id="methods-error"')[1].split("</div>")[0]
        assert "People who sign up with phone need a way to sign in with it." in problem
        assert '<option value="phone" selected>' in text

    def test_a_username_needs_a_password(self, client: Client) -> None:
        text = self.refused(client, form(create_password=""))
        assert "need a password too" in error_at(text, "id_create_password")

    def test_a_method_proves_something(self, client: Client) -> None:
        text = self.refused(client, form("username", "email-enabled"))
        row = text.split('data-method="email"')[1].split("</li>")[0]
        assert "Choose password or verification code" in row

    def test_somebody_without_a_password_needs_codes(self, client: Client) -> None:
        data = form("phone", "phone-enabled", "phone-password", create_password="")
        row = self.refused(client, data).split('data-method="phone"')[1].split("</li>")[0]
        assert "sign in with a code" in row

    def test_one_way_stays(self, client: Client) -> None:
        text = self.refused(client, form(**{"username-enabled": ""}))
        assert "Keep at least one way to sign in." in text

    def test_an_unknown_choice_is_refused(self, client: Client) -> None:
        self.refused(client, form("pigeon"))

    def test_production_needs_the_connector_and_links_to_it(self, client: Client, settings: Any) -> None:
        settings.PRODUCTION = True
        text = self.refused(client, form("phone", "phone-enabled", "phone-code"))
        error = error_at(text, "id_sign_up")
        assert "Set up the SMS connector first" in error
        assert '<a href="/console/connectors/pick/sms">Set up</a>' in error
        save_connector(by="test", connector_id=TWILIO, config=twilio_config())
        assert client.post(URL, form("phone", "phone-enabled", "phone-code")).status_code == 302

    def test_development_allows_it_and_keeps_saying_so(self, client: Client) -> None:
        client.post(URL, form("phone", "phone-enabled", "phone-code"))
        text = page(client.get(URL))
        assert "No SMS connector is set up" in text
        assert 'href="/console/connectors/pick/sms"' in text
        assert 'href="/console/outbox"' in text
        save_connector(by="test", connector_id=TWILIO, config=twilio_config())
        assert "No SMS connector is set up" not in page(client.get(URL))


class TestMoveWithoutJavaScript:
    @pytest.mark.parametrize(
        ("move", "order"),
        [
            ("up:phone", ["username", "phone", "email"]),
            ("down:username", ["email", "username", "phone"]),
            ("up:username", ["username", "email", "phone"]),
            ("down:phone", ["username", "email", "phone"]),
            ("sideways", ["username", "email", "phone"]),
        ],
    )
    def test_a_row_moves_and_nothing_is_saved(self, client: Client, move: str, order: list[str]) -> None:
        text = page(client.post(URL, form("username", "phone-enabled", "phone-code") | {"move": move}))
        assert sorted(order, key=lambda kind: text.index(f'data-method="{kind}"')) == order
        assert [f'name="{kind}-order" value="{place}"' in text for place, kind in enumerate(order)] == [True] * 3
        assert 'name="phone-enabled" id="id_phone-enabled" checked' in text
        assert 'data-unsaved="dirty"' in text
        assert not SignInExperience.objects.exists()

    def test_order_numbers_that_are_no_numbers(self, client: Client) -> None:
        response = client.post(URL, form(**{"email-order": "²", "phone-order": "9" * 500}) | {"move": "up:email"})
        assert response.status_code == 200


class TestPreview:
    def test_it_shows_what_is_saved(self, client: Client) -> None:
        response = client.get(PREVIEW)
        assert response.status_code == 200
        assert "Username" in page(response)

    def test_it_follows_edits_that_are_not_saved(self, client: Client) -> None:
        data = form("phone", "phone-enabled", "phone-code", **{"username-enabled": ""})
        text = page(client.post(PREVIEW, data))
        assert "Phone number" in text
        assert not SignInExperience.objects.exists()

    def test_an_invalid_draft_says_why(self, client: Client) -> None:
        response = client.post(PREVIEW, form("username", "email-enabled"))
        assert response.status_code == 200
        assert "No preview of this yet" in page(response)
        assert "Choose password or verification code" in page(response)

    def test_half_a_form_says_so(self, client: Client) -> None:
        assert "Some of the settings are not complete." in page(client.post(PREVIEW, {}))

    def test_only_our_own_pages_may_frame_it(self, client: Client) -> None:
        response = client.get(PREVIEW)
        assert response["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in response["Content-Security-Policy"]

    def test_the_frame_can_do_nothing(self, client: Client) -> None:
        frame = page(client.get(URL)).split("<iframe")[1].split("</iframe>")[0]
        assert 'sandbox="allow-same-origin"' in frame
        assert "inert" in frame


def test_connector_types_have_words() -> None:

    assert {ConnectorType.EMAIL, ConnectorType.SMS} == set(WORDS)


def test_what_people_give_besides(client: Client) -> None:
    client.post(URL, {**form(), "secondary": ["phone", "email"]})
    chosen = SignInExperience.load().sign_up["secondaryIdentifiers"]
    assert chosen == [{"identifier": "phone", "verify": True}, {"identifier": "email", "verify": True}]
    assert 'value="phone" id="id_secondary_2" checked' in client.get(URL).content.decode()
    answer = client.post(URL, {**form(), "secondary": ["username"]})
    assert "asked for each identifier once" in error_at(answer.content.decode(), "id_secondary")


class TestPagesOfThePreview:
    """Every page that people may meet, with what is not saved."""

    @pytest.mark.parametrize(
        ("name", "usual", "with_error"),
        [
            ("start", "Sign in", "The account or the password is not right."),
            ("register", "Create your account", "Enter your username."),
            ("password", "Enter your password", "The account or the password is not right."),
            ("forgot", "Forgot your password?", "Send code"),
            ("consent", "Allow Bookstore?", "Allow Bookstore?"),
            ("refused", "That is not possible", "Session not found."),
            ("unheard-of", "Sign in", "The account or the password is not right."),
        ],
    )
    def test_as_it_opens_and_with_an_error(self, client: Client, name: str, usual: str, with_error: str) -> None:
        opened = page(client.get(PREVIEW, {"preview_page": name}))
        assert f"<h1>{usual}</h1>" in opened
        assert "autofocus" not in opened
        assert "<script" not in opened
        wrong = page(client.get(PREVIEW, {"preview_page": name, "preview_state": "error"}))
        assert with_error in wrong
        assert "autofocus" not in wrong

    @pytest.mark.parametrize("name", ["code", "second-factor"])
    def test_a_page_that_nobody_would_meet(self, client: Client, name: str) -> None:
        assert "No preview of this yet" in page(client.get(PREVIEW, {"preview_page": name}))

    def test_codes_of_a_draft(self, client: Client) -> None:
        data = form("phone", "phone-enabled", "phone-code", **{"username-enabled": ""})
        shown = page(client.post(PREVIEW, {**data, "preview_page": "code"}))
        assert "Check your messages" in shown
        assert "available in 42 s" in shown
        wrong = page(client.post(PREVIEW, {**data, "preview_page": "code", "preview_state": "error"}))
        assert "That is not the code. You have 9 tries left." in wrong
        assert not SignInExperience.objects.exists()

    @pytest.mark.parametrize(
        ("username", "country"),
        [("", '<div class="phone-country" data-code="+1">'), ("on", '<div class="phone-country" hidden>')],
    )
    def test_the_country_is_as_small_as_scripts_make_it(self, client: Client, username: str, country: str) -> None:
        data = form("phone", "phone-enabled", "phone-code", **{"username-enabled": username})
        for state in ("", "error"):
            assert country in page(client.post(PREVIEW, {**data, "preview_state": state}))

    def test_a_second_factor(self, client: Client) -> None:
        update_experience(by="test", mfa={"factors": ["Totp", "BackupCode"], "policy": "UserControlled"})
        shown = page(client.get(PREVIEW, {"preview_page": "second-factor"}))
        assert "Enter the code that your authenticator app shows." in shown
        assert "Try another method" in shown

    def test_the_language_is_that_of_the_preview_alone(self, client: Client) -> None:
        german = page(client.get(PREVIEW, {"preview_language": "de"}))
        assert 'lang="de"' in german
        assert "Anmelden" in german
        assert 'dir="rtl"' in page(client.get(PREVIEW, {"preview_language": "ar"}))
        assert 'lang="en"' in page(client.get(PREVIEW, {"preview_language": "xx"}))
        assert "Sign-in experience" in page(client.get(URL))

    def test_the_looks_are_shown_on_each_page(self, client: Client) -> None:
        draft = {"primary_color": "#e91e63", "dark_mode": "on", "preview_page": "consent"}
        shown = page(client.post("/console/sign-in-experience/branding/preview", draft))
        assert "<h1>Allow Bookstore?</h1>" in shown
        assert "draft.css" in shown

    def test_every_page_can_be_chosen(self, client: Client) -> None:
        shown = page(client.get(URL))

        assert [name for name in PAGES if f'<option value="{name}">' not in shown] == []


class TestPhrases:
    """Every sentence of a language is a field that the page writes out itself."""

    URL = "/console/sign-in-experience/languages/de"

    def fields(self) -> dict[str, str]:
        return {f"phrase-{number}": key for number, key in enumerate(phrases.catalog("de"))}

    def test_each_has_a_field_with_what_it_says_as_it_comes(self, db: None) -> None:
        text = staff_client().get(self.URL).content.decode()
        for name, key in self.fields().items():
            placeholder = escape(phrases.catalog("de")[key].text)
            assert f'name="{name}" id="id_{name}"' in text
            assert f'placeholder="{placeholder}"' in text
        assert " disabled>" not in text

    def test_what_was_saved_is_filled_in(self, db: None) -> None:
        client, fields = staff_client(), self.fields()
        plain = [name for name, key in fields.items() if set("%{<").isdisjoint(key)]
        short = next(name for name in plain if len(phrases.catalog("de")[fields[name]].english) < 60)
        long = next(name for name in plain if len(phrases.catalog("de")[fields[name]].english) >= 60)
        said = {short: 'Los "jetzt" & hier', long: "Eins\nzwei"}
        assert client.post(self.URL, said).status_code == 302
        text = client.get(self.URL).content.decode()
        assert f'name="{short}" id="id_{short}" value="Los &quot;jetzt&quot; &amp; hier"' in text
        assert re.search(rf'<textarea name="{long}"[^>]*>\nEins\s+zwei</textarea>', text)

    def test_what_cannot_be_is_said_at_its_field_and_kept(self, db: None) -> None:
        name = next(name for name, key in self.fields().items() if "%(application)s" in key)
        text = staff_client().post(self.URL, {name: "Nur das"}).content.decode()
        assert re.search(rf'id="id_{name}"[^>]*aria-invalid="true" aria-describedby="id_{name}_notes"', text)
        assert f'<div id="id_{name}_notes" lang="en"><div class="field__error">' in text
        assert "Nur das" in text
        assert f'href="#id_{name}"' in text

    def test_sentences_are_shown_without_their_markup(self, db: None) -> None:
        text = staff_client().get(self.URL).content.decode()
        labels = re.findall(r"<label[^>]*>(.*?)</label>", text)
        assert "Send a code to %(recipient)s" in labels
        assert not [label for label in labels if "&lt;" in label]

    def test_those_who_only_look_cannot_type(self, db: None) -> None:
        client = Client()
        client.force_login(
            create_administrator(by="", username="otto", password="correct horse battery", role=StaffRole.AUDITOR)
        )
        text = client.get(self.URL).content.decode()
        assert text.count(" disabled>") == len(self.fields())
