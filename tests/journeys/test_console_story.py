"""The whole product in one afternoon: from an empty installation to a phone user who signs in to a Capacitor app."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.harness.android import Phone
from tests.journeys.harness.console import Console
from tests.journeys.harness.documents import CALLBACK
from tests.journeys.harness.eyes import Eyes, assert_accessible
from tests.journeys.harness.hosted import HostedPages
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.journey import sign_in_by_text, sign_up_by_text
from tests.journeys.harness.live_server import LiveServer


@pytest.mark.timeout(300)
def test_an_administrator_sets_up_phone_sign_in_for_a_capacitor_app_by_clicking(
    empty_server: LiveServer, page: Page, phone: Phone, inbox: Inbox, eyes: Eyes
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    console = Console(page, empty_server.url)
    console.create_first_administrator()
    app_id = console.create_capacitor_app("Bookstore")
    console.follow_the_guide(app_id)

    own_number = inbox.new_phone_number()
    console.set_up_twilio(own_number)
    [test_message] = inbox.texts_to(own_number)
    assert "000000" in test_message.body

    console.let_people_sign_in_by_text()
    number = _try_the_live_preview(console, inbox)

    bookstore = phone.app(origin="https://localhost", endpoint=empty_server.url, app_id=app_id, scopes=["phone"])
    with bookstore.asks("signIn", CALLBACK) as tab:
        sign_in_by_text(tab, inbox, number)
    assert bookstore.answer() == {"value": None}
    assert bookstore.call("getIdTokenClaims")["phone_number"] == f"1{number}"

    eyes.expect_error("40[34]|410")
    page.goto(f"{empty_server.url}/console/setup")
    expect(page.get_by_role("button", name="Create administrator")).to_have_count(0)


def _try_the_live_preview(console: Console, inbox: Inbox) -> str:
    """Somebody signs up in the demo app and sees what an app gets to know; their number."""
    number = inbox.new_phone_number()
    demo = console.open_live_preview()
    HostedPages(demo).heading("Live preview")
    demo.get_by_role("button", name="Sign in").click()
    sign_up_by_text(demo, inbox, number)
    expect(demo.get_by_role("heading", name="Claims in the ID token")).to_be_visible()
    expect(demo.get_by_role("definition").filter(has_text=f"1{number}").first).to_be_visible()
    assert_accessible(demo)
    demo.get_by_role("button", name="Refresh the tokens").click()
    expect(demo.get_by_text("The tokens are fresh.")).to_be_visible()
    demo.get_by_role("button", name="Sign out of the live preview").click()
    expect(demo.get_by_role("button", name="Sign in")).to_be_visible()
    demo.close()
    return number
