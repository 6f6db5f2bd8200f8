"""RFC 8707 and RFC 9068: tokens for API resources."""

from typing import Any

import pytest

from idp.applications.services import create_application, create_secret
from idp.authorization.services import save_resource
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.protocol.client import App, claims_of, header_of

pytestmark = pytest.mark.django_db
API, OTHER = "https://api.example.com", "https://other.example.com"


@pytest.fixture(autouse=True)
def _resources(db: Any) -> None:
    save_resource(by="test", name="API", indicator=API, access_token_ttl=600, permissions={"read:books": ""})
    save_resource(by="test", name="Other", indicator=OTHER)


@pytest.fixture
def tokens(app: App, ada: User) -> dict[str, Any]:
    code = app.sign_in_with_password("ada", PASSWORD, resource=[API, OTHER])["code"]
    answer: dict[str, Any] = app.exchange(code).json()
    return answer


def test_the_first_token_is_for_userinfo(app: App, tokens: dict[str, Any]) -> None:
    assert "." not in tokens["access_token"]
    assert app.userinfo(tokens["access_token"]).status_code == 200


def test_a_refresh_names_its_resource(app: App, tokens: dict[str, Any], ada: User) -> None:
    answer = app.refresh(tokens["refresh_token"], resource=API).json()
    assert header_of(answer["access_token"]) == {
        "alg": "ES384",
        "typ": "at+jwt",
        "kid": header_of(answer["access_token"])["kid"],
    }
    claims = claims_of(answer["access_token"])
    assert claims.keys() == {"jti", "sub", "iat", "exp", "scope", "client_id", "iss", "aud", "grant_id"}
    assert (claims["aud"], claims["sub"], claims["client_id"]) == (API, ada.pk, "bookstore")
    assert claims["exp"] - claims["iat"] == answer["expires_in"] == 600
    assert answer["scope"] == claims["scope"] == ""


def test_one_refresh_does_not_narrow_the_grant(app: App, tokens: dict[str, Any]) -> None:
    first = app.refresh(tokens["refresh_token"], resource=API).json()
    second = app.refresh(first["refresh_token"], resource=OTHER).json()
    third = app.refresh(second["refresh_token"]).json()
    assert claims_of(second["access_token"])["aud"] == OTHER
    assert app.userinfo(third["access_token"]).status_code == 200


def test_parallel_refreshes_are_each_for_their_own_resource(app: App, tokens: dict[str, Any]) -> None:
    answers = [app.refresh(tokens["refresh_token"], resource=resource).json() for resource in (API, OTHER)]
    assert [claims_of(answer["access_token"])["aud"] for answer in answers] == [API, OTHER]


def test_a_resource_that_was_not_asked_for(app: App, ada: User) -> None:
    code = app.sign_in_with_password("ada", PASSWORD, resource=[API])["code"]
    answer = app.refresh(app.exchange(code).json()["refresh_token"], resource=OTHER)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")


def test_a_comma_separated_list(app: App, ada: User) -> None:
    code = app.sign_in_with_password("ada", PASSWORD, resource=f"{API},{OTHER}")["code"]
    assert app.refresh(app.exchange(code).json()["refresh_token"], resource=OTHER).status_code == 200


def test_the_virtual_organizations_resource_is_no_error(app: App, ada: User) -> None:
    assert "code" in app.sign_in_with_password("ada", PASSWORD, resource=["urn:logto:resource:organizations"])


def test_without_openid_the_code_gives_a_jwt(app: App, ada: User) -> None:
    code = app.sign_in_with_password("ada", PASSWORD, scope="profile", resource=API)["code"]
    assert claims_of(app.exchange(code).json()["access_token"])["aud"] == API


def test_a_jwt_is_no_userinfo_token(app: App, tokens: dict[str, Any]) -> None:
    jwt = app.refresh(tokens["refresh_token"], resource=API).json()["access_token"]
    assert app.userinfo(jwt).status_code == 401


class TestClientCredentials:
    @pytest.fixture
    def machine(self, db: Any) -> App:
        application = create_application(
            by="test", name="Job", type="MachineToMachine", client_id="job", with_secret=False
        )
        create_secret(by="test", application=application, name="one", value="m" * 32)
        return App("job", "", secret="m" * 32)

    def test_a_jwt_for_the_resource(self, machine: App) -> None:
        answer = machine.token(grant_type="client_credentials", resource=API, scope="all").json()
        assert answer.keys() == {"access_token", "expires_in", "token_type", "scope"}
        claims = claims_of(answer["access_token"])
        assert (claims["aud"], claims["sub"], claims["client_id"]) == (API, "job", "job")

    def test_no_resource(self, machine: App) -> None:
        assert machine.token(grant_type="client_credentials").json()["error"] == "invalid_target"

    def test_the_default_resource_stands_in(self, machine: App) -> None:
        save_resource(by="test", name="API", indicator=API, is_default=True)
        answer = machine.token(grant_type="client_credentials").json()
        assert claims_of(answer["access_token"])["aud"] == API

    def test_an_app_for_people_cannot_use_it(self, app: App) -> None:
        assert app.token(grant_type="client_credentials", resource=API).json()["error"] == "unauthorized_client"
