"""Sessions and connected applications of a person, and the end of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from idp.applications.models import Application
from idp.applications.services import create_application
from idp.audit.models import Event
from idp.lib.browsers import browser_in_words
from idp.signin.models import Session
from idp.tokens.consents import has_consented, remember_consent
from idp.tokens.models import Grant
from idp.users.models import User
from idp.users.services import create_user
from tests.console.pages import page
from tests.console.people import staff_client

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PASSWORD = "correct horse battery"


@pytest.fixture
def client(db: None) -> Client:
    return staff_client()


@pytest.fixture
def grace(db: None) -> User:
    return create_user(by="test", username="grace", name="Grace Hopper")


@pytest.fixture
def shop(db: None) -> Application:
    return create_application(by="test", name="Shop", type="SPA", is_third_party=True)


def url(user: User, action: str = "") -> str:
    return f"/console/users/{user.pk}{action}"


def session(user: User, key: str = "a", *, ends_in: int = 60, **values: Any) -> Session:
    expires_at = timezone.now() + timedelta(seconds=ends_in)
    return Session.objects.create(id=key * 64, user=user, auth_time=1, expires_at=expires_at, **values)


def grant(user: User, application: Application, scope: str = "openid profile") -> Grant:
    expires_at = timezone.now() + timedelta(days=1)
    return Grant.objects.create(user=user, application=application, scope=scope, auth_time=1, expires_at=expires_at)


def actor(client: Client) -> str:
    return f"user:{client.session['_auth_user_id']}"


class TestSessions:
    def test_the_live_ones_are_shown(self, client: Client, grace: User) -> None:
        session(grace, "a", address="203.0.113.5", user_agent=FIREFOX)
        session(grace, "b", ends_in=0, address="203.0.113.6")
        session(create_user(by="test", username="other"), "c", address="203.0.113.7")
        text = page(client.get(url(grace, "/sessions")))
        assert "Firefox on Windows" in text
        assert "203.0.113.5" in text
        assert "203.0.113.6" not in text
        assert "203.0.113.7" not in text

    def test_none(self, client: Client, grace: User) -> None:
        text = page(client.get(url(grace, "/sessions")))
        assert "Not signed in anywhere." in text
        assert "End all sessions" not in text

    def test_end_one(self, client: Client, grace: User) -> None:
        ended, kept = session(grace, "a"), session(grace, "b")
        response = client.post(url(grace, f"/sessions/{ended.sid}/end"))
        assert response["Location"] == url(grace, "/sessions")
        assert list(Session.objects.all()) == [kept]
        assert Event.objects.get(key="user.signed_out").actor == actor(client)
        assert "is signed out of that browser" in page(client.get(url(grace, "/sessions")))

    def test_end_it_twice(self, client: Client, grace: User) -> None:
        ended = session(grace)
        for _ in range(2):
            response = client.post(url(grace, f"/sessions/{ended.sid}/end"), follow=True)
        assert "This session has ended already." in page(response)
        assert Event.objects.filter(key="user.signed_out").count() == 1

    def test_a_session_of_somebody_else_stays(self, client: Client, grace: User) -> None:
        theirs = session(create_user(by="test", username="other"))
        client.post(url(grace, f"/sessions/{theirs.sid}/end"))
        assert Session.objects.exists()

    def test_end_all(self, client: Client, grace: User) -> None:
        session(grace, "a")
        session(grace, "b")
        kept = session(create_user(by="test", username="other"), "c")
        assert client.post(url(grace, "/sessions/end"))["Location"] == url(grace, "/sessions")
        assert list(Session.objects.all()) == [kept]
        assert "Grace Hopper is signed out everywhere." in page(client.get(url(grace, "/sessions")))


class TestConnections:
    def test_shown_with_scopes(self, client: Client, grace: User, shop: Application) -> None:
        grant(grace, shop, "openid profile")
        grant(grace, shop, "openid email")
        text = page(client.get(url(grace, "/sessions")))
        assert "openid profile email" in text
        assert text.count(f'href="/console/applications/{shop.pk}"') == 1

    def test_none(self, client: Client, grace: User) -> None:
        assert "No application has access to this account." in page(client.get(url(grace, "/sessions")))

    def test_the_demo_app_has_no_page_to_link_to(self, client: Client, grace: User) -> None:
        grant(grace, Application.objects.get(pk="demo-app"))
        text = page(client.get(url(grace, "/sessions")))
        assert "/applications/demo-app/revoke" in text
        assert 'href="/console/applications/demo-app"' not in text

    def test_revoke(self, client: Client, grace: User, shop: Application) -> None:
        other = create_user(by="test", username="other")
        grant(grace, shop)
        kept = grant(other, shop)
        remember_consent(user=grace, application=shop, scopes=["profile"], resource=[])
        assert client.post(url(grace, f"/applications/{shop.pk}/revoke"))["Location"] == url(grace, "/sessions")
        assert list(Grant.objects.filter(revoked_at=None)) == [kept]
        assert not has_consented(user=grace, application=shop, scopes=["profile"], resource=[])
        assert Event.objects.get(key="user.application_access_revoked").actor == actor(client)
        assert "Shop no longer has access to this account." in page(client.get(url(grace, "/sessions")))

    def test_unknown_applications_are_not_found(self, client: Client, grace: User) -> None:
        assert client.post(url(grace, "/applications/nothing/revoke")).status_code == 404


def test_nothing_happens_by_link(client: Client, grace: User, shop: Application) -> None:
    one = session(grace)
    for action in ("/sessions/end", f"/sessions/{one.sid}/end", f"/applications/{shop.pk}/revoke"):
        assert client.get(url(grace, action)).status_code == 405
    assert Session.objects.exists()


def test_unknown_people_are_not_found(client: Client, shop: Application) -> None:
    for action in ("sessions/end", "sessions/abc/end", f"applications/{shop.pk}/revoke"):
        assert client.post(f"/console/users/nobody/{action}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number(
    client: Client, grace: User, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        application = create_application(by="test", name=f"App {number}", type="SPA", is_third_party=True)
        session(grace, "abc"[number], user_agent=FIREFOX)
        grant(grace, application)
        remember_consent(user=grace, application=application, scopes=["profile"], resource=[])
    with django_assert_num_queries(11):
        client.get(url(grace, "/sessions"))


class TestAccounts:
    @pytest.mark.parametrize("data", [{"password": PASSWORD}, {"generate": "1"}])
    def test_a_new_password_ends_the_sessions(self, client: Client, grace: User, data: dict[str, str]) -> None:
        session(grace)
        client.post(url(grace, "/password"), data)
        assert not Session.objects.exists()

    def test_a_refused_password_ends_none(self, client: Client, grace: User) -> None:
        session(grace)
        client.post(url(grace, "/password"), {"password": "12345678"})
        assert Session.objects.exists()

    def test_suspending_ends_the_sessions(self, client: Client, grace: User) -> None:
        session(grace)
        client.post(url(grace, "/suspend"))
        assert not Session.objects.exists()

    def test_the_last_administrator_keeps_theirs(self, client: Client) -> None:
        admin = User.objects.administrators().get()
        session(admin)
        client.post(url(admin, "/suspend"))
        assert Session.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36", "Samsung Internet on Android"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148", "An app or browser on iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "Unknown"),
    ],
)  # fmt: skip
def test_browsers_in_words(user_agent: str, words: str) -> None:
    assert browser_in_words(user_agent) == words
