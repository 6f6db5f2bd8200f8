"""Organizations: claims for their scope, tokens for one of them (Logto's rules, section 1.10)."""

from typing import Any

import pytest

from idp.applications import clients
from idp.applications.models import Application
from idp.authorization.services import save_resource
from idp.organizations import services
from idp.organizations.models import Organization
from idp.tokens.models import RefreshToken
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.protocol.client import App, claims_of

pytestmark = pytest.mark.django_db
API = "https://api.example.com"
SCOPE = "openid profile offline_access urn:logto:scope:organizations"
VIRTUAL = "urn:logto:resource:organizations"


@pytest.fixture
def readers(ada: User) -> Organization:
    organization = services.create_organization(by="test", name="Readers")
    services.add_member(by="test", organization=organization, user=ada)
    return organization


@pytest.fixture
def tokens(app: App, readers: Organization) -> dict[str, Any]:
    save_resource(by="test", name="API", indicator=API, access_token_ttl=600)
    code = app.sign_in_with_password("ada", PASSWORD, scope=SCOPE, resource=[API, VIRTUAL])["code"]
    answer: dict[str, Any] = app.exchange(code).json()
    return answer


def test_claims(app: App, tokens: dict[str, Any], readers: Organization) -> None:
    claims = claims_of(tokens["id_token"])
    assert claims["organizations"] == [readers.pk]
    assert "organization_data" not in claims
    info = app.userinfo(tokens["access_token"]).json()
    assert info["organizations"] == [readers.pk]
    assert info["organization_data"] == [{"id": readers.pk, "name": "Readers", "description": None}]


def test_without_the_scope_nothing_is_told(app: App, readers: Organization) -> None:
    code = app.sign_in_with_password("ada", PASSWORD, scope="openid profile")["code"]
    tokens = app.exchange(code).json()
    assert "organizations" not in claims_of(tokens["id_token"])
    assert "organizations" not in app.userinfo(tokens["access_token"]).json()


def test_a_token_for_an_organization(app: App, tokens: dict[str, Any], readers: Organization, ada: User) -> None:
    answer = app.refresh(tokens["refresh_token"], organization_id=readers.pk).json()
    claims = claims_of(answer["access_token"])
    assert (claims["aud"], claims["sub"], claims["scope"]) == (f"urn:logto:organization:{readers.pk}", ada.pk, "")
    assert claims["exp"] - claims["iat"] == answer["expires_in"] == 3600
    assert app.userinfo(answer["access_token"]).status_code == 401


def test_a_token_for_a_resource_in_an_organization(app: App, tokens: dict[str, Any], readers: Organization) -> None:
    answer = app.refresh(tokens["refresh_token"], organization_id=readers.pk, resource=API).json()
    claims = claims_of(answer["access_token"])
    assert (claims["aud"], claims["organization_id"]) == (API, readers.pk)
    assert answer["expires_in"] == 600
    plain = app.refresh(answer["refresh_token"], resource=API).json()
    assert "organization_id" not in claims_of(plain["access_token"])


class TestRefused:
    def refused(self, app: App, token: str, error: str, **changes: str) -> None:
        answer = app.refresh(token, **changes)
        assert (answer.status_code, answer.json()["error"]) == (403, error)
        assert RefreshToken.objects.get().consumed_at is None

    def test_of_others_or_of_nobody(self, app: App, tokens: dict[str, Any]) -> None:
        others = services.create_organization(by="test", name="Others")
        for pk in (others.pk, "nothing"):
            self.refused(app, tokens["refresh_token"], "access_denied", organization_id=pk)

    def test_a_member_no_longer(self, app: App, tokens: dict[str, Any], readers: Organization, ada: User) -> None:
        services.remove_member(by="test", organization=readers, user_id=ada.pk)
        self.refused(app, tokens["refresh_token"], "access_denied", organization_id=readers.pk)

    def test_without_the_scope(self, app: App, readers: Organization) -> None:
        code = app.sign_in_with_password("ada", PASSWORD, scope="openid offline_access")["code"]
        token = app.exchange(code).json()["refresh_token"]
        self.refused(app, token, "insufficient_scope", organization_id=readers.pk)

    def test_a_third_party(self, app: App, tokens: dict[str, Any], readers: Organization) -> None:
        Application.objects.filter(pk="bookstore").update(is_third_party=True)
        clients.get("bookstore", fresh=True)
        self.refused(app, tokens["refresh_token"], "access_denied", organization_id=readers.pk)
