"""RFC 6749 sections 2.3.1, 4.1.3, 5, 6 and RFC 9700: what the token endpoint gives, and to whom."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from idp.applications import clients
from idp.applications.models import Application
from idp.applications.services import create_application, create_secret
from idp.tokens.models import AuthorizationCode, Grant, RefreshToken
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.protocol.client import App, claims_of, refused

pytestmark = pytest.mark.django_db
SECRET = "s" * 32


@pytest.fixture
def web(ada: User) -> App:
    application = create_application(
        by="test", name="Shop", type="Traditional", client_id="shop", with_secret=False,
        redirect_uris=["https://shop.example/callback"],
    )  # fmt: skip
    create_secret(by="test", application=application, name="one", value=SECRET)
    return App("shop", "https://shop.example/callback", secret=SECRET)


class TestCodes:
    def test_a_code_works_once_and_a_replay_ends_the_grant(self, app: App, ada: User) -> None:
        code = app.sign_in_with_password("ada", PASSWORD)["code"]
        tokens = app.exchange(code).json()
        refused(app.exchange(code), "invalid_grant")
        assert app.userinfo(tokens["access_token"]).status_code == 401
        refused(app.refresh(tokens["refresh_token"]), "invalid_grant")

    def test_an_expired_code(self, app: App, ada: User) -> None:
        code = app.sign_in_with_password("ada", PASSWORD)["code"]
        AuthorizationCode.objects.update(expires=timezone.now())
        refused(app.exchange(code), "invalid_grant")

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"code_verifier": "x" * 43}, "invalid_grant"),
            ({"code_verifier": ""}, "invalid_grant"),
            ({"redirect_uri": "com.example.app://other"}, "invalid_grant"),
            ({"redirect_uri": ""}, "invalid_request"),
            ({"code": "unknown"}, "invalid_grant"),
            ({"code": ""}, "invalid_request"),
            ({"grant_type": "password"}, "unsupported_grant_type"),
            ({"grant_type": ""}, "invalid_request"),
            ({"client_id": "nobody"}, "invalid_client"),
            ({"client_id": ""}, "invalid_request"),
            ({"client_secret": "x"}, "invalid_client"),
        ],
    )
    def test_a_wrong_request_burns_nothing(self, app: App, ada: User, changes: dict[str, str], error: str) -> None:
        code = app.sign_in_with_password("ada", PASSWORD)["code"]
        answer = app.exchange(code, **changes)
        refused(answer, error, 401 if "client_secret" in changes else 400)
        assert app.exchange(code).status_code == 200

    def test_a_challenge_that_was_taken_away_on_the_way_is_missed(self, web: App) -> None:
        """PKCE downgrade (RFC 9700 section 4.8.2)."""
        code = web.sign_in_with_password("ada", PASSWORD, code_challenge=None, code_challenge_method=None)["code"]
        refused(web.exchange(code), "invalid_grant")
        assert web.exchange(code, code_verifier="").status_code == 200

    def test_the_code_of_another_client(self, app: App, web: App) -> None:
        code = app.sign_in_with_password("ada", PASSWORD)["code"]
        refused(web.exchange(code, redirect_uri=app.redirect_uri), "invalid_grant")

    def test_a_suspended_person_gets_no_tokens(self, app: App, ada: User) -> None:
        code = app.sign_in_with_password("ada", PASSWORD)["code"]
        User.objects.update(is_suspended=True)
        refused(app.exchange(code), "invalid_grant")

    def test_the_nonce_comes_back(self, app: App, ada: User) -> None:
        tokens = app.exchange(app.sign_in_with_password("ada", PASSWORD, nonce="n-0S6")["code"]).json()
        assert claims_of(tokens["id_token"])["nonce"] == "n-0S6"


class TestClientAuthentication:
    def test_basic_with_client_id_in_the_body_too(self, web: App) -> None:
        code = web.sign_in_with_password("ada", PASSWORD)["code"]
        assert web.exchange(code, client_id="shop").status_code == 200

    def test_secret_in_the_body(self, web: App) -> None:
        code = web.sign_in_with_password("ada", PASSWORD)["code"]
        web.secret = ""
        assert web.exchange(code, client_secret=SECRET).status_code == 200

    def test_both_at_once(self, web: App) -> None:
        refused(web.exchange("x", client_secret=SECRET), "invalid_request")

    @pytest.mark.parametrize("secret", ["wrong", ""])
    def test_wrong_or_no_secret(self, web: App, secret: str) -> None:
        web.secret = secret
        answer = web.exchange("x")
        refused(answer, "invalid_client", 401)
        assert answer["WWW-Authenticate"].startswith("Basic")

    def test_an_expired_secret(self, web: App) -> None:
        Application.objects.get(pk="shop").secrets.update(expires_at=timezone.now())
        refused(web.exchange("x"), "invalid_request")

    def test_a_new_secret_works_at_once(self, web: App) -> None:
        refused(web.exchange("x"), "invalid_grant")
        create_secret(by="test", application=Application.objects.get(pk="shop"), name="two", value="t" * 32)
        web.secret = "t" * 32
        refused(web.exchange("x"), "invalid_grant")

    @pytest.mark.parametrize("header", ["Basic !!!", "Basic é", "Basic " + base64.b64encode(b"nocolon").decode()])
    def test_a_header_that_cannot_be_read(self, web: App, header: str) -> None:
        answer = Client().post("/oidc/token", {"grant_type": "refresh_token"}, headers={"Authorization": header})
        refused(answer, "invalid_client", 401)


class TestRefresh:
    def test_a_native_app_rotates_with_a_full_lifetime(self, app: App, signed_in: dict[str, Any]) -> None:
        answer = app.refresh(signed_in["refresh_token"])
        assert answer.status_code == 200
        body = answer.json()
        assert body["refresh_token"] != signed_in["refresh_token"]
        assert body["scope"] == signed_in["scope"]
        assert "at_hash" not in claims_of(body["id_token"])
        newest = RefreshToken.objects.get(consumed_at=None)
        assert newest.expires - timezone.now() > timedelta(days=13, hours=23)

    def test_old_access_tokens_stay_good(self, app: App, signed_in: dict[str, Any]) -> None:
        app.refresh(signed_in["refresh_token"])
        assert app.userinfo(signed_in["access_token"]).status_code == 200

    def test_reuse_within_three_seconds_gives_tokens_again(self, app: App, signed_in: dict[str, Any]) -> None:
        first, second = (app.refresh(signed_in["refresh_token"]).json() for _ in range(2))
        assert first["refresh_token"] != second["refresh_token"]
        assert app.refresh(first["refresh_token"]).status_code == 200
        assert app.refresh(second["refresh_token"]).status_code == 200

    def test_later_reuse_ends_the_grant(self, app: App, signed_in: dict[str, Any]) -> None:
        newer = app.refresh(signed_in["refresh_token"]).json()
        RefreshToken.objects.filter(consumed_at__isnull=False).update(consumed_at=timezone.now() - timedelta(seconds=4))
        refused(app.refresh(signed_in["refresh_token"]), "invalid_grant")
        refused(app.refresh(newer["refresh_token"]), "invalid_grant")
        assert app.userinfo(newer["access_token"]).status_code == 401
        assert Grant.objects.get().revoked_at is not None

    def test_a_browser_app_keeps_the_remaining_lifetime(self, app: App, signed_in: dict[str, Any]) -> None:
        Application.objects.filter(pk="bookstore").update(type="SPA")
        clients.get("bookstore", fresh=True)
        app.refresh(signed_in["refresh_token"])
        old, new = RefreshToken.objects.order_by("created")
        assert new.expires == old.expires

    def test_a_confidential_client_keeps_its_token_until_late(self, web: App) -> None:
        tokens = web.exchange(web.sign_in_with_password("ada", PASSWORD)["code"]).json()
        assert web.refresh(tokens["refresh_token"]).json()["refresh_token"] == tokens["refresh_token"]
        RefreshToken.objects.update(
            created=timezone.now() - timedelta(days=10), expires=timezone.now() + timedelta(days=4)
        )
        assert web.refresh(tokens["refresh_token"]).json()["refresh_token"] != tokens["refresh_token"]

    def test_a_chain_of_a_year_is_not_prolonged(self, app: App, signed_in: dict[str, Any]) -> None:
        RefreshToken.objects.update(chain_started_at=timezone.now() - timedelta(days=366))
        assert app.refresh(signed_in["refresh_token"]).json()["refresh_token"] == signed_in["refresh_token"]

    def test_a_narrower_scope_for_one_token_only(self, app: App, signed_in: dict[str, Any]) -> None:
        narrow = app.refresh(signed_in["refresh_token"], scope="profile").json()
        assert narrow["scope"] == "profile"
        assert "id_token" not in narrow
        assert app.refresh(narrow["refresh_token"]).json()["scope"] == signed_in["scope"]

    @pytest.mark.parametrize(
        ("changes", "error", "status"),
        [
            ({"resource": "https://unknown.example"}, "invalid_target", 400),
            ({"scope": "openid admin"}, "invalid_scope", 400),
            ({"organization_id": "org"}, "insufficient_scope", 403),
        ],
    )
    def test_a_refused_refresh_consumes_nothing(
        self, app: App, signed_in: dict[str, Any], changes: dict[str, str], error: str, status: int
    ) -> None:
        refused(app.refresh(signed_in["refresh_token"], **changes), error, status)
        assert RefreshToken.objects.get().consumed_at is None

    def test_a_repeated_offline_access_is_no_wish_for_more(self, app: App, signed_in: dict[str, Any]) -> None:
        """Without a consent it did not count at first; libraries send it with every refresh all the same."""
        RefreshToken.objects.update(scope="openid profile")
        answer = app.refresh(signed_in["refresh_token"], scope="openid profile offline_access")
        assert (answer.status_code, answer.json()["scope"]) == (200, "openid profile")

    def test_another_clients_token(self, web: App, signed_in: dict[str, Any]) -> None:
        refused(web.refresh(signed_in["refresh_token"]), "invalid_grant")

    def test_a_suspended_person(self, app: App, signed_in: dict[str, Any]) -> None:
        User.objects.update(is_suspended=True)
        refused(app.refresh(signed_in["refresh_token"]), "invalid_grant")
        assert app.userinfo(signed_in["access_token"]).status_code == 401

    def test_an_expired_token(self, app: App, signed_in: dict[str, Any]) -> None:
        RefreshToken.objects.update(expires=timezone.now())
        refused(app.refresh(signed_in["refresh_token"]), "invalid_grant")


class TestRequestForm:
    def test_a_repeated_parameter(self) -> None:
        answer = Client().post(
            "/oidc/token", "grant_type=a&grant_type=b", content_type="application/x-www-form-urlencoded"
        )
        refused(answer, "invalid_request")

    def test_a_null_byte(self) -> None:
        answer = Client().post("/oidc/token", {"grant_type": "a\0"})
        refused(answer, "invalid_request")

    def test_an_oversized_body(self) -> None:
        answer = Client().post("/oidc/token", {"code": "x" * 60_000})
        refused(answer, "invalid_request", 413)

    def test_json_is_taken_too(self, app: App, ada: User) -> None:
        body = {"grant_type": "authorization_code", "client_id": "bookstore", "code": "x"}
        refused(Client().post("/oidc/token", body, content_type="application/json"), "invalid_grant")

    @pytest.mark.parametrize(
        "body",
        [
            '{"client_id": "\\ud800"}', '{"client_id": "a\\u0000"}', '{"client_id": {"a": 1}}', '{"client_id": [["a"]]}',
            "[" * 50_000, '{"client_id":' + "[" * 50_000,
        ],
        ids=["surrogate", "NUL", "object", "list", "deep", "deep inside"],
    )  # fmt: skip
    def test_json_that_is_no_form(self, body: str) -> None:
        for path in ("token", "token/revocation", "token/introspection", "request", "device/auth"):
            refused(Client().post(f"/oidc/{path}", body, content_type="application/json"), "invalid_request")

    @pytest.mark.parametrize("kind", ["multipart/form-data", "application/x-www-form-urlencoded; charset=utf-7"])
    def test_a_body_that_cannot_be_read(self, kind: str) -> None:
        refused(Client().post("/oidc/token", b"grant_type=a", content_type=kind), "invalid_request")

    def test_a_client_of_the_header_that_no_database_knows(self) -> None:
        basic = base64.b64encode(b"a\0b:secret").decode()
        answer = Client().post("/oidc/token", {"grant_type": "a"}, headers={"Authorization": f"Basic {basic}"})
        refused(answer, "unsupported_grant_type")

    def test_get_is_an_unknown_route(self) -> None:
        answer = Client().get("/oidc/token")
        refused(answer, "invalid_request", 404)
        assert "GET on /oidc/token" in answer.json()["error_description"]

    def test_the_plain_oauth_error(self) -> None:
        assert Client().post("/oidc/token?parse_error=false", {}).json().keys() == {"error", "error_description"}
