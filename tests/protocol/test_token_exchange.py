"""RFC 8693: a token that names a person is exchanged for one of the client that brings it."""

import base64
import json
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from jwcrypto import jwk, jws

from idp.applications import clients
from idp.applications.models import TOKEN_EXCHANGE, Application
from idp.applications.services import create_application, create_secret, delete_application
from idp.audit.models import Event
from idp.authorization.services import save_resource
from idp.tokens.exchange import (
    PersonalAccessTokenExpiresInThePast,
    PersonalAccessTokenNameTaken,
    create_personal_access_token,
    create_subject_token,
    delete_personal_access_token,
)
from idp.tokens.keys import keystore
from idp.tokens.models import AccessToken, Grant, PersonalAccessToken, SubjectToken
from idp.tokens.services import revoke_grant
from idp.users.models import StaffRole, User
from idp.users.staff import set_role
from tests.conftest import PASSWORD
from tests.protocol.client import App, claims_of, header_of, refused
from tests.protocol.token_exchange import ACCESS_TOKEN, API, IMPERSONATION, PERSONAL, exchange

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _resource(db: Any) -> None:
    save_resource(by="test", name="API", indicator=API, access_token_ttl=600)


@pytest.fixture
def service(db: Any) -> App:
    """A machine that may exchange tokens."""
    application = create_application(
        by="test", name="Service", type="MachineToMachine", client_id="service", with_secret=False,
        allow_token_exchange=True,
    )  # fmt: skip
    create_secret(by="test", application=application, name="one", value="s" * 32)
    return App("service", "", secret="s" * 32)


def api_token(app: App, **changes: Any) -> str:
    """A JWT of Ada for the API."""
    tokens = app.exchange(app.sign_in_with_password("ada", PASSWORD, resource=API, **changes)["code"]).json()
    return str(app.refresh(tokens["refresh_token"], resource=API).json()["access_token"])


class TestAnswer:
    def test_an_opaque_token(self, service: App, ada: User) -> None:
        answer = exchange(service, create_subject_token(by="test", user=ada), IMPERSONATION, scope="openid email x")
        assert answer.status_code == 200, answer.content
        body = answer.json()
        assert body.keys() == {"access_token", "expires_in", "token_type", "scope", "issued_token_type"}
        assert (body["issued_token_type"], body["token_type"]) == (ACCESS_TOKEN, "Bearer")
        assert (body["scope"], body["expires_in"]) == ("openid email", 3600)
        assert answer["Cache-Control"] == "no-store"
        facts = service.userinfo(body["access_token"]).json()
        assert facts == {"sub": ada.pk, "email": "ada@example.com", "email_verified": True}

    def test_a_jwt_for_a_resource(self, service: App, ada: User) -> None:
        body = exchange(service, create_subject_token(by="test", user=ada), IMPERSONATION, resource=API).json()
        assert header_of(body["access_token"])["typ"] == "at+jwt"
        claims = claims_of(body["access_token"])
        assert claims.keys() == {"jti", "sub", "iat", "exp", "scope", "client_id", "iss", "aud"}
        assert (claims["aud"], claims["sub"], claims["client_id"]) == (API, ada.pk, "service")
        assert claims["exp"] - claims["iat"] == body["expires_in"] == 600
        assert not AccessToken.objects.exists()

    def test_audience_is_another_word_for_resource(self, service: App, ada: User) -> None:
        token = create_personal_access_token(by="test", user=ada, name="ci")
        for changes in ({"audience": API}, {"audience": API, "resource": API}):
            assert claims_of(exchange(service, token, PERSONAL, **changes).json()["access_token"])["aud"] == API
        refused(exchange(service, token, PERSONAL, audience="https://unknown.example"), "invalid_target")
        refused(exchange(service, token, PERSONAL, audience="https://x.example", resource=API), "invalid_target")

    def test_the_default_resource_stands_in(self, service: App, ada: User) -> None:
        save_resource(by="test", name="API", indicator=API, is_default=True)
        token = create_subject_token(by="test", user=ada)
        assert claims_of(exchange(service, token, IMPERSONATION).json()["access_token"])["aud"] == API

    def test_no_refresh_token_even_with_offline_access(self, app: App, ada: User) -> None:
        Application.objects.update(allow_token_exchange=True, always_issue_refresh_token=True)
        clients.get("bookstore", fresh=True)
        token = create_subject_token(by="test", user=ada)
        answer = exchange(app, token, IMPERSONATION, scope="openid offline_access")
        assert "refresh_token" not in answer.json()
        assert "id_token" not in answer.json()

    def test_the_log(self, service: App, ada: User) -> None:
        exchange(service, create_subject_token(by="admin", user=ada), IMPERSONATION, resource=API)
        keys = Event.objects.filter(key__contains="token").order_by("pk").values_list("key", "actor", "target")
        assert list(keys) == [
            ("subject_token.created", "admin", ada.audit_name),
            ("token.exchanged", "application:service", ada.audit_name),
        ]


class TestClients:
    def test_a_client_that_may_not(self, app: App, ada: User) -> None:
        token = create_subject_token(by="test", user=ada)
        refused(exchange(app, token, IMPERSONATION), "unauthorized_client")
        assert SubjectToken.objects.get().consumed_at is None

    def test_a_third_party_may_not(self, app: App, ada: User) -> None:
        Application.objects.update(allow_token_exchange=True, is_third_party=True)
        clients.get("bookstore", fresh=True)
        refused(exchange(app, create_subject_token(by="test", user=ada), IMPERSONATION), "unauthorized_client")

    def test_a_wrong_secret(self, service: App, ada: User) -> None:
        service.secret = "wrong"
        token = create_subject_token(by="test", user=ada)
        refused(exchange(service, token, IMPERSONATION), "invalid_client", 401)
        assert SubjectToken.objects.get().consumed_at is None


class TestRequests:
    @pytest.mark.parametrize(
        ("changes", "error", "status"),
        [
            ({"subject_token": ""}, "invalid_request", 400),
            ({"subject_token": "unknown"}, "invalid_request", 400),
            ({"subject_token": "sub_unknown"}, "invalid_request", 400),
            ({"subject_token_type": ""}, "invalid_request", 400),
            ({"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"}, "invalid_request", 400),
            ({"subject_token_type": PERSONAL}, "invalid_request", 400),
            ({"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request", 400),
            ({"actor_token": "x"}, "invalid_request", 400),
            ({"actor_token_type": ACCESS_TOKEN}, "invalid_request", 400),
            ({"actor_token": "x", "actor_token_type": ACCESS_TOKEN}, "invalid_request", 400),
            ({"resource": "https://unknown.example"}, "invalid_target", 400),
            ({"organization_id": "org"}, "access_denied", 403),
        ],
    )
    def test_a_wrong_request_burns_nothing(
        self, service: App, ada: User, changes: dict[str, str], error: str, status: int
    ) -> None:
        token = create_subject_token(by="test", user=ada)
        body = {"subject_token": token, "subject_token_type": IMPERSONATION, **changes}
        refused(service.token(grant_type=TOKEN_EXCHANGE, **body), error, status)
        assert exchange(service, token, IMPERSONATION, requested_token_type=ACCESS_TOKEN).status_code == 200


class TestSubjectTokens:
    def test_once(self, service: App, ada: User) -> None:
        token = create_subject_token(by="test", user=ada)
        assert token.startswith("sub_")
        assert len(token) == 25
        assert exchange(service, token, ACCESS_TOKEN).status_code == 200  # the name that older SDKs use
        refused(exchange(service, token, IMPERSONATION), "invalid_request")

    def test_ten_minutes(self, service: App, ada: User) -> None:
        token = create_subject_token(by="test", user=ada, context={"ticket": 7})
        assert SubjectToken.objects.get().context == {"ticket": 7}
        with time_machine.travel(timezone.now() + timedelta(seconds=601)):
            refused(exchange(service, token, IMPERSONATION), "invalid_request")

    def test_it_is_no_personal_access_token(self, service: App, ada: User) -> None:
        refused(exchange(service, create_subject_token(by="test", user=ada), PERSONAL), "invalid_request")

    def test_somebody_who_became_an_administrator(self, service: App, ada: User) -> None:
        token = create_subject_token(by="test", user=ada)
        set_role(by="test", user=ada, role=StaffRole.SUPPORT)
        refused(exchange(service, token, IMPERSONATION), "invalid_request")

    def test_a_suspended_person(self, service: App, ada: User) -> None:
        token = create_subject_token(by="test", user=ada)
        User.objects.update(is_suspended=True)
        refused(exchange(service, token, IMPERSONATION), "invalid_request")


class TestPersonalAccessTokens:
    def test_again_and_again_until_it_is_deleted(self, service: App, ada: User) -> None:
        token = create_personal_access_token(by="test", user=ada, name="ci")
        assert token.startswith("pat_")
        assert len(token) == 36
        assert [exchange(service, token, PERSONAL).status_code for _ in range(2)] == [200, 200]
        delete_personal_access_token(by="test", token=PersonalAccessToken.objects.get())
        refused(exchange(service, token, PERSONAL), "invalid_request")

    def test_until_it_expires(self, service: App, ada: User) -> None:
        expires_at = timezone.now() + timedelta(hours=1)
        token = create_personal_access_token(by="test", user=ada, name="ci", expires_at=expires_at)
        assert exchange(service, token, PERSONAL).status_code == 200
        PersonalAccessToken.objects.update(expires_at=timezone.now())
        refused(exchange(service, token, PERSONAL), "invalid_request")

    def test_a_suspended_person(self, service: App, ada: User) -> None:
        token = create_personal_access_token(by="test", user=ada, name="ci")
        User.objects.update(is_suspended=True)
        refused(exchange(service, token, PERSONAL), "invalid_request")

    def test_names_and_times(self, ada: User) -> None:
        create_personal_access_token(by="test", user=ada, name="ci")
        with pytest.raises(PersonalAccessTokenNameTaken):
            create_personal_access_token(by="test", user=ada, name="ci")
        with pytest.raises(PersonalAccessTokenExpiresInThePast):
            create_personal_access_token(by="test", user=ada, name="old", expires_at=timezone.now())

    def test_it_is_encrypted_and_no_access_token(self, service: App, ada: User) -> None:

        token = create_personal_access_token(by="test", user=ada, name="ci")
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, value FROM tokens_personalaccesstoken")
            assert token not in str(cursor.fetchall())
        assert PersonalAccessToken.objects.get().value == token
        assert service.userinfo(token).status_code == 401
        refused(exchange(service, token, ACCESS_TOKEN), "invalid_request")


class TestOpaqueAccessTokens:
    def test_what_is_learned_about_the_person_is_never_more(self, service: App, app: App, ada: User) -> None:
        code = app.sign_in_with_password("ada", PASSWORD, scope="openid email")["code"]
        token = app.exchange(code).json()["access_token"]
        body = exchange(service, token, scope="openid email phone").json()
        assert body["scope"] == "openid email"

    def test_it_ends_with_the_grant_of_the_first(self, service: App, signed_in: dict[str, Any]) -> None:
        token = exchange(service, signed_in["access_token"], scope="openid").json()["access_token"]
        assert service.userinfo(token).status_code == 200
        revoke_grant(grant=Grant.objects.get(), reason="test")
        assert service.userinfo(token).status_code == 401
        refused(exchange(service, signed_in["access_token"]), "invalid_request")

    @pytest.mark.parametrize("changes", [{}, {"resource": API}])
    def test_it_does_not_outlive_the_first(
        self, service: App, signed_in: dict[str, Any], changes: dict[str, str]
    ) -> None:
        AccessToken.objects.update(expires=timezone.now() + timedelta(seconds=60))
        assert 50 < exchange(service, signed_in["access_token"], **changes).json()["expires_in"] <= 60

    def test_of_a_third_party(self, service: App, signed_in: dict[str, Any]) -> None:
        Application.objects.filter(pk="bookstore").update(is_third_party=True)
        clients.get("bookstore", fresh=True)
        refused(exchange(service, signed_in["access_token"]), "invalid_request")

    def test_of_a_suspended_person(self, service: App, signed_in: dict[str, Any]) -> None:
        User.objects.update(is_suspended=True)
        refused(exchange(service, signed_in["access_token"]), "invalid_request")


class TestJwts:
    def test_from_api_to_api(self, service: App, app: App, ada: User) -> None:
        save_resource(by="test", name="Other", indicator="https://other.example")
        claims = claims_of(exchange(service, api_token(app), resource="https://other.example").json()["access_token"])
        assert (claims["aud"], claims["sub"], claims["client_id"]) == ("https://other.example", ada.pk, "service")

    def test_it_gives_no_facts_about_the_person(self, service: App, app: App, ada: User) -> None:
        body = exchange(service, api_token(app), scope="openid email").json()
        assert body["scope"] == ""
        assert service.userinfo(body["access_token"]).status_code == 403

    def test_it_cannot_be_prolonged(self, service: App, app: App, ada: User) -> None:
        token = api_token(app)
        with time_machine.travel(timezone.now() + timedelta(seconds=590)):
            assert exchange(service, token, resource=API).json()["expires_in"] <= 10
        with time_machine.travel(timezone.now() + timedelta(seconds=601)):
            refused(exchange(service, token, resource=API), "invalid_request")

    def test_of_a_third_party_or_a_deleted_application(self, service: App, app: App, ada: User) -> None:
        token = api_token(app)
        Application.objects.filter(pk="bookstore").update(is_third_party=True)
        clients.get("bookstore", fresh=True)
        refused(exchange(service, token, resource=API), "invalid_request")
        delete_application(by="test", application=Application.objects.get(pk="bookstore"))
        clients.get("bookstore", fresh=True)
        refused(exchange(service, token, resource=API), "invalid_request")

    def test_of_a_suspended_person(self, service: App, app: App, ada: User) -> None:
        token = api_token(app)
        User.objects.update(is_suspended=True)
        refused(exchange(service, token, resource=API), "invalid_request")

    def test_of_a_grant_that_has_ended(self, service: App, app: App, ada: User) -> None:
        token = api_token(app)
        exchanged = exchange(service, token, resource=API).json()["access_token"]
        opaque = exchange(service, token).json()["access_token"]
        revoke_grant(grant=Grant.objects.get(), reason="test")
        for one in (token, exchanged, opaque):
            refused(exchange(service, one, resource=API), "invalid_request")

    def test_of_a_session_that_has_ended(self, service: App, app: App, ada: User) -> None:
        code = app.sign_in_with_password("ada", PASSWORD, resource=API, scope="openid")["code"]
        token = app.exchange(code, resource=API).json()["access_token"]
        assert exchange(service, token, resource=API).status_code == 200
        app.browser.get("/oidc/session/end")
        refused(exchange(service, token, resource=API), "invalid_request")

    def test_of_a_person_who_is_erased(self, service: App, app: App, ada: User) -> None:
        token = api_token(app)
        ada.delete()
        refused(exchange(service, token, resource=API), "invalid_request")

    def test_of_a_release_that_named_no_grant(self, service: App, app: App, ada: User) -> None:
        """For the hour that those live after an upgrade."""
        claims = {name: value for name, value in claims_of(api_token(app)).items() if name != "grant_id"}
        token = keystore().signer("ES384").sign(claims, typ="at+jwt")
        assert exchange(service, token, resource=API).status_code == 200

    def test_of_a_machine(self, service: App) -> None:
        User.objects.create(pk="service", username="namesake")  # a person whose ID is the client's
        token = service.token(grant_type="client_credentials", resource=API).json()["access_token"]
        refused(exchange(service, token, resource=API), "invalid_request")

    def test_an_id_token_is_no_access_token(self, service: App, signed_in: dict[str, Any]) -> None:
        refused(exchange(service, signed_in["id_token"], resource=API), "invalid_request")

    @pytest.mark.parametrize("forge", ["none", "hs256", "other key", "changed", "json"])
    def test_forgeries(self, service: App, app: App, ada: User, forge: str) -> None:
        token = api_token(app)
        assert exchange(service, token, resource=API).status_code == 200
        refused(exchange(service, _forged(token, forge), resource=API), "invalid_request")


def _forged(token: str, how: str) -> str:
    header, payload, signature = token.split(".")
    if how == "none":
        return f"{_encode({'alg': 'none', 'typ': 'at+jwt'})}.{payload}."
    if how == "changed":
        return f"{header}.{_encode({**claims_of(token), 'exp': int(time.time()) + 9999})}.{signature}"
    if how == "json":
        return json.dumps({"protected": header, "payload": payload, "signature": signature})
    if how == "hs256":
        public = next(key for key in json.loads(keystore().jwks)["keys"] if key["alg"] == "RS256")
        pem = jwk.JWK(**public).export_to_pem()
        key, alg = jwk.JWK(kty="oct", k=base64.urlsafe_b64encode(pem).rstrip(b"=").decode()), "HS256"
    else:
        key, alg = jwk.JWK.generate(kty="EC", crv="P-384"), "ES384"
    made = jws.JWS(json.dumps(claims_of(token)))
    made.add_signature(key, protected=json.dumps({"alg": alg, "typ": "at+jwt", "kid": header_of(token)["kid"]}))
    return str(made.serialize(compact=True))


def _encode(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class TestActors:
    @pytest.fixture
    def agent(self, db: Any) -> User:
        return User.objects.create(username="agent")

    def acting(self, user: User, scope: str = "openid") -> dict[str, str]:
        """The access token of somebody who acts, got by an exchange of their own."""
        token = create_personal_access_token(by="test", user=user, name=f"{user.pk} {scope}")
        answer = exchange(App("service", "", secret="s" * 32), token, PERSONAL, scope=scope).json()
        return {"actor_token": answer["access_token"], "actor_token_type": ACCESS_TOKEN}

    def test_act_names_who_acts(self, service: App, ada: User, agent: User) -> None:
        token = create_subject_token(by="test", user=ada)
        body = exchange(service, token, IMPERSONATION, resource=API, **self.acting(agent)).json()
        claims = claims_of(body["access_token"])
        assert (claims["sub"], claims["act"]) == (ada.pk, {"sub": agent.pk})
        assert Event.objects.filter(key="token.exchanged").latest("pk").data["actor"] == agent.pk

    def test_who_acted_before_is_not_forgotten(self, service: App, ada: User, agent: User) -> None:
        token = create_subject_token(by="test", user=ada)
        first = exchange(service, token, IMPERSONATION, resource=API, **self.acting(agent)).json()["access_token"]
        plain = exchange(service, first, resource=API).json()["access_token"]
        assert claims_of(plain)["act"] == {"sub": agent.pk}
        other = User.objects.create(username="other")
        chained = exchange(service, first, resource=API, **self.acting(other)).json()["access_token"]
        assert claims_of(chained)["act"] == {"sub": other.pk, "act": {"sub": agent.pk}}

    def test_an_actor_needs_openid(self, service: App, ada: User, agent: User) -> None:
        token = create_subject_token(by="test", user=ada)
        answer = exchange(service, token, IMPERSONATION, resource=API, **self.acting(agent, "profile"))
        refused(answer, "invalid_request")

    def test_a_subject_token_is_no_actor(self, service: App, ada: User, agent: User) -> None:
        actor = create_subject_token(by="test", user=agent)
        answer = exchange(
            service, create_subject_token(by="test", user=ada), IMPERSONATION, actor_token=actor,
            actor_token_type=ACCESS_TOKEN,
        )  # fmt: skip
        refused(answer, "invalid_request")

    def test_nobody_names_an_actor_by_a_parameter(self, service: App, ada: User) -> None:
        token = create_personal_access_token(by="test", user=ada, name="ci")
        jwt = exchange(service, token, PERSONAL, resource=API, act="x", subject="x").json()["access_token"]
        assert "act" not in claims_of(jwt)
        jwt = service.token(grant_type="client_credentials", resource=API, act="x").json()["access_token"]
        assert "act" not in claims_of(jwt)


class TestWhatEndsAnExchangedToken:
    @pytest.fixture
    def token(self, service: App, ada: User) -> str:
        subject = create_subject_token(by="test", user=ada)
        return str(exchange(service, subject, IMPERSONATION, scope="openid").json()["access_token"])

    def test_suspending_the_person(self, service: App, token: str) -> None:
        assert service.userinfo(token).status_code == 200
        User.objects.update(is_suspended=True)
        assert service.userinfo(token).status_code == 401

    def test_deleting_the_application(self, service: App, token: str) -> None:
        delete_application(by="test", application=Application.objects.get(pk="service"))
        assert service.userinfo(token).status_code == 401

    def test_revoking_it(self, service: App, token: str) -> None:
        body = {"client_id": "service", "client_secret": "s" * 32, "token": token}
        assert service.browser.post("/oidc/token/introspection", body).json()["active"] is True
        assert service.browser.post("/oidc/token/revocation", body).status_code == 200
        assert service.userinfo(token).status_code == 401
        assert service.browser.post("/oidc/token/introspection", body).json() == {"active": False}

    def test_revoking_it_leaves_the_grant_of_the_other_application(
        self, service: App, app: App, signed_in: dict[str, Any]
    ) -> None:
        token = exchange(service, signed_in["access_token"], scope="openid").json()["access_token"]
        body = {"client_id": "service", "client_secret": "s" * 32, "token": token}
        service.browser.post("/oidc/token/revocation", body)
        assert service.userinfo(token).status_code == 401
        assert app.userinfo(signed_in["access_token"]).status_code == 200


def test_discovery_names_it(service: App) -> None:
    document = service.browser.get("/oidc/.well-known/openid-configuration").json()
    assert TOKEN_EXCHANGE in document["grant_types_supported"]
