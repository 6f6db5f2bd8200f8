"""What a settings form says before it is saved: the changes in words, and each page of the sign-in with them.

On one database: what differs between databases is below these pages.
"""

from contextlib import ExitStack

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Servers
from tests.journeys.harness.console import Console
from tests.journeys.harness.databases import KINDS
from tests.journeys.harness.eyes import assert_accessible


def test_changes_are_named_and_previewed(servers: Servers, page: Page) -> None:
    with ExitStack() as stack:
        server = servers.fresh(KINDS[0], stack)
        Console(page, server.url).create_first_administrator()
        page.goto(f"{server.url}/console/sign-in-experience")
        changes = page.locator("[data-save-bar-changes]")
        expect(changes).to_be_hidden()
        preview = page.frame_locator("iframe[title='Preview of the sign-in page']")
        page.get_by_label("Page", exact=True).select_option("Consent")
        expect(preview.get_by_role("heading", name="Allow Bookstore?")).to_be_attached()
        page.get_by_label("Page", exact=True).select_option("Password")
        page.get_by_label("State", exact=True).select_option("With an error")
        page.get_by_label("Language", exact=True).select_option("Deutsch")
        expect(preview.get_by_text("Das Konto oder das Passwort ist nicht richtig.")).to_be_attached()
        expect(page.get_by_role("button", name="Save changes")).to_be_hidden()  # the preview is nothing to save

        page.get_by_label("Sign-up identifier").select_option("Phone number")
        page.get_by_role("checkbox", name="Create a password").uncheck()
        page.get_by_role("button", name="Move Email address up").click()
        page.get_by_text("5 changes").click()
        lines = [
            "Sign-up identifier: from Username to Phone number", "Create a password: from on to off",
            "Email address: from place 2 to 1", "Username: from place 1 to 2", "Phone number: from off to on",
        ]  # fmt: skip
        expect(changes.get_by_role("listitem")).to_have_text(lines)
        assert_accessible(page)
        page.get_by_role("button", name="Discard").click()
        expect(changes).to_be_hidden()
        page.close()  # the preview would load once more, from a server that is gone
        server.assert_healthy()
