"""RFC 7523 and OpenID Connect Core 9: private_key_jwt and client_secret_jwt."""

import json
import time
from typing import Any

import pytest
from django.test import Client
from jwcrypto import jwk, jws
from jwcrypto.common import base64url_encode

from idp.applications.services import create_application, create_secret
from idp.authorization.services import save_resource
from idp.oidc.client_assertion import ASSERTION_TYPE

pytestmark = pytest.mark.django_db
ISSUER = "http://localhost:3001/oidc"
SECRET = "k" * 32
DEEP = ".".join([base64url_encode("[" * 10_000), base64url_encode("[" * 10_000), "AA"])
KEY = jwk.JWK.generate(kty="EC", crv="P-256", kid="one")


@pytest.fixture(autouse=True)
def _machine(db: Any) -> None:
    save_resource(by="test", name="API", indicator="https://api.example.com", is_default=True)
    application = create_application(
        by="test", name="Job", type="MachineToMachine", client_id="job", with_secret=False,
        jwks={"keys": [json.loads(KEY.export_public())]},
    )  # fmt: skip
    create_secret(by="test", application=application, name="one", value=SECRET)


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    whole = {
        "iss": "job",
        "sub": "job",
        "aud": ISSUER,
        "exp": now + 60,
        "iat": now,
        "jti": f"{time.time_ns()}",
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def sign(payload: dict[str, Any], key: jwk.JWK = KEY, alg: str = "ES256") -> str:
    token = jws.JWS(json.dumps(payload))
    token.allowed_algs = [alg]
    token.add_signature(key, alg, json.dumps({"alg": alg}))
    return str(token.serialize(compact=True))


def ask(assertion: str, **more: str) -> Any:
    body = {
        "grant_type": "client_credentials", "client_assertion": assertion, "client_assertion_type": ASSERTION_TYPE, **more,
    }  # fmt: skip
    return Client().post("/oidc/token", body)


def test_a_private_key() -> None:
    assert ask(sign(claims())).status_code == 200


def test_the_shared_secret() -> None:
    assert ask(sign(claims(), jwk.JWK(kty="oct", k=base64url_encode(SECRET)), "HS256")).status_code == 200


@pytest.mark.parametrize("audience", [ISSUER, f"{ISSUER}/token", [ISSUER]])
def test_the_audience_is_us(audience: Any) -> None:
    assert ask(sign(claims(aud=audience))).status_code == 200


def test_an_assertion_works_once() -> None:
    assertion = sign(claims())
    assert ask(assertion).status_code == 200
    assert (ask(assertion).status_code, ask(assertion).json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "other"}, {"sub": None}, {"iss": None}, {"aud": "https://other.example"}, {"aud": None}, {"aud": []},
        {"exp": None}, {"exp": 1}, {"exp": int(time.time()) + 90_000}, {"exp": "soon"}, {"jti": None}, {"jti": ""},
        {"jti": "\ud800"}, {"sub": "\ud800"}, {"sub": "a\0"}, {"sub": {"a": 1}}, {"exp": float("nan")}, {"deep": json.loads("[" * 90 + "]" * 90)},
        {"nbf": int(time.time()) + 90_000}, {"iat": int(time.time()) + 90_000},
    ],
)  # fmt: skip
def test_wrong_claims(changes: dict[str, Any]) -> None:
    answer = ask(sign(claims(**changes)))
    assert answer.json()["error"] == "invalid_client"
    assert answer.status_code in (400, 401)


def test_another_key() -> None:
    assert ask(sign(claims(), jwk.JWK.generate(kty="EC", crv="P-256"))).json()["error"] == "invalid_client"


def test_no_signature_is_no_proof() -> None:
    header = base64url_encode('{"alg":"none"}')
    assertion = f"{header}.{base64url_encode(json.dumps(claims()))}."
    assert ask(assertion).json()["error"] == "invalid_client"


def test_the_public_key_is_no_shared_secret() -> None:
    for secret in (KEY.export_public(), KEY.export_to_pem().decode()):
        key = jwk.JWK(kty="oct", k=base64url_encode(secret))
        assert ask(sign(claims(), key, "HS256")).json()["error"] == "invalid_client"


@pytest.mark.parametrize("assertion", ["", "x", "a.b.c", "eyJhbGciOiJFUzI1NiJ9.W10.AA", "é.é.é", "W10.e30.AA", DEEP])
def test_nonsense(assertion: str) -> None:
    assert ask(assertion).status_code in (400, 401)
    end = Client().post("/oidc/session/end?id_token_hint=a", {"id_token_hint": assertion})
    assert end.status_code in (303, 400)
    if end.status_code == 303 and assertion:
        assert Client().get(end["Location"]).status_code == 400


def test_one_mechanism_only() -> None:
    assert ask(sign(claims()), client_secret=SECRET).json()["error"] == "invalid_request"
    assert ask(sign(claims()), client_id="other").json()["error"] == "invalid_request"
