"""The overview and the profile."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from idp.applications.models import Application
from idp.applications.services import create_application
from idp.audit.models import Event
from idp.signin.account_center import update_account_center
from idp.signin.experience import update_experience
from idp.signin.models import AccountCenter, Session
from idp.users.models import User
from idp.users.profile_fields import create_field
from idp.users.services import create_user, set_suspended
from tests.account.conftest import METHODS, sign_in
from tests.conftest import PASSWORD
from tests.protocol.client import query_of
from tests.signin.helpers import grant
from tests.signin.helpers import session as new_session

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    assert response.status_code == 200, response
    return re.sub(r"\s+", " ", response.content.decode())


class TestSignIn:
    def test_a_stranger_signs_in_and_comes_back(self, ada: User) -> None:
        browser = sign_in("ada", "/account/password")
        assert "Change your password" in text_of(browser.get("/account/password"))

    def test_the_sign_in_page_says_where_it_leads(self, ada: User) -> None:
        browser = Client()
        first = browser.get("/account")
        assert query_of(first["Location"]) == {"app_id": "account-center"}
        assert "to continue to Your account" in text_of(browser.get(first["Location"]))

    def test_nobody_gets_in_before_the_sign_in_is_over(self, ada: User) -> None:
        browser = Client()
        browser.get("/account")
        interaction = browser.cookies["_interaction_resume"].value
        answer = browser.get(f"/oidc/auth/{interaction}")
        assert answer["Location"] == "/sign-in?app_id=account-center"
        assert "_session" not in browser.cookies

    def test_no_address_of_another_site_is_followed(self, ada: User) -> None:
        assert sign_in("ada", "/account?next=https://evil.example").get("/account").status_code == 200

    def test_a_suspended_person_sees_nothing(self, browser: Client, ada: User) -> None:
        set_suspended(by="test", user=ada, suspended=True)
        assert "/sign-in" in browser.get("/account")["Location"]

    def test_a_form_after_the_session_leads_to_its_overview(self, browser: Client) -> None:
        Session.objects.all().delete()
        assert "/sign-in" in browser.post("/account/profile", {"name": "Eve"})["Location"]
        assert User.objects.get().name == "Ada Lovelace"

    def test_the_client_of_the_account_pages_has_no_address_to_send_a_code_to(self, browser: Client) -> None:
        answer = browser.get(
            "/oidc/auth?client_id=account-center&response_type=code&redirect_uri=http://localhost:3001/account"
        )
        assert answer.status_code == 400


class TestOverview:
    def test_everything_at_a_glance(self, browser: Client) -> None:
        text = text_of(browser.get("/account"))
        for words in ("Ada Lovelace", "ada@example.com", "+1 555-123-4567", "Firefox on Linux", "This browser"):
            assert words in text

    def test_what_is_the_only_way_to_sign_in_cannot_be_removed(self, browser: Client) -> None:
        update_experience(by="test", sign_in_mode="SignIn", sign_in={"methods": METHODS[1:2]})
        text = text_of(browser.get("/account"))
        assert "/account/email/remove" not in text
        assert "/account/phone/remove" in text

    @pytest.mark.parametrize(("key", "shown"), [("profile-changed", True), ("<b>x</b>", False)])
    def test_a_notice_is_one_of_ours(self, browser: Client, key: str, shown: bool) -> None:
        text = text_of(browser.get("/account", {"notice": key}))
        assert ("Your profile is saved" in text) is shown
        assert "<b>x" not in text

    def test_it_is_never_kept(self, browser: Client) -> None:
        assert browser.get("/account")["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_number_of_statements_does_not_grow(
        self, browser: Client, ada: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(rows):
            application = create_application(by="test", name=f"App {number}", type="SPA")
            grant(application, new_session(ada, f"{number}"), "openid profile read:books")
        with django_assert_num_queries(12):
            text = text_of(browser.get("/account"))
        assert text.count("read:books") == rows


class TestProfile:
    def test_name_and_picture(self, browser: Client) -> None:
        values = {"name": "Ada King", "avatar": "https://example.com/ada.png"}
        answer = browser.post("/account/profile", values)
        assert answer["Location"] == "/account?notice=profile-changed"
        user = User.objects.get()
        assert (user.name, user.avatar) == tuple(values.values())
        event = Event.objects.get(key="user.updated")
        assert (event.actor, event.data) == (user.audit_name, {"fields": ["avatar", "name"]})

    def test_a_form_without_its_token_is_refused(self, browser: Client) -> None:
        browser.handler.enforce_csrf_checks = True
        assert browser.post("/account/profile", {"name": "Eve"}).status_code == 403

    @pytest.mark.parametrize(
        ("avatar", "sentence"),
        [("javascript:alert(1)", "Enter a web address"), ("ftp://example.com/x", "web address of a picture")],
    )
    def test_what_will_not_do(self, browser: Client, ada: User, avatar: str, sentence: str) -> None:
        assert sentence in text_of(browser.post("/account/profile", {"name": "x", "avatar": avatar}))
        ada.refresh_from_db()
        assert ada.name == "Ada Lovelace"


class TestUsername:
    def test_another_one_needs_a_proof(self, browser: Client, ada: User) -> None:
        assert browser.post("/account/username", {"username": "x"})["Location"] == "/account/verify?next=username"
        assert browser.post("/account/verify?next=username", {"password": PASSWORD})["Location"] == "/account/username"
        answer = browser.post("/account/username", {"username": "countess"})
        assert answer["Location"] == "/account?notice=username-changed"
        ada.refresh_from_db()
        assert ada.username == "countess"

    @pytest.mark.parametrize(
        ("username", "sentence"),
        [
            ("1ada", "do not start with a digit"),
            ("bob", "already in use"),
            ("x", "at least 3"),
            ("A_B", "Use lower-case"),
        ],
    )
    def test_what_will_not_do(self, proved: Client, ada: User, username: str, sentence: str) -> None:
        create_user(by="test", username="bob")
        update_experience(by="test", username_policy={"minLength": 3, "allowedChars": {"uppercase": False}})
        assert sentence in text_of(proved.post("/account/username", {"username": username}))
        ada.refresh_from_db()
        assert ada.username == "ada"

    def test_the_only_way_to_sign_in_stays(self, proved: Client, ada: User) -> None:
        update_experience(by="test", sign_in_mode="SignIn", sign_in={"methods": METHODS[:1]})
        assert "You could not sign in any more" in text_of(proved.post("/account/username", {"username": ""}))
        update_experience(by="test", sign_in={"methods": METHODS})
        proved.post("/account/username", {"username": ""})
        ada.refresh_from_db()
        assert ada.username is None


class TestAccountCenter:
    def test_no_pages(self, proved: Client) -> None:
        update_account_center(by="test", enabled=False)
        for page in ("", "/profile", "/password", "/email", "/delete"):
            answer = proved.get(f"/account{page}")
            assert answer.status_code == 403
            assert "Accounts cannot be managed here" in answer.content.decode()

    @pytest.mark.parametrize("access", ["Off", "ReadOnly"])
    def test_nothing_to_change(self, proved: Client, ada: User, access: str) -> None:
        update_account_center(by="test", fields=dict.fromkeys(AccountCenter.FIELDS, access))
        text = text_of(proved.get("/account"))
        assert ("ada@example.com" in text) is (access == "ReadOnly")
        for page in ("profile", "username", "email", "phone", "password", "phone/remove"):
            assert f"/account/{page}" not in text
            assert proved.get(f"/account/{page}").status_code == 403
            assert proved.post(f"/account/{page}", {"username": "x", "current": PASSWORD}).status_code == 403
        assert proved.post("/account/sessions/end").status_code == 403
        ada.refresh_from_db()
        assert (ada.username, ada.primary_phone) == ("ada", "15551234567")

    def test_another_way_to_leave(self, proved: Client) -> None:
        update_account_center(by="test", delete_account_url="https://shop.example/leave")
        assert proved.get("/account/delete")["Location"] == "https://shop.example/leave"
        proved.post("/account/delete", {"confirmation": "DELETE"})
        assert User.objects.exists()


def test_built_in_clients_are_not_listed(db: None) -> None:
    assert not Application.objects.managed().exists()


def test_password_managers_find_the_way() -> None:
    assert Client().get("/.well-known/change-password")["Location"] == "/account/password"


def test_there_is_no_page_of_details_where_nothing_is_asked(browser: Client) -> None:
    assert browser.get("/account/details")["Location"] == "/account"


class TestDetails:
    @pytest.fixture(autouse=True)
    def _fields(self, browser: Client) -> None:  # signed in before there were any
        create_field(by="", name="company", type="Text", label="Company", labels={"de": "Firma"}, required=True)
        create_field(by="", name="newsletter", type="Checkbox", label="Newsletter")
        create_field(by="", name="birthdate", type="Date", label="Birthday")

    def test_shown_and_changed(self, browser: Client, ada: User) -> None:
        assert "Company" in text_of(browser.get("/account"))
        answer = browser.post(
            "/account/details", {"company": "Engines & Co", "newsletter": "on", "birthdate": "1815-12-10"}
        )
        assert answer["Location"] == "/account?notice=profile-changed"
        ada.refresh_from_db()
        assert ada.custom_data == {"company": "Engines & Co", "newsletter": True}
        assert ada.profile["birthdate"] == "1815-12-10"
        page = text_of(browser.get("/account", headers={"Accept-Language": "de"}))
        assert "<dt>Firma</dt><dd>Engines &amp; Co</dd>" in page

    def test_what_is_emptied_is_gone_and_the_rest_stays(self, browser: Client, ada: User) -> None:
        User.objects.filter(pk=ada.pk).update(
            profile={"birthdate": "1815-12-10"}, custom_data={"company": "A", "theme": "x"}
        )
        browser.post("/account/details", {"company": "B"})
        ada.refresh_from_db()
        assert (ada.profile, ada.custom_data) == ({}, {"company": "B", "theme": "x", "newsletter": False})

    def test_a_required_one_cannot_be_emptied(self, browser: Client, ada: User) -> None:
        page = browser.post("/account/details", {"company": ""})
        assert page.status_code == 200
        assert page.context["form"].errors.keys() == {"company"}

    def test_not_where_the_account_centre_forbids_it(self, browser: Client, ada: User) -> None:
        update_account_center(by="", fields={"profile": "ReadOnly"})
        browser.post("/account/details", {"company": "B"})
        ada.refresh_from_db()
        assert ada.custom_data == {}
        assert "Edit details" not in text_of(browser.get("/account"))
