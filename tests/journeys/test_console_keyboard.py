"""The console without a mouse: the command palette, single keys, and how to turn those off."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.harness.console import Console
from tests.journeys.harness.eyes import assert_accessible
from tests.journeys.harness.live_server import LiveServer


@pytest.mark.parametrize("empty_server", ["sqlite"], indirect=True)  # keys and dialogs are the same on every database
def test_an_administrator_finds_the_way_by_keyboard(empty_server: LiveServer, page: Page) -> None:
    console = Console(page, empty_server.url)
    console.create_first_administrator()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search the console")
    expect(palette.get_by_role("option", name="Get started")).to_have_attribute("aria-selected", "true")
    assert_accessible(page)
    page.keyboard.type("grace")
    expect(palette.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    console.heading("grace")

    page.keyboard.press("g")
    page.keyboard.press("c")
    console.heading("Connectors")
    page.keyboard.press("g")
    page.keyboard.press("u")
    console.heading("Users")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.reload()

    page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    assert_accessible(page)
    shortcuts.get_by_role("checkbox", name="Use single keys").uncheck()
    page.keyboard.press("Escape")
    account = page.locator("summary", has_text="Account of")
    account.press("Enter")
    page.get_by_role("button", name="Keyboard shortcuts").press("Enter")
    expect(shortcuts).to_be_visible()
    page.keyboard.press("Escape")
    expect(account).to_be_focused()
    page.reload()
    page.keyboard.press("?")
    expect(shortcuts).to_be_hidden()

    console.go_to("Components", "Components")
