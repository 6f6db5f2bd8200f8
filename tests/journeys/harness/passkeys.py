"""The authenticator of a page: Chromium's own, in software (CDP domain WebAuthn)."""

from typing import Any

from playwright.sync_api import Page

_OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Authenticator:
    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable")
        added = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": _OPTIONS})
        self._id = added["authenticatorId"]

    def recognises_the_person(self, right: bool) -> None:
        """Does the finger fit?"""
        self._send("setUserVerified", isUserVerified=right)

    def _send(self, command: str, **parameters: Any) -> None:
        self._session.send(f"WebAuthn.{command}", {"authenticatorId": self._id, **parameters})
