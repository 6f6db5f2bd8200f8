"""RFC 6749 section 4.1.1, OpenID Connect Core 3.1.2, RFC 7636, RFC 9207: the request is checked before any page appears."""

from typing import Any

import pytest

from idp.applications.models import Application
from idp.applications.services import create_application
from idp.audit.models import Event
from idp.signin.models import Session
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.protocol.client import App, query_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("changes", "error", "status"),
    [
        ({"client_id": "nobody"}, "invalid_client", 400),
        ({"client_id": None}, "invalid_request", 400),
        ({"redirect_uri": "https://evil.example/"}, "invalid_redirect_uri", 400),
        ({"redirect_uri": "com.example.app://callback/"}, "invalid_redirect_uri", 400),
        ({"redirect_uri": "com.example.app://callback?x=1"}, "invalid_redirect_uri", 400),
        ({"redirect_uri": "COM.example.app://callback"}, "invalid_redirect_uri", 400),
        ({"redirect_uri": ""}, "invalid_redirect_uri", 400),
        ({"state": ["a", "b"]}, "invalid_request", 400),
        ({"state": "a\0b"}, "invalid_request", 400),
    ],
)
def test_no_redirect_is_safe(app: App, changes: dict[str, Any], error: str, status: int) -> None:
    answer = app.authorize(**changes)
    assert answer.status_code == status
    body = answer.json()
    assert (body["error"], body["code"]) == (error, f"oidc.{error}")
    assert body["message"]
    assert body["error_description"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "dance"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"resource": "https://unknown.example"}, "invalid_target"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"request_uri": "https://a.example/r"}, "request_uri_not_supported"),
        ({"response_mode": "pigeon"}, "unsupported_response_mode"),
    ],
)
def test_the_client_is_told(app: App, changes: dict[str, Any], error: str) -> None:
    answer = app.authorize(**changes)
    assert answer.status_code == 303
    assert answer["Location"].startswith("com.example.app://callback?error=")
    values = query_of(answer["Location"])
    assert values["error"] == error
    assert values["error_description"]
    assert values["state"] == "some-state"
    assert values["iss"] == "http://localhost:3001/oidc"


def test_a_person_sees_a_page_and_a_machine_json(app: App) -> None:
    page = app.browser.get("/oidc/auth?client_id=nobody", headers={"Accept": "text/html,*/*"})
    assert page.status_code == 400
    assert page["Content-Type"].startswith("text/html")
    assert "This link does not work" in page.content.decode()
    event = Event.objects.get(key="oidc.refused")
    assert event.data["error"] == "invalid_client"
    assert event.data["reference"] in page.content.decode()
    assert app.browser.get("/oidc/auth?client_id=nobody").json()["error"] == "invalid_client"


def test_a_machine_client_cannot_sign_people_in(db: Any) -> None:
    create_application(
        by="test", name="Job", type="MachineToMachine", client_id="job", redirect_uris=["https://job.example/cb"]
    )
    answer = App("job", "https://job.example/cb").authorize()
    assert query_of(answer["Location"])["error"] == "unauthorized_client"


def test_the_redirect_uri_is_used_byte_for_byte(native: Application, ada: User) -> None:
    uri = "com.example.app:///Callback?a=%2F&b="
    Application.objects.filter(pk=native.pk).update(redirect_uris=uri)
    app = App(native.pk, uri)
    page = app.authorize()
    response = app.browser.post(page["Location"], {"identifier": "ada", "password": PASSWORD})
    assert app.follow(response)["Location"].startswith(f"{uri}&code=")


def test_the_only_redirect_uri_may_be_left_out(app: App) -> None:
    assert app.authorize(redirect_uri=None)["Location"] == "/sign-in?app_id=bookstore"


def test_unknown_scopes_are_dropped(app: App, ada: User) -> None:
    values = app.sign_in_with_password("ada", PASSWORD, scope="openid read:everything profile")
    assert app.exchange(values["code"]).json()["scope"] == "openid profile"


def test_offline_access_needs_prompt_consent(app: App, ada: User) -> None:
    values = app.sign_in_with_password("ada", PASSWORD, prompt="login")
    assert "refresh_token" not in app.exchange(values["code"]).json()


def test_post_becomes_the_same_navigation(app: App) -> None:
    answer = app.browser.post("/oidc/auth", {"client_id": "bookstore", "state": "x"})
    assert (answer.status_code, answer["Location"]) == (303, "/oidc/auth?client_id=bookstore&state=x")


@pytest.mark.parametrize(
    ("changes", "location"),
    [
        ({"first_screen": "register"}, "/register?app_id=bookstore"),
        ({"interaction_mode": "signUp"}, "/register?app_id=bookstore"),
        ({"first_screen": "identifier:sign_in"}, "/sign-in?app_id=bookstore"),
        ({"login_hint": "ada"}, "/sign-in?app_id=bookstore&login_hint=ada"),
        ({"ui_locales": "fr", "anything": "else"}, "/sign-in?app_id=bookstore&ui_locales=fr"),
        ({"ui_locales": "日本"}, "/sign-in?app_id=bookstore&ui_locales=%E6%97%A5%E6%9C%AC"),
    ],
)
def test_extra_parameters_choose_the_page(app: App, changes: dict[str, str], location: str) -> None:
    assert app.authorize(**changes)["Location"] == location


class TestWithALiveSession:
    @pytest.fixture(autouse=True)
    def _session(self, signed_in: dict[str, Any]) -> None: ...

    @pytest.mark.parametrize("prompt", ["consent", "none", None])
    def test_no_page_is_needed(self, app: App, prompt: str | None) -> None:
        assert app.authorize(prompt=prompt)["Location"].startswith("com.example.app://callback?code=")

    @pytest.mark.parametrize("changes", [{"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "0"}])
    def test_the_client_may_ask_for_a_new_proof(self, app: App, changes: dict[str, str]) -> None:
        if "max_age" in changes:
            Session.objects.update(auth_time=1)
        assert app.authorize(**changes)["Location"].startswith("/sign-in?")

    def test_a_suspended_person_has_no_session(self, app: App, ada: User) -> None:
        User.objects.update(is_suspended=True)
        assert query_of(app.authorize(prompt="none")["Location"])["error"] == "login_required"


class TestResume:
    def test_another_browser_cannot_take_the_result(self, app: App, ada: User) -> None:
        page = app.authorize()
        done = app.browser.post(page["Location"], {"identifier": "ada", "password": PASSWORD})
        stranger = App(app.client_id, app.redirect_uri)
        stranger.browser.cookies["_interaction_resume"] = done["Location"].rpartition("/")[2]  # as some log tells it
        assert stranger.browser.get(done["Location"]).json()["code"] == "session.not_found"

    def test_an_unfinished_interaction_leads_back_to_its_page(self, app: App) -> None:
        uid = app.authorize().cookies["_interaction_resume"].value
        assert app.browser.get(f"/oidc/auth/{uid}")["Location"] == "/sign-in?app_id=bookstore"

    def test_a_forged_cookie_counts_for_nothing(self, app: App) -> None:
        page = app.authorize()
        app.browser.cookies["_interaction.sig"] = "forged"
        assert app.browser.get(page["Location"])["Location"] == "/unknown-session"
