"""The other unmodified SDKs: a single page app on @logto/browser, a web app on @logto/node."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.harness import documents, sdk
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.journey import sign_up_by_text
from tests.journeys.harness.live_server import LiveServer
from tests.journeys.harness.site import single_page_app

SPA_ID, WEB_ID, WEB_SECRET = "catalogspa00000000001", "backofficeweb00000001", "backoffice-secret-0123456789abcd"
BUTTONS = '<button id="sign-in">Sign in</button><button id="sign-out">Sign out</button>'


@pytest.fixture
def server(live_server_process: LiveServer) -> LiveServer:
    live_server_process.apply({"signInExperience": documents.PHONE_CODE})
    return live_server_process


@pytest.fixture
def spa(server: LiveServer, inbox: Inbox) -> Iterator[str]:
    config = {"endpoint": server.url, "appId": SPA_ID, "scopes": ["phone"]}
    with single_page_app("spa_app.js", body=BUTTONS, **config) as site:
        _, address = site.addresses
        app = documents.web_app(SPA_ID, "Catalog", "SPA", redirect_uri=f"{address}/callback", signed_out=address)
        server.apply(documents.everything_but_the_experience(inbox.smtp, [app]))
        yield address


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
