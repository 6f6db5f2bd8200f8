"""People read their own language: on every page, and in the message with the code."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.harness import documents
from tests.journeys.harness.eyes import Eyes, assert_accessible
from tests.journeys.harness.hosted import HostedPages, authorization_url
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import LiveServer

# What people read is the same on every database.
pytestmark = pytest.mark.parametrize("live_server_process", ["sqlite"], indirect=True)


@pytest.fixture
def server(live_server_process: LiveServer) -> LiveServer:
    live_server_process.apply({"signInExperience": documents.PHONE_CODE})
    return live_server_process


def test_a_person_signs_up_from_right_to_left_and_goes_on_in_german(
    server: LiveServer, browser: Browser, eyes: Eyes, inbox: Inbox
) -> None:
    page = eyes.watch(browser.new_context(locale="ar-EG")).new_page()
    page.goto(authorization_url(server))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert_accessible(page)
    number = inbox.new_phone_number()
    page.locator("select[name=country]").select_option("US")
    page.locator("input[name=identifier]").fill(number)
    page.locator("#submit").click()
    page.wait_for_url("**/verification-code?*")
    assert_accessible(page)
    text = inbox.texts_to(number)[-1].body
    assert any("\u0600" <= letter <= "\u06ff" for letter in text), text

    page.get_by_role("group").filter(has_text="العربية").locator("summary").click()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    hosted = HostedPages(page)
    page.wait_for_load_state("load")  # the script that sends six digits must be there
    page.locator("input[name=code]").press_sequentially(inbox.code_texted_to(number))
    page.wait_for_url("**/new-account?*")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    with hosted.goes_back_to_the_app() as answer:
        page.locator("main button.button--primary").click()
    assert answer["code"]


def test_the_app_may_ask_for_a_language(server: LiveServer, browser: Browser, eyes: Eyes) -> None:
    page = eyes.watch(browser.new_context(locale="en-US")).new_page()
    page.goto(authorization_url(server, ui_locales="xx ja"))
    expect(page.locator("html")).to_have_attribute("lang", "ja")
