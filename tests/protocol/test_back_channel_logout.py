"""OpenID Connect Back-Channel Logout 1.0: the applications of a session hear that it has ended."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest
from django.utils import timezone
from pytest_django import Settings

from idp.applications.models import Application
from idp.applications.services import update_application
from idp.signin import sessions
from idp.signin.models import Session
from idp.tokens import logout
from idp.tokens.keys import read_own_token
from idp.tokens.models import Grant, LogoutNotice
from tests.conftest import PASSWORD
from tests.protocol.client import App, claims_of, header_of

pytestmark = pytest.mark.django_db


class Receiver(BaseHTTPRequestHandler):
    bodies: ClassVar[list[dict[str, list[str]]]] = []
    status: ClassVar[int] = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.bodies.append(parse_qs(body))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def receiver(app: App, native: Application) -> Iterator[type[Receiver]]:
    Receiver.bodies, Receiver.status = [], 200
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    update_application(
        by="x", application=native, backchannel_logout_uri=f"http://127.0.0.1:{server.server_port}/logout",
        backchannel_logout_session_required=True,
    )  # fmt: skip
    yield Receiver
    server.shutdown()
    server.server_close()


def test_the_application_is_told(app: App, receiver: type[Receiver], signed_in: dict[str, Any]) -> None:
    app.browser.get("/oidc/session/end?client_id=bookstore")
    assert logout.deliver_due() == 1
    (body,) = receiver.bodies
    assert body.keys() == {"logout_token"}
    (token,) = body["logout_token"]
    assert read_own_token(token) is not None
    assert header_of(token)["typ"] == "logout+jwt"
    claims, id_token = claims_of(token), claims_of(signed_in["id_token"])
    assert claims.keys() == {"iss", "aud", "iat", "exp", "jti", "events", "sub", "sid"}
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert (claims["sub"], claims["sid"], claims["aud"]) == (id_token["sub"], id_token["sid"], "bookstore")
    assert LogoutNotice.objects.get().delivered_at is not None
    assert logout.deliver_due() == 0


def test_it_is_tried_again_with_pauses_and_given_up(
    app: App, receiver: type[Receiver], signed_in: dict[str, Any]
) -> None:
    receiver.status = 500
    app.browser.get("/oidc/session/end?client_id=bookstore")
    for attempt in range(8):
        assert logout.deliver_due() == 1
        assert logout.deliver_due() == 0  # not before its pause is over
        LogoutNotice.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
        assert len(receiver.bodies) == attempt + 1
    notice = LogoutNotice.objects.get()
    assert notice.given_up_at is not None
    assert "500" in notice.last_error
    assert logout.deliver_due() == 0


def test_private_addresses_are_refused_unless_allowed(
    app: App, receiver: type[Receiver], signed_in: dict[str, Any], settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    app.browser.get("/oidc/session/end?client_id=bookstore")
    logout.deliver_due()
    assert receiver.bodies == []
    assert "private network" in LogoutNotice.objects.get().last_error


def test_an_administrator_ends_a_session(receiver: type[Receiver], signed_in: dict[str, Any]) -> None:
    sessions.end_session(by="user:admin", session=Session.objects.get())
    assert logout.deliver_due() == 1


def test_applications_that_do_not_ask_are_not_told(app: App, signed_in: dict[str, Any]) -> None:
    app.browser.get("/oidc/session/end?client_id=bookstore")
    assert not LogoutNotice.objects.exists()


def test_grants_without_offline_access_end_with_the_session(app: App, ada: Any) -> None:
    code = app.sign_in_with_password("ada", PASSWORD, scope="openid profile")["code"]
    token = app.exchange(code).json()["access_token"]
    app.browser.get("/oidc/session/end?client_id=bookstore")
    assert app.userinfo(token).status_code == 401
    assert Grant.objects.get().revoked_at is not None


def test_a_permission_whose_name_has_offline_access_in_it_is_something_else(app: App, ada: Any) -> None:
    app.sign_in_with_password("ada", PASSWORD, scope="openid profile")
    Grant.objects.update(scope="openid read:offline_access_log")
    app.browser.get("/oidc/session/end?client_id=bookstore")
    assert Grant.objects.get().revoked_at is not None
