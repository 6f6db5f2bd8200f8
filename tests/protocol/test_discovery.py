"""OpenID Connect Discovery 1.0, RFC 8414, RFC 7517."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
DOCUMENT = "/oidc/.well-known/openid-configuration"


def test_addresses_come_from_the_endpoint_not_from_the_host_header() -> None:
    document = Client().get(DOCUMENT, headers={"Host": "evil.example"}).json()
    assert document["issuer"] == "http://localhost:3001/oidc"
    for name, value in document.items():
        if name.endswith(("_endpoint", "_uri")):
            assert value.startswith("http://localhost:3001/oidc/"), name


def test_what_the_sdks_read() -> None:
    document = Client().get(DOCUMENT).json()
    assert {
        "issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "end_session_endpoint",
        "revocation_endpoint", "jwks_uri", "response_types_supported", "subject_types_supported",
        "id_token_signing_alg_values_supported",
    } <= document.keys()  # fmt: skip


def test_the_oauth_alias_is_the_same_document() -> None:
    assert Client().get("/oidc/.well-known/oauth-authorization-server").json() == Client().get(DOCUMENT).json()


def test_basic_credentials_do_not_matter() -> None:
    assert Client().get(DOCUMENT, headers={"Authorization": "Basic eDp5"}).status_code == 200


def test_two_public_keys_and_no_private_part() -> None:
    answer = Client().get("/oidc/jwks")
    keys = answer.json()["keys"]
    assert [(key["alg"], key["use"]) for key in keys] == [("ES384", "sig"), ("RS256", "sig")]
    assert all("d" not in key and key["kid"] for key in keys)
    assert answer["Cache-Control"] == "no-cache, max-age=0, must-revalidate"


def test_an_unknown_route_is_json() -> None:
    answer = Client().get("/oidc/nowhere", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.json()["code"]) == (404, "oidc.invalid_request")
