"""An administrator acts as a person (docs/adr/0014-impersonation.md): what the token gives, and what it does not."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from idp.applications.models import TOKEN_EXCHANGE, Application
from idp.applications.services import create_application, create_secret, update_application
from idp.audit.models import Event
from idp.authorization.services import save_resource
from idp.signin.account_center import update_account_center
from idp.signin.models import Session
from idp.tokens.errors import ApplicationCannotExchange, CannotImpersonate
from idp.tokens.exchange import create_personal_access_token, create_subject_token
from idp.tokens.impersonation import impersonate
from idp.tokens.models import AccessToken, RefreshToken, SubjectToken
from idp.users import staff
from idp.users.models import StaffRole, User
from idp.users.services import create_administrator, create_user
from tests.conftest import PASSWORD
from tests.protocol.client import App, claims_of, refused
from tests.protocol.token_exchange import ACCESS_TOKEN, API, IMPERSONATION, PERSONAL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _resource(db: Any) -> None:
    save_resource(by="test", name="API", indicator=API, access_token_ttl=3600)


def machine(name: str) -> App:
    application = create_application(
        by="test", name=name, type="MachineToMachine", client_id=name, with_secret=False, allow_token_exchange=True
    )
    create_secret(by="test", application=application, name="one", value="s" * 32)
    return App(name, "", secret="s" * 32)


@pytest.fixture
def service(db: Any) -> App:
    return machine("service")


@pytest.fixture
def olga(db: Any) -> User:
    return create_administrator(by="test", username="olga", password=PASSWORD, role=StaffRole.ADMIN)


def subject_token(olga: User, user: User, application: str = "service") -> str:
    chosen = Application.objects.get(pk=application)
    return impersonate(by=olga, user=user, application=chosen, reason="Ticket 4711: nothing opens")


def exchange(app: App, token: str, token_type: str = IMPERSONATION, **changes: str) -> Any:
    body = {"grant_type": TOKEN_EXCHANGE, "subject_token": token, "subject_token_type": token_type, **changes}
    return app.token(**body)


@pytest.fixture
def acting(service: App, olga: User, ada: User) -> str:
    """An opaque access token of Ada with which Olga acts."""
    answer = exchange(service, subject_token(olga, ada), scope="openid profile email identities")
    return str(answer.json()["access_token"])


def introspected(app: App, token: str) -> dict[str, Any]:
    body = {"client_id": app.client_id, "client_secret": "s" * 32, "token": token}
    answer: dict[str, Any] = app.browser.post("/oidc/token/introspection", body).json()
    return answer


class TestWhatItGives:
    def test_a_jwt_says_who_acts(self, service: App, olga: User, ada: User) -> None:
        body = exchange(service, subject_token(olga, ada), resource=API).json()
        claims = claims_of(body["access_token"])
        assert (claims["sub"], claims["act"], claims["client_id"]) == (ada.pk, {"sub": olga.pk}, "service")
        assert claims["exp"] - claims["iat"] <= 600
        assert body.keys() == {"access_token", "expires_in", "token_type", "scope", "issued_token_type"}
        assert not RefreshToken.objects.exists()

    def test_an_opaque_token_says_it_at_the_introspection(
        self, service: App, olga: User, ada: User, acting: str
    ) -> None:
        found = introspected(service, acting)
        assert (found["active"], found["sub"], found["act"]) == (True, ada.pk, {"sub": olga.pk})
        assert service.userinfo(acting).json()["sub"] == ada.pk

    def test_a_token_of_the_person_says_nothing_of_the_kind(self, service: App, ada: User) -> None:
        own = exchange(service, create_subject_token(by="test", user=ada), scope="openid").json()["access_token"]
        assert "act" not in introspected(service, own)

    def test_no_refresh_token_even_when_it_is_asked_for(self, service: App, olga: User, ada: User) -> None:
        body = exchange(service, subject_token(olga, ada), scope="openid offline_access").json()
        assert "refresh_token" not in body
        assert not RefreshToken.objects.exists()

    def test_it_is_in_the_log_with_reason_and_actor(self, service: App, olga: User, ada: User, acting: str) -> None:
        event = Event.objects.get(key="user.impersonated")
        assert (event.actor, event.target, event.application) == (olga.audit_name, ada.audit_name, "service")
        assert event.data["given_reason"] == "Ticket 4711: nothing opens"
        assert Event.objects.get(key="token.exchanged").data["actor"] == olga.pk
        assert not [one for one in Event.objects.all() if "sub_" in str(one.data) or acting in str(one.data)]


class TestHowLong:
    def test_the_token_is_good_once(self, service: App, olga: User, ada: User) -> None:
        token = subject_token(olga, ada)
        assert exchange(service, token).status_code == 200
        refused(exchange(service, token), "invalid_request")

    def test_for_ten_minutes(self, service: App, olga: User, ada: User) -> None:
        token = subject_token(olga, ada)
        with time_machine.travel(timezone.now() + timedelta(seconds=601)):
            refused(exchange(service, token), "invalid_request")

    def test_what_it_gives_lasts_ten_minutes_and_is_not_prolonged(self, service: App, acting: str) -> None:
        with time_machine.travel(timezone.now() + timedelta(seconds=590)):
            again = exchange(service, acting, ACCESS_TOKEN, scope="openid").json()
            assert again["expires_in"] <= 10
        with time_machine.travel(timezone.now() + timedelta(seconds=601)):
            assert service.userinfo(acting).status_code == 401
            refused(exchange(service, acting, ACCESS_TOKEN), "invalid_request")

    @pytest.mark.parametrize("end", ["demoted", "removed", "suspended", "promoted", "person suspended"])
    def test_a_change_in_between_counts(self, service: App, olga: User, ada: User, end: str) -> None:
        create_administrator(by="test", username="owner", password=PASSWORD)
        token = subject_token(olga, ada)
        if end == "demoted":
            staff.set_role(by="test", user=olga, role=StaffRole.SUPPORT)
        elif end == "removed":
            staff.remove_access(by="test", user=olga)
        elif end == "promoted":
            staff.set_role(by="test", user=ada, role=StaffRole.AUDITOR)
        else:
            User.objects.filter(pk=(olga if end == "suspended" else ada).pk).update(is_suspended=True)
        refused(exchange(service, token), "invalid_request")
        assert SubjectToken.objects.get().consumed_at is None


class TestWhoAndWhere:
    def test_another_application_cannot_take_it(self, service: App, olga: User, ada: User) -> None:
        other = machine("other")
        token = subject_token(olga, ada)
        refused(exchange(other, token), "invalid_request")
        refused(exchange(other, token, ACCESS_TOKEN), "invalid_request")
        assert exchange(service, token).status_code == 200

    @pytest.mark.parametrize("role", [StaffRole.AUDITOR, StaffRole.SUPPORT])
    def test_not_every_administrator_may(self, service: App, ada: User, role: StaffRole) -> None:
        helper = create_administrator(by="test", username="helper", password=PASSWORD, role=role)
        with pytest.raises(CannotImpersonate):
            subject_token(helper, ada)

    def test_somebody_without_a_role_may_not(self, service: App, ada: User) -> None:
        with pytest.raises(CannotImpersonate):
            subject_token(create_user(by="test", username="carl"), ada)

    def test_nobody_acts_as_an_administrator(self, service: App, olga: User) -> None:
        owner = create_administrator(by="test", username="owner", password=PASSWORD)
        for by, user in ((olga, owner), (owner, olga), (owner, owner)):
            with pytest.raises(CannotImpersonate):
                subject_token(by, user)
        assert not SubjectToken.objects.exists()

    def test_only_where_tokens_may_be_exchanged(self, service: App, olga: User, ada: User) -> None:
        update_application(by="test", application=Application.objects.get(pk="service"), allow_token_exchange=False)
        with pytest.raises(ApplicationCannotExchange):
            subject_token(olga, ada)


class TestWhoActsIsNeverForgotten:
    def test_through_opaque_tokens(self, service: App, olga: User, acting: str) -> None:
        again = exchange(service, acting, ACCESS_TOKEN, scope="openid").json()["access_token"]
        assert introspected(service, again)["act"] == {"sub": olga.pk}
        jwt = exchange(machine("other"), again, ACCESS_TOKEN, resource=API).json()["access_token"]
        assert claims_of(jwt)["act"] == {"sub": olga.pk}

    def test_whom_they_act_as_acts_for_nobody(self, service: App, ada: User, acting: str) -> None:
        carl = create_user(by="test", username="carl")
        token = create_subject_token(by="test", user=carl)
        refused(exchange(service, token, actor_token=acting, actor_token_type=ACCESS_TOKEN), "invalid_request")

    def test_a_further_actor_stands_before_them(self, service: App, olga: User, ada: User) -> None:
        agent = create_user(by="test", username="agent")
        pat = create_personal_access_token(by="test", user=agent, name="x")
        actor = exchange(service, pat, PERSONAL, scope="openid").json()["access_token"]
        body = exchange(
            service, subject_token(olga, ada), resource=API, actor_token=actor, actor_token_type=ACCESS_TOKEN
        ).json()
        assert claims_of(body["access_token"])["act"] == {"sub": agent.pk, "act": {"sub": olga.pk}}


class TestAccountApi:
    """They look, and change nothing."""

    @pytest.fixture(autouse=True)
    def _enabled(self, db: Any) -> None:
        update_account_center(by="test", enabled=True)

    def call(self, token: str, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        return getattr(Client(), method)(f"/api{path}", body, content_type="application/json", headers=headers)

    def test_reading(self, ada: User, acting: str) -> None:
        answer = self.call(acting, "get", "/my-account")
        assert (answer.status_code, answer.json()["id"]) == (200, ada.pk)

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("patch", "/my-account", {"name": "Mallory"}),
            ("patch", "/my-account/profile", {"givenName": "Mallory"}),
            ("post", "/my-account/password", {"password": "another fine secret"}),
            ("delete", "/my-account/primary-email", None),
            ("delete", "/my-account", None),
            ("post", "/my-account/mfa-verifications/totp-secret/generate", None),
            ("post", "/verifications/password", {"password": PASSWORD}),
            ("post", "/verifications/verification-code", {"identifier": {"type": "email", "value": "x@example.com"}}),
        ],
    )
    def test_changing(self, ada: User, acting: str, method: str, path: str, body: Any) -> None:
        before = User.objects.values().get(pk=ada.pk)
        events = Event.objects.count()
        answer = self.call(acting, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden")
        assert User.objects.values().get(pk=ada.pk) == before
        assert Event.objects.count() == events

    def test_what_takes_a_proof_takes_more_than_having_none(self, service: App, olga: User) -> None:
        """Somebody who cannot prove themself need not; whoever acts for them has to, and cannot."""
        bare = create_user(by="test", username="bare")
        token = exchange(service, subject_token(olga, bare), scope="openid").json()["access_token"]
        assert self.call(token, "get", "/my-account/data").status_code == 403
        own = exchange(service, create_subject_token(by="test", user=bare), scope="openid").json()["access_token"]
        assert self.call(own, "get", "/my-account/data").status_code == 200

    def test_an_actor_of_any_kind(self, service: App, ada: User) -> None:
        agent = create_user(by="test", username="agent")
        pat = create_personal_access_token(by="test", user=agent, name="x")
        actor = exchange(service, pat, PERSONAL, scope="openid").json()["access_token"]
        token = create_subject_token(by="test", user=ada)
        acting = exchange(service, token, scope="openid profile", actor_token=actor, actor_token_type=ACCESS_TOKEN)
        answer = self.call(acting.json()["access_token"], "patch", "/my-account", {"name": "Mallory"})
        assert answer.status_code == 403


def test_no_session_is_made(service: App, olga: User, ada: User, acting: str) -> None:
    assert not Session.objects.exists()
    assert AccessToken.objects.get().grant is None
    ada.refresh_from_db()
    assert ada.last_sign_in_at is None
