"""OpenID Connect RP-Initiated Logout 1.0, as the SDKs call it: client_id and maybe a URI, never a hint."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from idp.signin.models import Session
from idp.tokens.models import Grant
from idp.users.services import create_user
from tests.protocol.client import App, claims_of, query_of

pytestmark = pytest.mark.django_db
URI = "com.example.app://callback/sign-out"


def end(app: App, **params: str) -> Any:
    return app.browser.get(f"/oidc/session/end?{urlencode(params)}")


def is_signed_in(app: App) -> bool:
    return "code" in query_of(app.authorize(prompt="none")["Location"])


def test_back_to_the_app(app: App, signed_in: dict[str, Any]) -> None:
    assert is_signed_in(app)
    answer = end(app, client_id="bookstore", post_logout_redirect_uri=URI)
    assert (answer.status_code, answer["Location"]) == (303, URI)
    assert not is_signed_in(app)


def test_without_a_uri_our_own_page(app: App, signed_in: dict[str, Any]) -> None:
    answer = end(app, client_id="bookstore")
    assert answer["Location"] == "/oidc/session/end/success"
    assert "You are signed out" in app.browser.get(answer["Location"]).content.decode()
    assert not is_signed_in(app)


def test_without_a_session_it_is_the_same(app: App) -> None:
    assert end(app, client_id="bookstore", post_logout_redirect_uri=URI)["Location"] == URI


def test_the_state_comes_back(app: App) -> None:
    assert end(app, client_id="bookstore", post_logout_redirect_uri=URI, state="s 1")["Location"] == f"{URI}?state=s+1"


def test_a_post_of_the_app_becomes_a_navigation(app: App, signed_in: dict[str, Any]) -> None:
    """The cookies of the session are not sent with a form of another site; without them nothing would end."""
    params = {"client_id": "bookstore", "post_logout_redirect_uri": URI}
    for named in (
        {"client_id": "bookstore"},
        {"id_token_hint": signed_in["id_token"]},
    ):  # which is too long for some addresses
        answer = Client().post("/oidc/session/end", {**params, **named, "state": ""})
        assert (answer.status_code, answer["Location"]) == (303, f"/oidc/session/end?{urlencode(params)}")
        assert not answer.cookies
    assert Client().post("/oidc/session/end", {"id_token_hint": "x"}).status_code == 400
    assert app.browser.get(answer["Location"])["Location"] == URI
    assert not is_signed_in(app)


def test_somebody_else_who_signs_in_here_ends_the_session(app: App, signed_in: dict[str, Any]) -> None:
    create_user(by="test", username="bob", password="correct horse battery")
    Grant.objects.update(scope="openid")  # one that ends with its session
    app.sign_in_with_password("bob", "correct horse battery", prompt="login")
    assert app.refresh(signed_in["refresh_token"]).status_code == 400


def test_who_signs_in_once_more_goes_on_in_the_same_session(app: App, signed_in: dict[str, Any]) -> None:
    before = Session.objects.get()
    code = app.sign_in_with_password("ada", "correct horse battery", prompt="login")["code"]
    after = Session.objects.get()
    assert before.pk != after.pk
    assert claims_of(app.exchange(code).json()["id_token"])["sid"] == before.sid == after.sid
    Grant.objects.update(scope="openid")
    end(app, client_id="bookstore")  # ends what began before the second sign-in, too
    assert app.refresh(signed_in["refresh_token"]).status_code == 400


def test_an_unregistered_uri_ends_nothing(app: App, signed_in: dict[str, Any]) -> None:
    answer = end(app, client_id="bookstore", post_logout_redirect_uri="https://evil.example/")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert is_signed_in(app)


def test_a_uri_without_a_client_is_ignored(app: App) -> None:
    assert end(app, post_logout_redirect_uri=URI)["Location"] == "/oidc/session/end/success"


def test_an_unknown_client(app: App) -> None:
    assert end(app, client_id="nobody").status_code == 400


def test_refresh_tokens_survive(app: App, signed_in: dict[str, Any]) -> None:
    end(app, client_id="bookstore")
    assert app.refresh(signed_in["refresh_token"]).status_code == 200


def test_only_this_browser(app: App, signed_in: dict[str, Any]) -> None:
    other = App(app.client_id, app.redirect_uri)
    other.sign_in_with_password("ada", "correct horse battery")
    end(app, client_id="bookstore")
    assert is_signed_in(other)


class TestIdTokenHint:
    def test_it_names_the_client(self, app: App, signed_in: dict[str, Any]) -> None:
        answer = end(app, id_token_hint=signed_in["id_token"], post_logout_redirect_uri=URI)
        assert answer["Location"] == URI

    @pytest.mark.parametrize("hint", ["nonsense", "eyJhbGciOiJub25lIn0.eyJhdWQiOiJib29rc3RvcmUifQ."])
    def test_a_hint_that_is_not_ours(self, app: App, hint: str) -> None:
        assert end(app, id_token_hint=hint, post_logout_redirect_uri=URI).status_code == 400

    def test_a_hint_for_another_client(self, app: App, signed_in: dict[str, Any]) -> None:
        assert end(app, id_token_hint=signed_in["id_token"], client_id="demo-app").status_code == 400
