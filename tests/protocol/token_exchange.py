"""Token exchange as a client asks for it (RFC 8693)."""

from typing import Any

from idp.applications.models import TOKEN_EXCHANGE
from tests.protocol.client import App

API = "https://api.example.com"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
IMPERSONATION = "urn:logto:token-type:impersonation_token"
PERSONAL = "urn:logto:token-type:personal_access_token"


def exchange(app: App, token: str, token_type: str = ACCESS_TOKEN, **changes: str) -> Any:
    body = {"grant_type": TOKEN_EXCHANGE, "subject_token": token, "subject_token_type": token_type, **changes}
    return app.token(**body)
