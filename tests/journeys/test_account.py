"""What a new account is asked for, with and without JavaScript; then everything that a person does at /account."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Servers
from tests.journeys.harness import documents
from tests.journeys.harness.console import PASSWORD as CONSOLE_PASSWORD
from tests.journeys.harness.console import USERNAME as ADMINISTRATOR
from tests.journeys.harness.databases import KINDS
from tests.journeys.harness.eyes import Eyes, assert_accessible
from tests.journeys.harness.hosted import HostedPages, authorization_url
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import LiveServer

PASSWORD, NEW_PASSWORD = "a long walk by the river", "another walk along the sea"
SIGN_UP = {
    "identifiers": ["username"], "password": True, "verify": False,
    "secondaryIdentifiers": [{"identifier": "phone", "verify": True}],
}  # fmt: skip
ASKING = {
    "signUp": SIGN_UP, "termsOfUseUrl": "https://shop.example/terms", "privacyPolicyUrl": "https://shop.example/privacy",
    "agreeToTermsPolicy": "ManualRegistrationOnly", "signUpProfileFields": [{"name": "fullname"}, {"name": "birthdate"}],
}  # fmt: skip
ASKING_NOTHING = {
    "termsOfUseUrl": "",
    "privacyPolicyUrl": "",
    "agreeToTermsPolicy": "Automatic",
    "signUpProfileFields": [],
}


@pytest.fixture
def server(servers: Servers, inbox: Inbox) -> Iterator[LiveServer]:
    """On one database: what differs between them is in tests/races."""
    server = servers.on(KINDS[-1])
    server.apply(documents.everything_but_the_experience(inbox.smtp))
    log = server.log
    server.apply({"signInExperience": {**documents.USERNAME_PASSWORD, **ASKING}})
    yield server
    server.apply({"signInExperience": {**documents.USERNAME_PASSWORD, **ASKING_NOTHING}})
    server.assert_healthy(log)


def test_from_the_first_form_to_the_end_of_the_account(
    server: LiveServer, browser: Browser, eyes: Eyes, inbox: Inbox, page: Page, tmp_path: Path
) -> None:
    _ask_for_name_and_birthday(server, eyes.watch(browser.new_context(locale="en-US")).new_page())
    for options in ({"java_script_enabled": False}, {"viewport": {"width": 390, "height": 844}}):
        visitor = eyes.watch(browser.new_context(locale="en-US", **options)).new_page()  # type: ignore[arg-type]
        _sign_up(server, HostedPages(visitor), inbox, inbox.new_username(), scripted="viewport" in options)

    username = inbox.new_username()
    _sign_up(server, HostedPages(page), inbox, username, scripted=True)
    other = eyes.watch(browser.new_context(locale="en-US")).new_page()
    other.goto(authorization_url(server))
    other.get_by_role("textbox", name="Username").fill(username)
    other.get_by_label("Password").fill(PASSWORD)
    with HostedPages(other).goes_back_to_the_app():
        other.get_by_role("button", name="Sign in", exact=True).click()

    page = page.context.new_page()  # in the first tab Chromium still looks for the app
    account = HostedPages(page)
    page.goto(f"{server.url}/account")
    account.heading("Grace Hopper")
    _change_the_phone_number(account, inbox)
    page.get_by_role("link", name="Download my data").click()
    with page.expect_download() as download:
        account.press("Download my data")
    download.value.save_as(tmp_path / "data.json")
    assert json.loads((tmp_path / "data.json").read_text())["profile"]["birthdate"] == "1906-12-09"
    page.goto(f"{server.url}/account")
    page.get_by_role("button", name="Sign out all other browsers").click()
    expect(page.get_by_text("All other browsers are signed out.")).to_be_visible()
    other.goto(f"{server.url}/account")
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    _change_the_password(account)
    page.get_by_role("link", name="Delete my account").click()
    assert_accessible(page)
    page.get_by_label("Type DELETE to confirm").fill("DELETE")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("deleted")
    page.goto(f"{server.url}/account")
    account.heading("Sign in")


def _ask_for_name_and_birthday(server: LiveServer, page: Page) -> None:
    """An administrator adds two profile fields, and moves one up without a mouse."""
    server.apply({"administrators": [{"username": ADMINISTRATOR, "password": CONSOLE_PASSWORD}]})
    page.goto(f"{server.url}/console/")
    page.get_by_role("textbox", name="Username").fill(ADMINISTRATOR)
    page.get_by_label("Password").fill(CONSOLE_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/console/get-started")
    for type, name, label in (("Date", "birthdate", "Birthday"), ("Fullname", "fullname", "Full name")):
        page.goto(f"{server.url}/console/sign-in-experience/profile/new")
        page.get_by_label("Type").select_option(type)
        page.get_by_role("combobox", name="User data key").fill(name)
        page.get_by_role("textbox", name="Label", exact=False).first.fill(label)
        if type == "Fullname":
            page.get_by_role("switch", name="Required").check()
        assert_accessible(page)
        page.get_by_role("button", name="Add profile field").click()
        expect(page.get_by_role("link", name=label)).to_be_visible()
    page.get_by_role("button", name="Move Full name up").press("Enter")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Full name")
    assert_accessible(page)
    for path in ("account-center", "content"):
        page.goto(f"{server.url}/console/sign-in-experience/{path}")
        assert_accessible(page)


def _sign_up(server: LiveServer, hosted: HostedPages, inbox: Inbox, username: str, *, scripted: bool) -> None:
    page, number = hosted.page, inbox.new_phone_number()
    look = assert_accessible if scripted else (lambda page: None)
    page.goto(authorization_url(server, first_screen="register"))
    look(page)
    hosted.username_field.fill(username)
    hosted.press("Create account")
    expect(page.get_by_text("Tick the box to go on.")).to_be_visible()
    page.get_by_role("checkbox").check()
    hosted.press("Create account")
    expect(page.get_by_role("heading", name="Add your phone number")).to_be_visible()
    look(page)
    hosted.give_phone_number(number)
    code = inbox.code_texted_to(number)
    if scripted:
        hosted.type_code(code)
    else:
        hosted.code_field.fill(code)
        hosted.press("Continue")
    hosted.password_field.fill(PASSWORD)
    hosted.press("Continue")
    expect(page.get_by_role("heading", name="Tell us about yourself")).to_be_visible()
    hosted.press("Continue")
    expect(page.get_by_text("Fill this in.")).to_be_visible()
    look(page)
    page.get_by_label("First name").fill("Grace")
    page.get_by_label("Last name").fill("Hopper")
    page.get_by_label("Birthday").fill("1906-12-09")
    with hosted.goes_back_to_the_app() as answer:
        hosted.press("Continue")
    assert answer["code"]


def _change_the_phone_number(account: HostedPages, inbox: Inbox) -> None:
    """After a proof that it is them, and a code to the new number."""
    page, number = account.page, inbox.new_phone_number()
    page.get_by_role("link", name=re.compile("^Change ?: Phone")).click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.locator("#submit").click()
    page.get_by_label("Country").select_option("US")
    page.get_by_label("New phone number").fill(number)
    account.press("Send a code")
    account.type_code(inbox.code_texted_to(number))
    expect(page.get_by_text("Your phone number is changed.")).to_be_visible()
    assert_accessible(page)


def _change_the_password(account: HostedPages) -> None:
    page = account.page
    page.get_by_role("link", name=re.compile("^Change ?: Password")).click()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill(NEW_PASSWORD)
    account.press("Save password")
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
