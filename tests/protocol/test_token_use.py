"""Userinfo (OpenID Connect Core 5.3), introspection (RFC 7662), revocation (RFC 7009)."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from idp.applications.services import create_application, create_secret
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.protocol.client import App

pytestmark = pytest.mark.django_db
SECRET = "r" * 32


@pytest.fixture
def api(db: Any) -> dict[str, str]:
    """The credentials of a resource server."""
    application = create_application(by="test", name="API", type="Traditional", client_id="api", with_secret=False)
    create_secret(by="test", application=application, name="one", value=SECRET)
    return {"client_id": "api", "client_secret": SECRET}


class TestUserinfo:
    @pytest.mark.parametrize("authorization", ["", "Bearer nonsense", "Bearer", "Basic eDp5"])
    def test_a_bad_token_is_401_with_a_challenge(self, authorization: str) -> None:
        answer = Client().get("/oidc/me", headers={"Authorization": authorization} if authorization else {})
        assert (answer.status_code, answer.json()["code"]) == (401, "oidc.invalid_token")
        assert answer["WWW-Authenticate"].startswith("Bearer")

    def test_the_token_may_be_in_the_body_but_not_in_the_address(self, signed_in: dict[str, Any]) -> None:
        token = {"access_token": signed_in["access_token"]}
        assert Client().post("/oidc/me", token).status_code == 200
        assert Client().get("/oidc/me", token).status_code == 401

    def test_a_token_without_openid(self, app: App, ada: User) -> None:
        code = app.sign_in_with_password("ada", PASSWORD, scope="profile")["code"]
        answer = app.userinfo(app.exchange(code).json()["access_token"])
        assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")

    def test_only_what_the_scopes_give(self, app: App, ada: User) -> None:
        code = app.sign_in_with_password("ada", PASSWORD, scope="openid phone custom_data")["code"]
        claims = app.userinfo(app.exchange(code).json()["access_token"]).json()
        assert claims == {
            "sub": ada.pk, "phone_number": "15551234567", "phone_number_verified": True, "custom_data": {},
        }  # fmt: skip

    def test_empty_facts_are_null_and_flags_false(self, app: App, ada: User) -> None:
        User.objects.update(primary_email=None, name=None)
        code = app.sign_in_with_password("ada", PASSWORD)["code"]
        claims = app.userinfo(app.exchange(code).json()["access_token"]).json()
        assert (claims["email"], claims["email_verified"], claims["name"]) == (None, False, None)


class TestIntrospection:
    def test_a_live_access_token(self, api: dict[str, str], signed_in: dict[str, Any], ada: User) -> None:
        answer = Client().post("/oidc/token/introspection", {**api, "token": signed_in["access_token"]}).json()
        assert answer["active"] is True
        assert (answer["sub"], answer["client_id"], answer["token_type"]) == (ada.pk, "bookstore", "Bearer")
        assert answer["exp"] - answer["iat"] == pytest.approx(3600, abs=2)

    def test_a_live_refresh_token(self, api: dict[str, str], signed_in: dict[str, Any]) -> None:
        assert Client().post("/oidc/token/introspection", {**api, "token": signed_in["refresh_token"]}).json()["active"]

    def test_an_unknown_token(self, api: dict[str, str]) -> None:
        answer = Client().post("/oidc/token/introspection", {**api, "token": "unknown"})
        assert answer.json() == {"active": False}

    def test_a_jwt(self, api: dict[str, str]) -> None:
        answer = Client().post("/oidc/token/introspection", {**api, "token": "a.b.c"})
        assert answer.json()["error"] == "unsupported_token_type"

    @pytest.mark.parametrize("who", [{"client_id": "bookstore"}, {"client_id": "api", "client_secret": ""}, {}])
    def test_only_clients_that_prove_who_they_are(
        self, api: dict[str, str], signed_in: dict[str, Any], who: dict[str, str]
    ) -> None:
        answer = Client().post("/oidc/token/introspection", {**who, "token": signed_in["access_token"]})
        assert answer.status_code in (400, 401)
        assert "active" not in answer.json()


class TestRevocation:
    @pytest.mark.parametrize("kind", ["refresh_token", "access_token"])
    def test_one_token_ends_the_whole_grant(self, app: App, signed_in: dict[str, Any], kind: str) -> None:
        answer = Client().post("/oidc/token/revocation", {"client_id": "bookstore", "token": signed_in[kind]})
        assert (answer.status_code, answer.content) == (200, b"")
        assert app.userinfo(signed_in["access_token"]).status_code == 401
        assert app.refresh(signed_in["refresh_token"]).json()["error"] == "invalid_grant"

    def test_an_unknown_token_is_no_error(self, app: App) -> None:
        assert Client().post("/oidc/token/revocation", {"client_id": "bookstore", "token": "x"}).status_code == 200

    def test_another_clients_token_is_untouched(self, app: App, api: dict[str, str], signed_in: dict[str, Any]) -> None:
        answer = Client().post("/oidc/token/revocation", {**api, "token": signed_in["refresh_token"]})
        assert answer.status_code == 200
        assert app.refresh(signed_in["refresh_token"]).status_code == 200

    def test_a_jwt(self, app: App) -> None:
        answer = Client().post("/oidc/token/revocation", {"client_id": "bookstore", "token": "a.b.c"})
        assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_token_type")

    def test_an_unknown_client(self, db: Any) -> None:
        answer = Client().post("/oidc/token/revocation", {"client_id": "nobody", "token": "x"})
        assert answer.json()["code"] == "oidc.invalid_client"


def test_updated_at_is_in_seconds_unless_clients_expect_logtos(
    app: App, signed_in: dict[str, Any], settings: Settings
) -> None:
    seconds = app.userinfo(signed_in["access_token"]).json()["updated_at"]
    settings.UPDATED_AT_IN_MILLISECONDS = True
    milliseconds = app.userinfo(signed_in["access_token"]).json()["updated_at"]
    assert seconds == milliseconds // 1000
