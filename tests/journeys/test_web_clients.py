"""The other unmodified SDKs: a single page app on @logto/browser, a web app on @logto/node."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.harness import documents, sdk
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.journey import sign_up_by_text
from tests.journeys.harness.live_server import LiveServer

SPA_ID, WEB_ID, WEB_SECRET = "catalogspa00000000001", "backofficeweb00000001", "backoffice-secret-0123456789abcd"


class SpaHandler(BaseHTTPRequestHandler):
    """Every path is the same page, as single page apps have it."""

    def __init__(self, endpoint: str, *arguments: Any) -> None:
        self.endpoint = endpoint
        super().__init__(*arguments)

    def do_GET(self) -> None:
        if self.path == "/spa_app.js":
            self._answer("text/javascript", sdk.bundle("spa_app.js"))
            return
        config = json.dumps({"endpoint": self.endpoint, "appId": SPA_ID, "scopes": ["phone"]})
        self._answer(
            "text/html; charset=utf-8",
            '<!doctype html><html lang="en"><title>Catalog</title><link rel="icon" href="data:,">'
            '<button id="sign-in">Sign in</button><button id="sign-out">Sign out</button><output></output>'
            f'<script type="application/json" id="config">{config}</script>'
            '<script type="module" src="/spa_app.js"></script></html>',
        )

    def _answer(self, content_type: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server(live_server_process: LiveServer) -> LiveServer:
    live_server_process.apply({"signInExperience": documents.PHONE_CODE})
    return live_server_process


@pytest.fixture
def spa(server: LiveServer, inbox: Inbox) -> Iterator[str]:
    site = ThreadingHTTPServer(("127.0.0.1", 0), partial(SpaHandler, server.url))
    thread = threading.Thread(target=site.serve_forever, args=(0.02,))
    thread.start()
    address = f"http://127.0.0.1:{site.server_port}"
    app = documents.web_app(SPA_ID, "Catalog", "SPA", redirect_uri=f"{address}/callback", signed_out=address)
    server.apply(documents.everything_but_the_experience(inbox.smtp, [app]))
    yield address
    site.shutdown()
    thread.join()
    site.server_close()


@pytest.fixture
def web_app(server: LiveServer, inbox: Inbox) -> Iterator[str]:
    with sdk.node_server(endpoint=server.url, app_id=WEB_ID, app_secret=WEB_SECRET) as address:
        app = documents.web_app(
            WEB_ID,
            "Back office",
            "Traditional",
            redirect_uri=f"{address}/sign-in-callback",
            signed_out=address,
            secrets=[{"name": "Default secret", "value": WEB_SECRET}],
        )
        server.apply(documents.everything_but_the_experience(inbox.smtp, [app]))
        yield address


def test_a_single_page_app_signs_in_and_out(spa: str, page: Page, inbox: Inbox) -> None:
    number = inbox.new_phone_number()
    page.goto(spa)
    page.get_by_role("button", name="Sign in").click()
    sign_up_by_text(page, inbox, number)
    answer = page.get_by_role("status")
    expect(answer).to_contain_text(f"1{number}")
    shown = json.loads(answer.inner_text())
    assert shown["claims"]["sub"] == shown["userinfo"]["sub"]
    assert shown["accessToken"]

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{spa}/")
    expect(answer).to_have_text("null")


def test_a_web_app_with_a_secret_signs_in_and_out(web_app: str, page: Page, inbox: Inbox) -> None:
    page.goto(f"{web_app}/sign-in")
    sign_up_by_text(page, inbox, inbox.new_phone_number())
    page.wait_for_url(f"{web_app}/account")
    context = json.loads(page.locator("body").inner_text())
    assert context["isAuthenticated"] is True
    assert context["claims"]["aud"] == WEB_ID
    assert context["userInfo"]["sub"] == context["claims"]["sub"]
    assert context["accessToken"]

    page.goto(f"{web_app}/sign-out")
    page.wait_for_url(f"{web_app}/")
    page.goto(f"{web_app}/account")
    assert json.loads(page.locator("body").inner_text()) == {"isAuthenticated": False}
