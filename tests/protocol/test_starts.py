"""What anybody may begin leaves rows, so one address begins only so much of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from idp.applications.services import create_application
from idp.audit.models import Event
from idp.oidc import errors
from idp.signin.models import Interaction
from idp.tokens.models import DeviceCode, PushedRequest
from tests.protocol.client import App, refused
from tests.protocol.test_pushed_requests import push

pytestmark = pytest.mark.django_db
PUBLIC, ANOTHER, OWN = "203.0.113.9", "203.0.113.10", "10.0.0.7"
HTML = "text/html"


def sign_in(app: App, address: str) -> Any:
    query = {
        "client_id": app.client_id, "redirect_uri": app.redirect_uri, "response_type": "code", "scope": "openid",
        "code_challenge": app.challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    return Client().get("/oidc/auth", query, REMOTE_ADDR=address)


def device(app: App, address: str) -> Any:
    return Client().post("/oidc/device/auth", {"client_id": app.client_id}, REMOTE_ADDR=address)


@pytest.fixture(autouse=True)
def _limit(settings: Settings) -> None:
    settings.STARTS_PER_ADDRESS = 2


@pytest.fixture
def tv(app: App) -> App:
    create_application(by="test", name="TV", type="Native", client_id="tv", is_device_flow=True)
    return App("tv", "")


@pytest.mark.parametrize(("begin", "kind", "rows"), [
    (sign_in, "sign-in", Interaction), (push, "request", PushedRequest), (device, "device", DeviceCode),
])  # fmt: skip
def test_one_address_begins_so_much_for_one_application(
    app: App, tv: App, begin: Callable[[App, str], Any], kind: str, rows: Any
) -> None:
    client = tv if kind == "device" else app
    other = App("shelf", app.redirect_uri)
    create_application(
        by="test", name="Shelf", type="Native", client_id="shelf", is_device_flow=kind == "device",
        redirect_uris=[] if kind == "device" else [app.redirect_uri],
    )  # fmt: skip
    assert [begin(client, PUBLIC).status_code < 400 for _ in range(2)] == [True, True]
    for _ in range(2):
        answer = begin(client, PUBLIC)
        refused(answer, "slow_down", 429)
        assert answer["Retry-After"] == "600"
    assert rows.objects.count() == 2
    assert Event.objects.get(key="starts.limited").data == {"kind": kind, "application": client.client_id}
    assert [begin(client, ANOTHER).status_code < 400, begin(other, PUBLIC).status_code < 400] == [True, True]


def test_nobody_is_counted_together_behind_a_proxy_of_our_own(app: App) -> None:
    assert [sign_in(app, OWN).status_code for _ in range(3)] == [303, 303, 303]


def test_people_read_why_on_a_page(app: App) -> None:
    for _ in range(2):
        sign_in(app, PUBLIC)
    answer = Client(headers={"Accept": HTML}).get(
        "/oidc/auth", {"client_id": app.client_id, "redirect_uri": app.redirect_uri, "response_type": "code",
        "code_challenge": app.challenge, "code_challenge_method": "S256", "scope": "openid"}, REMOTE_ADDR=PUBLIC,
    )  # fmt: skip
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (429, "600", "no-store")
    assert "Too many tries. Wait ten minutes, then try again." in answer.content.decode()


def test_pages_that_lead_to_a_sign_in_count_as_one() -> None:
    answers = [Client().get("/account", REMOTE_ADDR=PUBLIC, headers={"Accept": HTML}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    answer = Client().get("/account", REMOTE_ADDR=PUBLIC)
    assert (answer.status_code, answer.json()["code"]) == (429, "request.rate_limited")


def test_pages_of_errors_fill_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors._refusals, "limit", 2)
    pages = [Client(headers={"Accept": HTML}).get("/oidc/auth", REMOTE_ADDR=PUBLIC) for _ in range(3)]
    assert [page.status_code for page in pages] == [400, 400, 400]
    assert ["Reference: " in page.content.decode() for page in pages] == [True, True, False]
    assert Event.objects.filter(key="oidc.refused").count() == 2
