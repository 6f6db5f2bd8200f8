"""A visit of the hosted pages that comes to the second factor."""

import re
from typing import Any

from tests.conftest import PASSWORD
from tests.protocol.client import App, claims_of, query_of

APP = "?app_id=bookstore"
VERIFY, SETUP, CODES = f"/mfa-verification{APP}", f"/mfa-binding{APP}", f"/mfa-binding/backup-codes{APP}"


def to_second_step(app: App) -> Any:
    """What the password leads to."""
    page = app.authorize()
    return app.browser.post(page["Location"], {"identifier": "ada", "password": PASSWORD})


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def tokens_of(app: App, response: Any) -> dict[str, Any]:
    """The ID token's claims, when the person is through."""
    return claims_of(app.exchange(query_of(app.follow(response)["Location"])["code"]).json()["id_token"])
