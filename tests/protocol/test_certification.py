"""Each module of the OpenID Foundation's plans that this server aims for, by its name: Basic OP, Config OP, Form Post OP,
RP-Initiated Logout OP, Back-Channel Logout OP. Over HTTP, against a live server, with a client that wants RS256.
"""

import math
import re
import time
from collections import Counter
from typing import Any

import pytest
import requests
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from idp.applications.services import create_application, create_secret
from idp.signin.models import Session
from idp.tokens.keys import ensure_keys
from idp.tokens.models import AuthorizationCode
from idp.users.services import create_user
from tests.protocol.client import claims_of, header_of
from tests.protocol.op import CALLBACK, POST_LOGOUT, RelyingParty

pytestmark = pytest.mark.django_db(transaction=True)
UI_ERRORS = {"login_required", "interaction_required", "account_selection_required", "consent_required"}
PROFILE = {
    "givenName": "Ada", "familyName": "Lovelace", "middleName": "King", "nickname": "ada", "profile": "https://a.example/",
    "website": "https://a.example/", "gender": "female", "birthdate": "1815-12-10", "zoneinfo": "Europe/London",
    "locale": "en-GB", "preferredUsername": "ada", "address": {"formatted": "London"},
}  # fmt: skip


def client(client_id: str) -> None:
    application = create_application(
        by="test", name=client_id, type="Traditional", client_id=client_id, with_secret=False, algorithm="RS256",
        redirect_uris=[CALLBACK], post_logout_redirect_uris=[POST_LOGOUT],
    )  # fmt: skip
    create_secret(by="test", application=application, name="one", value=client_id.ljust(32, "x"))


@pytest.fixture(params=["", "form_post"], ids=["query", "form_post"])
def rp(request: pytest.FixtureRequest, op: str) -> RelyingParty:
    """Basic OP and Form Post OP are the same modules."""
    return RelyingParty(op, "client", "client".ljust(32, "x"), response_mode=request.param)


@pytest.fixture
def op(live_server: LiveServer, settings: Settings) -> str:
    settings.ENDPOINT = live_server.url
    settings.ISSUER = f"{live_server.url}/oidc"
    ensure_keys()
    client("client")
    client("client2")
    create_user(
        by="test", username="ada", password="correct horse battery", name="Ada Lovelace", email="ada@example.com",
        phone="15551234567", avatar="https://a.example/ada.png", profile=PROFILE,
    )  # fmt: skip
    return live_server.url


def entropy(text: str) -> float:
    counts = Counter(text)
    return -sum(n * math.log2(n / len(text)) for n in counts.values())


class TestBasicOp:
    def test_oidcc_server(self, rp: RelyingParty) -> None:
        values = rp.authorize()
        assert len(values["code"]) >= 22
        assert entropy(values["code"]) > 96
        tokens = rp.exchange(values["code"]).json()
        assert tokens["expires_in"] == 3600
        assert claims_of(tokens["id_token"]).keys() <= {
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid", "acr", "amr",
        }  # fmt: skip

    def test_oidcc_response_type_missing(self, rp: RelyingParty) -> None:
        values = rp.authorize(response_type=None)
        assert values["error"] == "invalid_request"
        assert values["state"] == rp.sent["state"]

    def test_oidcc_idtoken_signature(self, rp: RelyingParty) -> None:
        tokens, _ = rp.sign_in()
        header = header_of(tokens["id_token"])
        assert header["alg"] == "RS256"
        assert header["kid"]

    def test_oidcc_userinfo_get(self, rp: RelyingParty) -> None:
        tokens, claims = rp.sign_in()
        answer = rp.userinfo(tokens["access_token"])
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json()["sub"] == claims["sub"]

    def test_oidcc_userinfo_post_header(self, rp: RelyingParty) -> None:
        tokens, claims = rp.sign_in()
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert requests.post(f"{rp.endpoint}/oidc/me", headers=headers, timeout=10).json()["sub"] == claims["sub"]

    def test_oidcc_userinfo_post_body(self, rp: RelyingParty) -> None:
        tokens, claims = rp.sign_in()
        body = {"access_token": tokens["access_token"]}
        assert requests.post(f"{rp.endpoint}/oidc/me", data=body, timeout=10).json()["sub"] == claims["sub"]

    def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(self, rp: RelyingParty) -> None:
        rp.sign_in(nonce=None)

    @pytest.mark.parametrize(
        ("scope", "names"),
        [
            pytest.param(
                "openid profile",
                "name given_name family_name middle_name nickname profile picture website gender birthdate zoneinfo locale "
                "updated_at preferred_username", id="oidcc-scope-profile",
            ),
            pytest.param("openid email", "email email_verified", id="oidcc-scope-email"),
            pytest.param("openid address", "address", id="oidcc-scope-address"),
            pytest.param("openid phone", "phone_number phone_number_verified", id="oidcc-scope-phone"),
            pytest.param("openid email phone address profile", "email phone_number address name", id="oidcc-scope-all"),
            pytest.param("email openid", "email email_verified", id="oidcc-alternate-happy-flow"),
        ],
    )  # fmt: skip
    def test_oidcc_scope(self, rp: RelyingParty, scope: str, names: str) -> None:
        tokens, _ = rp.sign_in(scope=scope)
        claims = rp.userinfo(tokens["access_token"]).json()
        assert set(names.split()) <= claims.keys()
        assert isinstance(claims.get("updated_at", 0), int)
        assert claims.get("updated_at", 0) < 10_000_000_000  # seconds

    @pytest.mark.parametrize(
        "extra",
        [
            pytest.param({"display": "page"}, id="oidcc-display-page"),
            pytest.param({"display": "popup"}, id="oidcc-display-popup"),
            pytest.param({"extra": "foobar"}, id="oidcc-ensure-request-with-unknown-parameter-succeeds"),
            pytest.param({"login_hint": "buffy@example.com"}, id="oidcc-login-hint"),
            pytest.param({"ui_locales": "se"}, id="oidcc-ui-locales"),
            pytest.param({"claims_locales": "se"}, id="oidcc-claims-locales"),
            pytest.param({"acr_values": "1 2"}, id="oidcc-ensure-request-with-acr-values-succeeds"),
            pytest.param({"claims": '{"userinfo":{"name":{"essential":true}}}'}, id="oidcc-claims-essential"),
        ],
    )
    def test_oidcc_parameters_that_must_not_fail(self, rp: RelyingParty, extra: dict[str, str]) -> None:
        rp.sign_in(**extra)

    def test_oidcc_prompt_login(self, rp: RelyingParty) -> None:
        _, first = rp.sign_in()
        Session.objects.update(auth_time=first["auth_time"] - 2)
        _, second = rp.sign_in(prompt="login")
        assert rp.pages == ["/sign-in"]
        assert second["auth_time"] > first["auth_time"] - 2

    def test_oidcc_prompt_none_not_logged_in(self, rp: RelyingParty) -> None:
        values = rp.authorize(prompt="none", state="s" * 128)
        assert values["error"] in UI_ERRORS
        assert values["state"] == "s" * 128
        assert values.keys() == {"error", "error_description", "state", "iss"}
        assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", values["error_description"])

    def test_oidcc_prompt_none_logged_in(self, rp: RelyingParty) -> None:
        _, first = rp.sign_in()
        _, second = rp.sign_in(prompt="none", state="s" * 128)
        assert rp.pages == []
        assert (first["sub"], first["auth_time"]) == (second["sub"], second["auth_time"])

    def test_oidcc_max_age_1(self, rp: RelyingParty) -> None:
        rp.sign_in()
        Session.objects.update(auth_time=int(time.time()) - 3)
        _, second = rp.sign_in(max_age="1")
        assert rp.pages == ["/sign-in"]
        assert time.time() - second["auth_time"] < 5

    def test_oidcc_max_age_10000(self, rp: RelyingParty) -> None:
        _, first = rp.sign_in(max_age="15000")
        _, second = rp.sign_in(max_age="10000")
        assert rp.pages == []
        assert first["auth_time"] == second["auth_time"]

    def test_oidcc_id_token_hint(self, rp: RelyingParty) -> None:
        tokens, first = rp.sign_in()
        _, second = rp.sign_in(prompt="none", id_token_hint=tokens["id_token"])
        assert (first["sub"], first["auth_time"]) == (second["sub"], second["auth_time"])

    def test_an_id_token_hint_of_somebody_else(self, rp: RelyingParty) -> None:
        tokens, _ = rp.sign_in()
        bob = create_user(by="test", username="bob", password="correct horse battery")
        Session.objects.update(user=bob)
        assert rp.authorize(prompt="none", id_token_hint=tokens["id_token"])["error"] == "login_required"
        assert rp.authorize(prompt="none", id_token_hint="nonsense")["error"] == "invalid_request"

    def test_oidcc_codereuse(self, rp: RelyingParty) -> None:
        code = rp.authorize()["code"]
        assert rp.exchange(code).status_code == 200
        answer = rp.exchange(code)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")

    def test_oidcc_codereuse_30seconds(self, rp: RelyingParty) -> None:
        code = rp.authorize()["code"]
        token = rp.exchange(code).json()["access_token"]
        row = AuthorizationCode.objects.get()
        AuthorizationCode.objects.update(expires=row.expires.replace(year=2020), consumed_at=row.created)
        assert rp.exchange(code).json()["error"] == "invalid_grant"
        assert rp.userinfo(token).status_code == 401

    def test_oidcc_ensure_registered_redirect_uri(self, rp: RelyingParty) -> None:
        assert rp.authorize(redirect_uri=f"{CALLBACK}/random") == {}
        assert rp.last.status_code == 400

    def test_oidcc_ensure_post_request_succeeds(self, rp: RelyingParty) -> None:
        assert "code" in rp.authorize(method="POST")

    def test_oidcc_server_client_secret_post(self, rp: RelyingParty) -> None:
        body = {
            "grant_type": "authorization_code", "code": rp.authorize()["code"], "redirect_uri": CALLBACK,
            "client_id": rp.client_id, "client_secret": rp.secret,
        }  # fmt: skip
        assert requests.post(f"{rp.endpoint}/oidc/token", data=body, timeout=10).status_code == 200

    @pytest.mark.parametrize("name", ["request", "request_uri"])
    def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
        self, rp: RelyingParty, name: str
    ) -> None:
        assert rp.authorize(**{name: "https://rp.example/r"})["error"] == f"{name}_not_supported"

    def test_oidcc_ensure_request_object_with_redirect_uri(self, rp: RelyingParty) -> None:
        assert rp.authorize(request="eyJhbGciOiJub25lIn0.e30.", redirect_uri="https://evil.example/") == {}

    def test_oidcc_refresh_token(self, rp: RelyingParty) -> None:
        tokens, first = rp.sign_in(scope="openid offline_access", prompt="consent")
        other = RelyingParty(rp.endpoint, "client2", "client2".ljust(32, "x"))
        other.sign_in(scope="openid offline_access", prompt="consent", nonce="n" * 43)
        stolen = other.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
        time.sleep(1)  # the suite wants another iat
        answer = rp.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert entropy(answer.json()["access_token"]) > 96
        second = claims_of(answer.json()["id_token"])
        assert {name: first[name] for name in ("iss", "sub", "aud", "auth_time")} == {
            name: second[name] for name in ("iss", "sub", "aud", "auth_time")
        }
        assert second["iat"] > first["iat"]
        assert rp.userinfo(answer.json()["access_token"]).status_code == 200

    def test_oidcc_ensure_request_with_valid_pkce_succeeds(self, rp: RelyingParty) -> None:
        verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636 appendix B
        challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        code = rp.authorize(code_challenge=challenge, code_challenge_method="S256")["code"]
        assert rp.exchange(code, code_verifier=verifier).status_code == 200


class TestConfigOp:
    def test_oidcc_discovery_endpoint_verification(self, op: str) -> None:
        answer = requests.get(f"{op}/oidc/.well-known/openid-configuration", timeout=10)
        document = answer.json()
        assert answer.headers["Content-Type"] == "application/json"
        assert document["issuer"] == f"{op}/oidc"
        for name, value in document.items():
            if name.endswith("_supported") and not isinstance(value, bool):
                assert isinstance(value, list), name
            if name.endswith(("_endpoint", "_uri")):
                assert value.startswith(op), name
        assert "RS256" in document["id_token_signing_alg_values_supported"]
        assert "openid" in document["scopes_supported"]
        assert document["subject_types_supported"] == ["public"]
        assert "code" in document["response_types_supported"]

    def test_the_key_set(self, op: str) -> None:
        keys = requests.get(f"{op}/oidc/jwks", timeout=10).json()["keys"]
        assert len({key["kid"] for key in keys}) == len(keys) == 2
        assert all(not {"d", "p", "q", "k"} & key.keys() for key in keys)
        assert all("=" not in value for key in keys for value in key.values())


class TestRpInitiatedLogoutOp:
    @pytest.fixture
    def party(self, op: str) -> RelyingParty:
        return RelyingParty(op, "client", "client".ljust(32, "x"))

    @pytest.fixture
    def hint(self, party: RelyingParty) -> str:
        return str(party.sign_in()[0]["id_token"])

    def test_discovery_endpoint_verification(self, op: str) -> None:
        document = requests.get(f"{op}/oidc/.well-known/openid-configuration", timeout=10).json()
        assert document["end_session_endpoint"] == f"{op}/oidc/session/end"

    def test_oidcc_rp_initiated_logout(self, party: RelyingParty, hint: str) -> None:
        answer = party.end_session(id_token_hint=hint, post_logout_redirect_uri=POST_LOGOUT, state="s" * 128)
        assert answer.headers["Location"] == f"{POST_LOGOUT}?state={'s' * 128}"
        assert not party.is_signed_in()

    @pytest.mark.parametrize(
        "uri",
        [
            pytest.param(f"{POST_LOGOUT}/random", id="bad-post-logout-redirect-uri"),
            pytest.param(f"{POST_LOGOUT}?foo=bar", id="query-added-to-post-logout-redirect-uri"),
        ],
    )
    def test_never_to_another_address(self, party: RelyingParty, hint: str, uri: str) -> None:
        answer = party.end_session(id_token_hint=hint, post_logout_redirect_uri=uri, state="x")
        assert (answer.status_code, answer.headers.get("Location")) == (400, None)

    def test_modified_id_token_hint(self, party: RelyingParty, hint: str) -> None:
        unsigned = "eyJhbGciOiJub25lIn0." + hint.split(".")[1] + "."
        answer = party.end_session(id_token_hint=unsigned, post_logout_redirect_uri=POST_LOGOUT, state="x")
        assert (answer.status_code, answer.headers.get("Location")) == (400, None)

    def test_bad_id_token_hint(self, party: RelyingParty, hint: str) -> None:
        answer = party.end_session(id_token_hint=hint[:-8] + "AAAAAAAA", post_logout_redirect_uri=POST_LOGOUT)
        assert (answer.status_code, answer.headers.get("Location")) == (400, None)

    @pytest.mark.parametrize(
        "params",
        [
            pytest.param({"post_logout_redirect_uri": POST_LOGOUT, "state": "x"}, id="no-id-token-hint"),
            pytest.param({}, id="no-params"),
            pytest.param({"state": "x"}, id="only-state"),
        ],
    )
    def test_signed_out_on_our_own_page(self, party: RelyingParty, hint: str, params: dict[str, str]) -> None:
        answer = party.end_session(**params)
        assert answer.headers["Location"] == "/oidc/session/end/success"
        assert not party.is_signed_in()

    def test_no_post_logout_redirect_uri(self, party: RelyingParty, hint: str) -> None:
        assert party.end_session(id_token_hint=hint, state="x").headers["Location"] == "/oidc/session/end/success"

    def test_no_state(self, party: RelyingParty, hint: str) -> None:
        answer = party.end_session(id_token_hint=hint, post_logout_redirect_uri=POST_LOGOUT)
        assert answer.headers["Location"] == POST_LOGOUT


def test_back_channel_logout_is_announced(op: str) -> None:
    """The delivery itself: test_back_channel_logout."""
    document: dict[str, Any] = requests.get(f"{op}/oidc/.well-known/openid-configuration", timeout=10).json()
    assert document["backchannel_logout_supported"] is True
    assert document["backchannel_logout_session_supported"] is True
