"""Who calls the Management API in these tests."""

import time
from typing import Any

from django.conf import settings
from django.test import Client

from idp.applications.models import Application
from idp.applications.services import create_application
from idp.authorization.models import MANAGEMENT_API
from idp.tokens.keys import ensure_keys, keystore
from idp.users import api_keys
from idp.users.models import StaffRole, User
from idp.users.services import create_administrator
from tests.conftest import PASSWORD


class Caller:
    """Somebody with a token for the header Authorization."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.client = Client()

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {self.token}", **headers}
        if method == "get":
            return self.client.get(f"/api{path}", body, headers=sent)
        return getattr(self.client, method)(f"/api{path}", body, content_type="application/json", headers=sent)

    def ok(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        answer = self(method, path, body)
        assert answer.status_code == status, (answer.status_code, answer.content)
        return answer.json() if answer.content else None


def machine_token(application: Application, *, typ: str = "at+jwt", **claims: Any) -> str:
    """As the token endpoint makes it; `claims` are what is different."""
    ensure_keys()
    now = int(time.time())
    usual = {
        "jti": "1", "sub": application.pk, "iat": now, "exp": now + 3600, "scope": "all", "client_id": application.pk,
        "iss": settings.ISSUER, "aud": MANAGEMENT_API,
    }  # fmt: skip
    return keystore().signer("ES384").sign(usual | claims, typ=typ)


def new_machine(client_id: str = "robot") -> Application:
    return create_application(by="test", name="Robot", type="MachineToMachine", client_id=client_id)


def administrator(role: StaffRole, username: str = "") -> User:
    return create_administrator(by="test", username=username or f"a_{role}", password=PASSWORD, role=role)


def with_key(user: User) -> Caller:
    _, key = api_keys.create(administrator=user, name="Script", lifetime=None)
    return Caller(key)
