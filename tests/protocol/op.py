"""A relying party that talks HTTP to a live server, as the OpenID Foundation's conformance suite does."""

import base64
import html
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from tests.protocol.client import claims_of

CALLBACK = "https://rp.example/test/a/latchkey/callback"
POST_LOGOUT = "https://rp.example/test/a/latchkey/post_logout_redirect"


@dataclass
class RelyingParty:
    """One client and one browser with an empty cookie jar."""

    endpoint: str
    client_id: str
    secret: str
    response_mode: str = ""
    browser: requests.Session = field(default_factory=requests.Session)
    pages: list[str] = field(default_factory=list)  # paths of the pages that a person had to look at

    def authorize(self, *, method: str = "GET", **changes: Any) -> dict[str, str]:
        """Send the person to the authorization endpoint and return what reaches the callback; {} when an error page does.

        `self.pages` tells which pages were shown on the way.
        """
        self.pages = []
        params = {
            "client_id": self.client_id, "redirect_uri": CALLBACK, "scope": "openid", "state": secrets.token_urlsafe(8),
            "nonce": secrets.token_urlsafe(8), "response_type": "code",
            **({"response_mode": self.response_mode} if self.response_mode else {}), **changes,
        }  # fmt: skip
        params = {name: value for name, value in params.items() if value is not None}
        self.sent = params
        url = f"{self.endpoint}/oidc/auth"
        if method == "POST":
            answer = self.browser.post(url, data=params, allow_redirects=False)
        else:
            answer = self.browser.get(f"{url}?{urlencode(params)}", allow_redirects=False)
        return self._walk(answer)

    def _walk(self, answer: requests.Response) -> dict[str, str]:
        """Follow redirects and fill in forms, as a person with the username and password would."""
        for _ in range(12):
            if answer.is_redirect:
                location = answer.headers["Location"]
                if location.startswith(CALLBACK):
                    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
                answer = self.browser.get(requests.compat.urljoin(answer.url, location), allow_redirects=False)
                continue
            self.last = answer
            if f'action="{CALLBACK}"' in answer.text:
                return self._posted(answer)
            if answer.status_code != 200 or 'name="password"' not in answer.text:
                return {}
            self.pages.append(urlsplit(answer.url).path)
            answer = self._sign_in(answer)
        raise AssertionError("too many redirects")

    def _sign_in(self, page: requests.Response) -> requests.Response:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert token
        form = {"csrfmiddlewaretoken": token.group(1), "identifier": "ada", "password": "correct horse battery"}
        return self.browser.post(page.url, data=form, allow_redirects=False)

    def _posted(self, page: requests.Response) -> dict[str, str]:
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
        return {name: html.unescape(value) for name, value in found}

    def token(self, **body: str) -> requests.Response:
        basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        return requests.post(
            f"{self.endpoint}/oidc/token", data=body, headers={"Authorization": f"Basic {basic}"}, timeout=10
        )

    def exchange(self, code: str, **changes: str) -> requests.Response:
        return self.token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK, **changes)

    def sign_in(self, **changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """A whole sign-in: the token answer and the claims of its ID token."""
        values = self.authorize(**changes)
        assert "code" in values, values
        assert values.get("state") == self.sent.get("state")
        assert values["iss"] == f"{self.endpoint}/oidc"
        answer = self.exchange(values["code"])
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        claims = claims_of(tokens["id_token"])
        assert claims.get("nonce") == self.sent.get("nonce")
        return tokens, claims

    def userinfo(self, token: str) -> requests.Response:
        return requests.get(f"{self.endpoint}/oidc/me", headers={"Authorization": f"Bearer {token}"}, timeout=10)

    def end_session(self, **params: str) -> requests.Response:
        query = urlencode(params)
        return self.browser.get(f"{self.endpoint}/oidc/session/end?{query}", allow_redirects=False)

    def is_signed_in(self) -> bool:
        return "code" in self.authorize(prompt="none")
