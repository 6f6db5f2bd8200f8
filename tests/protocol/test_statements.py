"""How much a request asks of the database. BEGIN and COMMIT count."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from idp.applications import clients
from idp.applications.services import create_application, create_secret
from idp.authorization.services import save_resource
from idp.signin import kept
from idp.signin.experience import update_experience
from idp.tokens.exchange import create_subject_token
from idp.tokens.keys import ensure_keys, keystore
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.protocol.client import App
from tests.protocol.television import Person, Television
from tests.signin.helpers import PHONE_ONLY, code_in_outbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _keys() -> None:

    ensure_keys()
    keystore()


def statements(action: Any, *, status: int = 200) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        answer = action()
    assert answer.status_code == status, answer.content
    return [query["sql"][:90] for query in captured.captured_queries]


def test_the_pages_of_a_sign_in_by_sms(app: App, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MAX_AGE", 60.0)
    monkeypatch.setattr(clients, "_MAX_AGE", 60.0)
    update_experience(by="test", **PHONE_ONLY)
    page = str(app.authorize()["Location"])
    app.browser.get(page)  # the application and the settings are known from now on
    used = statements(lambda: app.browser.get(page))
    assert len(used) <= 2, used
    code = app.browser.post(page, {"identifier": "+15551234567", "country": "US"})["Location"]
    used = statements(lambda: app.browser.get(code))
    assert len(used) <= 4, used
    typed = {"code": code_in_outbox()}
    used = statements(lambda: app.browser.post(code, typed), status=303)
    assert len(used) <= 25, used
    assert sum(statement.startswith('SELECT "users_user"') for statement in used) <= 2, used


def test_code_exchange(app: App, ada: User) -> None:
    code = app.sign_in_with_password("ada", PASSWORD)["code"]
    used = statements(lambda: app.exchange(code))
    assert len(used) <= 8, used


def test_refresh(app: App, signed_in: dict[str, Any]) -> None:
    used = statements(lambda: app.refresh(signed_in["refresh_token"]))
    assert len(used) <= 7, used


def test_userinfo(app: App, signed_in: dict[str, Any]) -> None:
    used = statements(lambda: app.userinfo(signed_in["access_token"]))
    assert len(used) == 1, used


def test_client_credentials_and_introspection(signed_in: dict[str, Any]) -> None:
    save_resource(by="test", name="API", indicator="https://api.example.com")
    application = create_application(by="test", name="Job", type="MachineToMachine", client_id="job", with_secret=False)
    create_secret(by="test", application=application, name="one", value="m" * 32)
    job = App("job", "", secret="m" * 32)
    body = {"grant_type": "client_credentials", "resource": "https://api.example.com"}
    assert job.token(**body).status_code == 200  # the client is known from now on
    used = statements(lambda: job.token(**body))
    assert len(used) <= 1, used
    credentials = {"client_id": "job", "client_secret": "m" * 32, "token": signed_in["access_token"]}
    used = statements(lambda: Client().post("/oidc/token/introspection", credentials))
    assert len(used) == 1, used


def test_device_code(ada: User) -> None:
    create_application(by="test", name="TV", type="Native", client_id="tv", is_device_flow=True)
    tv, person = Television(), Person()
    person.to_question(tv.start())
    person.decide("allow")
    used = statements(tv.poll)
    assert len(used) <= 7, used


def test_token_exchange(ada: User) -> None:
    create_application(by="test", name="App", type="Native", client_id="app", allow_token_exchange=True)
    body = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token_type": "urn:logto:token-type:impersonation_token",
    }
    app = App("app", "")
    app.token(**body, subject_token=create_subject_token(by="test", user=ada))  # the client is known from now on
    token = create_subject_token(by="test", user=ada)
    used = statements(lambda: app.token(**body, subject_token=token))
    assert len(used) <= 7, used


def test_discovery_and_keys() -> None:
    for path in ("/oidc/.well-known/openid-configuration", "/oidc/jwks"):
        assert statements(lambda path=path: Client().get(path)) == []  # type: ignore[misc]
