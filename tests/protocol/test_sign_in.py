"""The main road: authorization code with PKCE, as the SDKs take it (sdk-contract sections 1 to 4)."""

from typing import Any

import pytest
from django.test import Client

from idp.users.models import User
from tests.conftest import PASSWORD
from tests.protocol.client import App, claims_of, header_of

pytestmark = pytest.mark.django_db


def test_the_app_gets_a_code_its_state_and_the_issuer(app: App, ada: User) -> None:
    values = app.sign_in_with_password("ada", PASSWORD)
    assert values.keys() == {"code", "state", "iss"}
    assert values["state"] == "some-state"
    assert values["iss"] == "http://localhost:3001/oidc"


def test_the_hops_are_those_of_the_handshake(app: App, ada: User) -> None:
    first = app.authorize()
    assert (first.status_code, first["Location"]) == (303, "/sign-in?app_id=bookstore")
    uid = first.cookies["_interaction_resume"].value
    assert {"_interaction", "_interaction.sig", "_interaction_resume", "_logto"} <= first.cookies.keys()

    submitted = app.browser.post(first["Location"], {"identifier": "ada", "password": PASSWORD})
    assert (submitted.status_code, submitted["Location"]) == (303, f"/oidc/auth/{uid}")

    resumed = app.browser.get(submitted["Location"])
    assert (resumed.status_code, resumed["Location"]) == (303, "/consent?app_id=bookstore")
    assert {"_session", "_session.sig", "_interaction"} <= resumed.cookies.keys()

    consented = app.browser.get(resumed["Location"])
    uid2 = resumed.cookies["_interaction_resume"].value
    assert (consented.status_code, consented["Location"]) == (303, f"http://localhost:3001/oidc/auth/{uid2}")

    answered = app.browser.get(consented["Location"])
    assert answered.status_code == 303
    assert answered["Location"].startswith("com.example.app://callback?code=")


def test_the_token_answer_has_what_the_sdk_needs(signed_in: dict[str, Any]) -> None:
    assert signed_in.keys() == {"access_token", "expires_in", "token_type", "scope", "refresh_token", "id_token"}
    assert signed_in["expires_in"] == 3600
    assert signed_in["token_type"] == "Bearer"
    assert signed_in["scope"] == "openid offline_access profile email phone"
    assert "." not in signed_in["access_token"]


def test_the_id_token_says_who_signed_in(signed_in: dict[str, Any], ada: User) -> None:
    claims = claims_of(signed_in["id_token"])
    assert header_of(signed_in["id_token"]).keys() == {"alg", "kid"}
    assert claims["sub"] == ada.pk
    assert claims["aud"] == "bookstore"
    assert claims["iss"] == "http://localhost:3001/oidc"
    assert claims["phone_number"] == "15551234567"
    assert claims["phone_number_verified"] is True
    assert claims["exp"] - claims["iat"] == 3600


def test_userinfo_tells_the_same(app: App, signed_in: dict[str, Any], ada: User) -> None:
    answer = app.userinfo(signed_in["access_token"])
    assert answer.status_code == 200
    assert answer.json()["sub"] == ada.pk
    assert answer.json()["email"] == "ada@example.com"


def test_a_second_app_signs_in_without_asking(app: App, signed_in: dict[str, Any]) -> None:
    answer = app.authorize()
    assert answer["Location"].startswith("com.example.app://callback?code=")


def test_another_name_for_the_same_machine_keeps_its_cookies(app: App, ada: User) -> None:
    app.browser = Client(headers={"Host": "127.0.0.1:3001"})
    page = app.authorize()
    resumed = app.browser.get(
        app.browser.post(page["Location"], {"identifier": "ada", "password": PASSWORD})["Location"]
    )
    assert app.browser.get(resumed["Location"])["Location"].startswith("/oidc/auth/")
