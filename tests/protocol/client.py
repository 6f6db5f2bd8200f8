"""An app as the protocol sees it: what Logto's SDKs send, spelled out."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpResponse
from django.test import Client


def claims_of(jwt: str) -> dict[str, Any]:
    """The payload of a JWT, unverified."""
    return _part(jwt, 1)


def header_of(jwt: str) -> dict[str, Any]:
    return _part(jwt, 0)


def _part(jwt: str, index: int) -> dict[str, Any]:
    part = jwt.split(".")[index]
    value: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return value


def query_of(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


@dataclass
class App:
    """One client with one browser."""

    client_id: str
    redirect_uri: str
    browser: Client = field(default_factory=lambda: Client(headers={"Host": "localhost:3001"}))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(64))
    secret: str = ""

    @property
    def challenge(self) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def authorize(self, **changes: Any) -> HttpResponse:
        """GET /oidc/auth as signIn() builds it; a change to None leaves the parameter out."""
        params: dict[str, Any] = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "state": "some-state",
            "response_type": "code",
            "prompt": "consent",
            "scope": "openid offline_access profile email phone",
            **changes,
        }
        query = urlencode({name: value for name, value in params.items() if value is not None}, doseq=True)
        return self.browser.get(f"/oidc/auth?{query}")

    def follow(self, response: HttpResponse) -> HttpResponse:
        """Follow redirects on this server, up to a page or another address."""
        while response.status_code == 303 and response["Location"].startswith(("/", "http://localhost:3001/")):
            if "code=" in response["Location"] or "/demo-app" in response["Location"]:
                break
            response = self.browser.get(response["Location"])
        return response

    def sign_in_with_password(self, username: str, password: str, **changes: Any) -> dict[str, str]:
        """All the way from /oidc/auth to the values that come back to the app."""
        page = self.authorize(**changes)
        response = self.browser.post(page["Location"], {"identifier": username, "password": password})
        return query_of(self.follow(response)["Location"])

    def token(self, **body: str) -> HttpResponse:
        """POST /oidc/token; public clients send client_id, confidential ones Basic."""
        headers = {}
        if self.secret:
            basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
            headers["Authorization"] = f"Basic {basic}"
        else:
            body = {"client_id": self.client_id, **body}
        return self.browser.post(
            "/oidc/token", urlencode(body), content_type="application/x-www-form-urlencoded", headers=headers
        )

    def exchange(self, code: str, /, **changes: str) -> HttpResponse:
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": self.verifier,
            "redirect_uri": self.redirect_uri,
            **changes,
        }
        return self.token(**body)

    def refresh(self, refresh_token: str, /, **changes: str) -> HttpResponse:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token, **changes)

    def userinfo(self, access_token: str) -> HttpResponse:
        return Client().get("/oidc/me", headers={"Authorization": f"Bearer {access_token}"})


def refused(answer: Any, error: str, status: int = 400) -> None:
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.content
    assert answer.json()["code"] == f"oidc.{error}"
    assert answer.json()["message"]
    assert answer["Cache-Control"] == "no-store"
