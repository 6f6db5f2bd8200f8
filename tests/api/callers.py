"""Who calls the JSON APIs: a sign-in page of somebody else, and an app that shows people their own account."""

from typing import Any

from django.test import Client

from tests.conftest import PASSWORD
from tests.protocol.client import App, query_of

ADA = {"type": "username", "value": "ada"}


class Page:
    """A sign-in page of somebody else."""

    def __init__(self, app: App) -> None:
        self.app = app
        app.authorize()

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        call = getattr(self.app.browser, method)
        return call(
            f"/api/experience{path}",
            body,
            content_type="application/json",
            headers={"Logto-App-Id": self.app.client_id},
        )

    def finish(self) -> dict[str, str]:
        submitted = self("post", "/submit")
        assert submitted.status_code == 200, submitted.content
        return query_of(self.app.follow(self.app.browser.get(submitted.json()["redirectTo"]))["Location"])


def refused(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert answer.json()["message"]


SCOPES = (
    "openid offline_access profile email phone address custom_data identities urn:logto:scope:sessions "
    "urn:logto:scope:trusted_devices"
)


class Api:
    """An app that holds an access token of a person."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.proof = ""
        self.client = Client()

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {self.token}", "logto-verification-id": self.proof, **headers}
        return getattr(self.client, method)(f"/api{path}", body, content_type="application/json", headers=sent)

    def prove(self, password: str = PASSWORD) -> None:
        self.proof = self("post", "/verifications/password", {"password": password}).json()["verificationRecordId"]
