"""The console as an administrator walks through it. One method is one stop of the story, with axe at every page."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.journeys.harness.documents import CALLBACK, SIGNED_OUT
from tests.journeys.harness.eyes import assert_accessible
from tests.support.twilio_emulator import ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID

USERNAME, PASSWORD = "grace", "a compiler for everyone"


@dataclass
class Console:
    page: Page
    url: str

    # --- the ways around

    def heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", level=1, name=text)).to_be_visible()
        assert_accessible(self.page)

    def go_to(self, section: str, heading: str) -> None:
        self.page.get_by_role("navigation", name="Console").get_by_role("link", name=section, exact=True).click()
        self.heading(heading)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).click()

    def field(self, label: str) -> Locator:
        return self.page.get_by_role("textbox", name=re.compile(f"^{re.escape(label)}"))

    # --- the stops

    def create_first_administrator(self) -> None:
        self.page.goto(f"{self.url}/console/")
        self.heading("Make this installation yours")
        self.field("Username").fill(USERNAME)
        self.page.get_by_label("Password*", exact=True).fill(PASSWORD)
        self.page.get_by_label("Password once more").fill(PASSWORD)
        self.press("Create administrator")
        self.heading("From nothing to a signed-in user")

    def create_capacitor_app(self, name: str) -> str:
        """From Get started to the guide; the new application's id."""
        self.follow("View all frameworks")
        self.heading("What is it built with?")
        self.page.get_by_role("checkbox", name="Native").check()
        expect(self.page.get_by_role("link", name="Express")).to_be_hidden()
        self.follow("Capacitor JS")
        dialog = self.page.get_by_role("dialog", name="New application: Capacitor JS")
        dialog.get_by_role("textbox", name="Application name").fill(name)
        assert_accessible(self.page)
        dialog.get_by_role("button", name="Create application").click()
        self.heading(name)
        expect(self.page.get_by_role("heading", level=2, name=f"Congratulations, {name} is ready")).to_be_visible()
        return self.page.url.split("/applications/")[1].split("/")[0]

    def follow_the_guide(self, app_id: str) -> None:
        """The code is ready to copy; both addresses are saved where they stand."""
        guide = self.page.get_by_role("main")
        expect(guide).to_contain_text(f"endpoint: '{self.url}'")
        expect(guide).to_contain_text(f"appId: '{app_id}'")
        self.page.get_by_role("tab", name="pnpm").first.click()
        expect(guide.get_by_text("pnpm add @logto/capacitor").first).to_be_visible()
        for label, uri in (("Redirect URI", CALLBACK), ("Post sign-out redirect URI", SIGNED_OUT)):
            self.field(label).fill(uri)
            self.press(f"Save {label}")
            expect(self.page.get_by_text("Saved. The code below follows.").last).to_be_visible()
        expect(guide).to_contain_text(f"logtoClient.signIn('{CALLBACK}')")
        expect(guide).to_contain_text(f"logtoClient.signOut('{SIGNED_OUT}')")
        assert_accessible(self.page)
        self.follow("Finish and done")
        self.heading("Bookstore")
        expect(self.field("Redirect URIs")).to_have_value(CALLBACK)

    def set_up_twilio(self, number: str) -> None:
        """A wrong token first: Twilio's own error. Then the right one, a test message, and it is saved."""
        self.go_to("Connectors", "Connectors")
        self.follow("Set up SMS connector")
        self.page.get_by_role("radio", name="Twilio").check()
        self.press("Next")
        self.heading("Set up Twilio")
        self.field("Account SID").fill(ACCOUNT_SID)
        self.page.get_by_label("Auth Token").fill("0123456789abcdef0123456789abcdef")
        self.field("From Messaging Service SID").fill(SERVICE_SID)
        self._send_test_message(number)
        refusal = self.page.get_by_role("alert")
        expect(refusal).to_contain_text("20003")
        expect(refusal).to_contain_text("What to do:")
        assert_accessible(self.page)
        expect(self.field("Account SID")).to_have_value(ACCOUNT_SID)
        self.page.get_by_label("Auth Token").fill(AUTH_TOKEN)
        self._send_test_message(number)
        expect(self.page.get_by_text("Test message sent")).to_be_visible()
        assert_accessible(self.page)
        self._mistype_the_templates()
        self.press("Save and Done")
        expect(self.page.get_by_text("Twilio SMS is set up.")).to_be_visible()
        self.heading("Twilio SMS")
        expect(self.page.get_by_label("Auth Token")).not_to_have_value(AUTH_TOKEN)
        assert AUTH_TOKEN not in self.page.content()
        assert_accessible(self.page)

    def _mistype_the_templates(self) -> None:
        """The editor names line and column, and nothing is saved until it is right."""
        editor = self.field("Templates")
        right = editor.input_value()
        editor.fill(right.replace('"usageType": "SignIn",', '"usageType": "SignIn"', 1))
        self.press("Save and Done")
        expect(self.page.get_by_text(re.compile(r"[Ll]ine \d+, column \d+")).first).to_be_visible()
        assert_accessible(self.page)
        self.page.get_by_label("Auth Token").fill(AUTH_TOKEN)
        self.field("Templates").fill(right)

    def _send_test_message(self, number: str) -> None:
        self.field("Phone number").fill(f"+1{number}")
        self.press("Send")

    def let_people_sign_in_by_text(self) -> None:
        self.go_to("Sign-in experience", "Sign-in experience")
        preview = self.page.frame_locator("iframe[title='Preview of the sign-in page']")
        expect(preview.get_by_role("heading", name="Sign in")).to_be_visible()
        self.page.get_by_label("Sign-up identifier").select_option("Phone number")
        self.page.get_by_role("checkbox", name="Create a password").uncheck()
        self.page.get_by_role("region", name="Sign in").get_by_label("Username", exact=True).uncheck()
        expect(preview.get_by_label("Phone number", exact=True)).to_be_visible()
        self.press("Save changes")
        expect(self.page.get_by_role("status").filter(has_text="saved")).to_be_visible()
        assert_accessible(self.page)

    def open_live_preview(self) -> Page:
        with self.page.expect_popup() as preview:
            self.follow("Live preview")
        return preview.value
