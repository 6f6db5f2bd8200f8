"""A device that has no browser (RFC 8628), and the person who lets it in with theirs."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client

from tests.conftest import PASSWORD
from tests.protocol.client import App

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Television:
    """One device; `start` is what it shows, `poll` is how it waits."""

    client_id: str = "tv"
    shown: dict[str, Any] = field(default_factory=dict)

    def ask(self, **body: Any) -> HttpResponse:
        fields = {"client_id": self.client_id, "scope": "openid offline_access profile unknown", **body}
        return Client().post("/oidc/device/auth", urlencode(fields, doseq=True), content_type=FORM)

    def start(self, **body: Any) -> str:
        answer = self.ask(**body)
        assert answer.status_code == 200, answer.content
        self.shown = answer.json()
        return str(self.shown["user_code"])

    def poll(self, **body: str) -> HttpResponse:
        return App(self.client_id, "").token(
            **{"grant_type": DEVICE_GRANT, "device_code": self.shown.get("device_code", ""), **body}
        )


@dataclass
class Person:
    """A person at the hosted pages."""

    browser: Client = field(default_factory=Client)

    def type_code(self, code: str, **headers: Any) -> HttpResponse:
        return self.browser.post("/device", {"user_code": code}, headers=headers or None)

    def follow(self, response: HttpResponse) -> HttpResponse:
        while response.status_code == 303:
            response = self.browser.get(response["Location"])
        return response

    def to_question(self, code: str) -> HttpResponse:
        """Type the code, and sign in as Ada if asked to."""
        page = self.type_code(code)
        assert page.status_code == 303, page.content
        if page["Location"].startswith("/sign-in"):
            page = self.browser.post(page["Location"], {"identifier": "ada", "password": PASSWORD})
        return self.follow(page)

    def decide(self, decision: str, app_id: str = "tv") -> HttpResponse:
        fields = {"decision": decision, "asked": self.asked(app_id)}
        return self.browser.post(f"/device/confirm?app_id={app_id}", fields)

    def asked(self, app_id: str = "tv") -> str:
        """What the page that is shown now asks; nothing where it shows none."""
        page = self.browser.get(f"/device/confirm?app_id={app_id}").content.decode()
        found = re.search(r'name="asked" value="(\w+)"', page)
        return found.group(1) if found else ""
