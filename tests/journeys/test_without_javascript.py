"""The sign-in path works in a browser that runs no script."""

from playwright.sync_api import Browser, expect

from tests.journeys.harness import documents
from tests.journeys.harness.eyes import Eyes
from tests.journeys.harness.hosted import HostedPages, authorization_url
from tests.journeys.harness.inbox import Inbox, wrong
from tests.journeys.harness.live_server import LiveServer


def test_a_person_signs_up_and_in_without_javascript(
    live_server_process: LiveServer, browser: Browser, eyes: Eyes, inbox: Inbox
) -> None:
    live_server_process.apply({"signInExperience": documents.PHONE_CODE})
    number = inbox.new_phone_number()
    hosted = _visit(live_server_process, browser, eyes)
    hosted.give_phone_number(number)
    code = inbox.code_texted_to(number)
    hosted.code_field.fill(wrong(code))
    hosted.press("Continue")
    expect(hosted.page.get_by_text("You have 9 tries left")).to_be_visible()
    hosted.code_field.fill(code)
    hosted.press("Continue")
    with hosted.goes_back_to_the_app() as answer:
        hosted.press("Create account")
    assert answer["code"]
    assert answer["iss"] == f"{live_server_process.url}/oidc"

    hosted = _visit(live_server_process, browser, eyes)
    hosted.give_phone_number(number)
    hosted.code_field.fill(inbox.code_texted_to(number))
    with hosted.goes_back_to_the_app() as answer:
        hosted.press("Continue")
    assert answer["code"]
    hosted.page.goto(f"{live_server_process.url}/oidc/session/end?client_id={documents.BOOKSTORE}")
    expect(hosted.page.get_by_role("heading", name="You are signed out")).to_be_visible()


def _visit(server: LiveServer, browser: Browser, eyes: Eyes) -> HostedPages:
    page = eyes.watch(browser.new_context(java_script_enabled=False, locale="en-US")).new_page()
    page.goto(authorization_url(server))
    return HostedPages(page)
