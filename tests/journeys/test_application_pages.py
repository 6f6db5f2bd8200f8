"""The pages of one application in a real browser: addresses row by row, a sign-in step by step, the guide that notices it.

On one database: what differs between databases is below these pages.
"""

from contextlib import ExitStack

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Servers
from tests.journeys.harness import documents
from tests.journeys.harness.console import Console
from tests.journeys.harness.databases import KINDS
from tests.journeys.harness.eyes import assert_accessible
from tests.journeys.harness.hosted import HostedPages
from tests.journeys.harness.live_server import LiveServer
from tests.journeys.harness.person import PASSWORD

APP = "bookshopserver0000001"


def test_an_application_is_edited_tried_and_seen_by_its_guide(servers: Servers, page: Page) -> None:
    with ExitStack() as stack:
        server = servers.fresh(KINDS[-1], stack)
        shop = documents.web_app(
            APP, "Bookshop", "Traditional", redirect_uri="https://shop.example/callback", signed_out="https://shop.example/",
            secrets=[{"name": "Default", "value": "bookshop-secret-0123456789abcdef"}],
        )  # fmt: skip
        people = [{"username": "ada_tries", "password": PASSWORD, "name": "Ada Lovelace"}]
        server.apply({"signInExperience": documents.USERNAME_PASSWORD, "applications": [shop], "users": people})
        Console(page, server.url).create_first_administrator()
        _edit_the_addresses(page, server)
        _try_a_sign_in(page, server)
        page.goto(f"{server.url}/console/applications/{APP}/guide/web-express")
        expect(page.get_by_text("It works.")).to_be_visible()
        expect(page.get_by_role("link", name="Ada Lovelace")).to_be_visible()
        assert_accessible(page)
        server.assert_healthy()


def _edit_the_addresses(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/console/applications/{APP}")
    rows = page.locator("[data-uri-rows]").first
    addresses = rows.get_by_role("textbox")
    expect(addresses).to_have_count(1)
    rows.get_by_role("button", name="Add another").click()
    addresses.nth(1).fill("http://shop.example/callback")
    expect(rows.get_by_text("Not encrypted")).to_be_visible()
    addresses.nth(1).fill("https://*.shop.example/")
    expect(rows.get_by_text("Wildcards are not supported.")).to_be_visible()
    addresses.nth(1).fill("http://localhost:3000/callback")
    expect(rows.get_by_text("good for development")).to_be_visible()
    assert_accessible(page)
    rows.get_by_role("button", name="Add another").click()
    expect(addresses).to_have_count(3)
    rows.get_by_role("button", name="Remove this address").last.click()
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("The changes are saved.")).to_be_visible()
    expect(addresses.nth(1)).to_have_value("http://localhost:3000/callback")


def _try_a_sign_in(page: Page, server: LiveServer) -> None:
    page.get_by_role("link", name="Try it").click()
    page.get_by_role("button", name="Allow this page as redirect URI").click()
    page.get_by_role("button", name="Start the sign-in").click()
    hosted = HostedPages(page)
    hosted.heading("Sign in")
    hosted.username_field.fill("ada_tries")
    hosted.password_field.fill(PASSWORD)
    hosted.press("Sign in")
    page.get_by_role("button", name="Continue with a secret for this try").click()
    expect(page.get_by_role("heading", name="7. Userinfo")).to_be_visible()
    expect(page.get_by_text('"name": "Ada Lovelace"')).to_be_visible()
    expect(page.get_by_text("NO:")).to_have_count(0)
    assert "code=" not in page.url
    assert "bookshop-secret" not in page.content()
    assert_accessible(page)
    page.get_by_role("button", name="Remove it from the redirect URIs").click()
    expect(page.get_by_text("no longer a redirect URI")).to_be_visible()
