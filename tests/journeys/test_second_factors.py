"""Passkeys, an authenticator app and backup codes, from the first sign-up to an administrator's help."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from idp.mfa import totp
from tests.journeys.conftest import Servers
from tests.journeys.harness import documents
from tests.journeys.harness.console import PASSWORD as CONSOLE_PASSWORD
from tests.journeys.harness.console import USERNAME as ADMINISTRATOR
from tests.journeys.harness.console import Console
from tests.journeys.harness.databases import KINDS
from tests.journeys.harness.hosted import HostedPages
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import LiveServer
from tests.journeys.harness.passkeys import Authenticator

PASSWORD = "a long walk by the river"
FACTORS = {"mfa": {"factors": ["WebAuthn", "Totp", "BackupCode"], "policy": "Mandatory"}}
OFF = {"mfa": {"factors": [], "policy": "NoPrompt"}, "passkeySignIn": {}}


@pytest.fixture
def server(servers: Servers, inbox: Inbox) -> Iterator[LiveServer]:
    """On one database: what differs between them is in tests/races."""
    server = servers.on(KINDS[-1])
    server.apply(documents.everything_but_the_experience(inbox.smtp))
    log = server.log
    _offer_passkeys(server, autofill=False)
    yield server
    server.apply({"signInExperience": {**documents.USERNAME_PASSWORD, **OFF}})
    server.assert_healthy(log)


def test_a_passkey_from_the_first_day_to_a_new_one(server: LiveServer, page: Page, inbox: Inbox) -> None:
    username, hosted, authenticator = inbox.new_username(), HostedPages(page), Authenticator(page)

    # One is offered to a new account; when the finger does not fit, nothing is lost.
    _sign_up(server, hosted, username)
    hosted.heading("Sign in faster next time")
    authenticator.recognises_the_person(False)
    hosted.press("Create a passkey")
    expect(hosted.alert()).to_contain_text("No passkey was created. You can try again.")
    hosted.heading("Sign in faster next time")
    authenticator.recognises_the_person(True)
    hosted.press("Create a passkey")
    codes = _keep_backup_codes(hosted, username)

    # The button signs in with nothing typed.
    _visit(server, hosted)
    hosted.press("Sign in with a passkey")
    hosted.heading(username)

    # So does the field, when the browser fills it.
    _offer_passkeys(server, autofill=True)
    _visit(server, hosted, waits=False)
    hosted.heading(username)
    _offer_passkeys(server, autofill=False)

    # After the password it is the second step; a backup code stands in for it.
    _give_password(server, hosted, username)
    hosted.heading("Verify it is you")
    hosted.press("Use your passkey")
    hosted.heading(username)
    _give_password(server, hosted, username)
    page.get_by_text("Try another method").click()
    page.get_by_role("link", name="Backup code").click()
    page.get_by_role("textbox", name="Backup code").fill(codes[0])
    hosted.press("Continue")
    hosted.heading(username)

    # At the account pages it has a name, and another device gets one of its own.
    page.get_by_role("link", name="Rename").click()
    _prove(hosted)
    hosted.heading("Rename your passkey")
    page.get_by_role("textbox", name="Name").fill("My phone")
    hosted.press("Save")
    expect(page.get_by_text("My phone", exact=True)).to_be_visible()
    hosted.heading(username)
    page.get_by_role("link", name="Add : Passkey").click()
    hosted.heading("Add a passkey")
    hosted.press("Create a passkey")
    expect(hosted.alert()).to_contain_text("This device has a passkey for your account already.")

    # Everything is lost: an administrator lets them start over.
    _reset(server, page, username)
    _give_password(server, hosted, username)
    hosted.heading("Sign in faster next time")


def test_an_authenticator_app(server: LiveServer, page: Page, inbox: Inbox) -> None:
    username, hosted = inbox.new_username(), HostedPages(page)
    _sign_up(server, hosted, username)
    hosted.press("Not now")
    hosted.heading("Protect your account")
    page.get_by_role("link", name="Use an authenticator app").click()
    hosted.heading("Set up your authenticator app")
    key = page.locator("[data-copy]").first.get_attribute("data-copy") or ""
    secret, step = key.replace(" ", ""), int(time.time()) // totp.STEP
    page.get_by_label("Code from your app").press_sequentially(totp.code_at(secret, step))
    _keep_backup_codes(hosted, username)

    _give_password(server, hosted, username)
    hosted.heading("Verify it is you")
    page.get_by_label("Code from your app").press_sequentially(totp.code_at(secret, step + 1))
    hosted.heading(username)


def _offer_passkeys(server: LiveServer, *, autofill: bool) -> None:
    """With autofill, Chromium's authenticator answers as soon as the page is there: no other way could be walked."""
    passkeys = {"enabled": True, "allowAutofill": autofill}
    server.apply({"signInExperience": {**documents.USERNAME_PASSWORD, **FACTORS, "passkeySignIn": passkeys}})


def _visit(server: LiveServer, hosted: HostedPages, *, waits: bool = True) -> None:
    """The sign-in page, in a browser that nobody is signed in in."""
    hosted.page.context.clear_cookies()
    hosted.page.goto(f"{server.url}/account")
    if waits:
        hosted.heading("Sign in")


def _sign_up(server: LiveServer, hosted: HostedPages, username: str) -> None:
    _visit(server, hosted)
    hosted.page.get_by_role("link", name="Create account").click()
    hosted.heading("Create your account")
    hosted.username_field.fill(username)
    hosted.press("Create account")
    hosted.heading("Choose a password")
    hosted.password_field.fill(PASSWORD)
    hosted.press("Create account")


def _give_password(server: LiveServer, hosted: HostedPages, username: str) -> None:
    _visit(server, hosted)
    hosted.username_field.fill(username)
    hosted.password_field.fill(PASSWORD)
    hosted.press("Sign in")


def _keep_backup_codes(hosted: HostedPages, username: str) -> list[str]:
    hosted.heading("Keep your backup codes")
    codes = hosted.page.get_by_role("list", name="Backup codes").get_by_role("listitem").all_inner_texts()
    hosted.press("Continue")
    hosted.heading(username)
    return codes


def _prove(hosted: HostedPages) -> None:
    hosted.page.get_by_label("Your password").fill(PASSWORD)
    hosted.press("Continue")


def _reset(server: LiveServer, page: Page, username: str) -> None:
    server.apply({"administrators": [{"username": ADMINISTRATOR, "password": CONSOLE_PASSWORD}]})
    console = Console(page, server.url)
    page.goto(f"{server.url}/console/")
    console.field("Username").fill(ADMINISTRATOR)
    page.get_by_label("Password").fill(CONSOLE_PASSWORD)
    console.press("Sign in")
    page.goto(f"{server.url}/console/users?q={username}")
    page.get_by_role("link", name=username).first.click()
    console.follow("Sign-in methods and factors")
    expect(page.get_by_role("cell", name="My phone")).to_be_visible()
    console.press("Reset all")
    expect(page.get_by_text("starts over with second factors")).to_be_visible()
