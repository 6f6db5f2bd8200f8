"""The hosted sign-in pages as a person sees them: fields by their labels, buttons by their names."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.journeys.harness import documents
from tests.journeys.harness.android import SCHEME
from tests.journeys.harness.eyes import assert_accessible
from tests.journeys.harness.live_server import LiveServer

# RFC 7636, appendix B: nobody redeems the codes of these visits.
CODE_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def authorization_url(server: LiveServer, **changes: str) -> str:
    """What an app opens in the browser, without an app."""
    parameters = {
        "client_id": documents.BOOKSTORE,
        "redirect_uri": documents.CALLBACK,
        "response_type": "code",
        "scope": "openid offline_access profile",
        "prompt": "consent",
        "state": secrets.token_urlsafe(16),
        "code_challenge": CODE_CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"{server.url}/oidc/auth?{urlencode(parameters | changes)}"


@dataclass
class HostedPages:
    page: Page

    def heading(self, text: str) -> None:
        """Wait for the page with this heading, and look at it with axe."""
        expect(self.page.get_by_role("heading", level=1, name=text)).to_be_visible()
        assert_accessible(self.page)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def alert(self) -> Locator:
        return self.page.get_by_role("alert")

    @property
    def phone_field(self) -> Locator:
        return self.page.get_by_label("Phone number", exact=True)

    @property
    def code_field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Verification code")

    @property
    def username_field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Username")

    @property
    def password_field(self) -> Locator:
        return self.page.get_by_label(re.compile("^(New p|P)assword"))

    def give_phone_number(self, number: str, country: str = "US") -> None:
        self.page.get_by_label("Country of the phone number").select_option(country)
        self.phone_field.fill(number)
        self.press("Continue")

    def give_email_address(self, address: str) -> None:
        self.page.get_by_role("textbox", name="Email").fill(address)
        self.press("Continue")

    def type_code(self, code: str) -> None:
        """Digit by digit; the page sends them when they are complete."""
        self.page.wait_for_load_state("load")
        self.code_field.fill("")
        self.code_field.press_sequentially(code)

    @contextmanager
    def goes_back_to_the_app(self) -> Iterator[dict[str, str]]:
        """What the block does ends in a redirect to the app; its parameters are in the dictionary afterwards."""
        answer: dict[str, str] = {}
        with self.page.expect_request(lambda request: request.url.startswith(f"{SCHEME}:")) as redirect:
            yield answer
        query = parse_qs(urlsplit(redirect.value.url).query)
        answer.update({name: values[0] for name, values in query.items()})
