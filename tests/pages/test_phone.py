"""The hosted pages without a browser: every step of a phone sign-in is a plain form."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from idp.applications.models import Application
from idp.messaging import sending as messaging
from idp.messaging.errors import DeliveryFailed
from idp.messaging.models import OutboxMessage, SentMessage
from idp.signin.experience import update_experience
from idp.signin.models import Interaction
from idp.users.models import User
from idp.verification.models import VerificationCode
from tests.protocol.client import App, claims_of, query_of
from tests.signin.helpers import PHONE_ONLY, code_in_outbox

pytestmark = pytest.mark.django_db
TYPED = {"identifier": "(201) 555-0123", "country": "US"}
CODE = "/sign-in/verification-code?app_id=bookstore"


@pytest.fixture(autouse=True)
def _phone_only(db: Any, native: Application) -> None:
    update_experience(by="test", **PHONE_ONLY)


@pytest.fixture
def page(app: App) -> str:
    return str(app.authorize()["Location"])


@pytest.fixture
def waiting(app: App, page: str) -> str:
    """A code was sent; returns it."""
    assert app.browser.post(page, TYPED)["Location"] == CODE
    return code_in_outbox()


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_new_number_all_the_way(app: App, waiting: str) -> None:
    shown = text_of(app.browser.get(CODE))
    assert "+1 201-555-0123" in shown
    assert 'autocomplete="one-time-code"' in shown
    assert 'inputmode="numeric"' in shown
    verified = app.browser.post(CODE, {"code": f"{waiting[:3]} {waiting[3:]}"})
    assert verified["Location"] == "/sign-in/new-account?app_id=bookstore"
    assert "You are new here" in text_of(app.browser.get(verified["Location"]))
    created = app.browser.post(verified["Location"])
    values = query_of(app.follow(created)["Location"])
    assert claims_of(app.exchange(values["code"]).json()["id_token"])["phone_number"] == "12015550123"


def test_a_known_number_goes_straight_back(app: App, ada: User, page: str) -> None:
    app.browser.post(page, {"identifier": "+1 555 123 4567", "country": "DE"})
    verified = app.browser.post(CODE, {"code": code_in_outbox()})
    assert "code=" in app.follow(verified)["Location"]


class TestWrongInput:
    @pytest.mark.parametrize("typed", ["", "hello", "12", "+999 1"])
    def test_what_is_no_number_stays_in_the_field(self, app: App, page: str, typed: str) -> None:
        answer = app.browser.post(page, {"identifier": typed, "country": "US"})
        assert answer.status_code == 200
        assert 'aria-invalid="true"' in text_of(answer)
        assert f'value="{typed}"' in text_of(answer) or not typed
        assert not OutboxMessage.objects.exists()

    def test_a_wrong_code_says_how_many_tries_are_left(self, app: App, waiting: str) -> None:
        wrong = "000000" if waiting != "000000" else "111111"
        assert "You have 9 tries left." in text_of(app.browser.post(CODE, {"code": wrong}))
        for _ in range(9):
            last = app.browser.post(CODE, {"code": wrong})
        assert "Too many wrong tries" in text_of(last)
        assert "Too many wrong tries" in text_of(app.browser.post(CODE, {"code": waiting}))

    @pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "\u0661\u0662\u0663\u0664\u0665\u0666"])
    def test_what_is_no_code_costs_no_try(self, app: App, waiting: str, typed: str) -> None:
        assert app.browser.post(CODE, {"code": typed}).status_code == 200
        assert VerificationCode.objects.get().tries == 0

    def test_an_expired_code(self, app: App, waiting: str) -> None:
        VerificationCode.objects.update(expires_at=timezone.now())
        assert "This code has expired" in text_of(app.browser.post(CODE, {"code": waiting}))


class TestTrouble:
    def test_a_refusing_provider_loses_nothing(self, app: App, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_: Any) -> None:
            raise DeliveryFailed

        with monkeypatch.context() as patch:
            patch.setattr(messaging, "send", refuse)
            answer = text_of(app.browser.post(page, TYPED))
        assert "The message could not be sent" in answer
        assert 'value="(201) 555-0123"' in answer
        assert app.browser.post(page, TYPED)["Location"] == CODE

    def test_a_second_code_must_wait(self, app: App, waiting: str) -> None:
        answer = app.browser.post("/sign-in/resend?app_id=bookstore")
        assert "You can ask for another one in" in text_of(answer)
        assert f'action="{CODE}"' in answer.content.decode()
        assert OutboxMessage.objects.count() == 1

    def test_coming_back_to_the_first_page_sends_no_second_code(self, app: App, page: str, waiting: str) -> None:
        app.browser.get(page)
        assert app.browser.post(page, TYPED)["Location"] == CODE
        assert OutboxMessage.objects.count() == 1
        assert app.browser.post(CODE, {"code": waiting})["Location"] == "/sign-in/new-account?app_id=bookstore"

    def test_the_same_form_twice(self, app: App, waiting: str) -> None:
        first = app.browser.post(CODE, {"code": waiting})
        assert app.browser.post(CODE, {"code": waiting})["Location"] == first["Location"]
        created = app.browser.post(first["Location"])
        assert app.browser.post(first["Location"])["Location"] == created["Location"]
        assert User.objects.count() == 1

    def test_an_expired_interaction(self, app: App, page: str) -> None:
        Interaction.objects.update(expires_at=timezone.now())
        gone = app.browser.get(page)
        assert gone["Location"] == "/unknown-session"
        assert "Session not found" in text_of(app.browser.get(gone["Location"]))

    def test_a_page_out_of_order_leads_to_the_one_that_is_next(self, app: App, page: str) -> None:
        for path in (CODE, "/sign-in/password?app_id=bookstore", "/sign-in/new-account?app_id=bookstore"):
            assert app.browser.get(path)["Location"] == "/sign-in?app_id=bookstore"

    def test_a_form_without_its_token_is_refused_with_a_page(self, app: App, page: str) -> None:
        app.browser.handler.enforce_csrf_checks = True
        answer = app.browser.post(page, TYPED)
        assert answer.status_code == 403
        assert "We could not accept that form" in text_of(answer)


@pytest.mark.parametrize(
    ("header", "region"), [("de-AT,de;q=0.9", "AT"), ("ja", "JP"), ("en", "US"), ("*", "US"), ("x-y", "US")]
)
def test_the_country_is_guessed_from_the_browser(app: App, header: str, region: str) -> None:
    page = app.authorize()
    shown = app.browser.get(page["Location"], headers={"Accept-Language": header}).content.decode()
    assert f'<option value="{region}" selected>' in shown


@pytest.mark.parametrize("path", ["/", "/demo-app", "/oidc/session/end/success"])
def test_pages_without_a_visit(path: str) -> None:
    assert Client().get(path).status_code == 200


def test_an_unknown_address_is_a_page() -> None:
    answer = Client().get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


class TestAMessageThatDidNotArrive:
    @pytest.fixture
    def lost(self, waiting: str) -> None:
        SentMessage.objects.create(
            type="Sms", usage_type="SignIn", reference=VerificationCode.objects.get().pk, connector="c", kind="k",
            recipient="r", recipient_hint="+1 ••• 23", status="failed",
        )  # fmt: skip

    def test_the_page_says_so_and_offers_another_number(self, app: App, lost: None) -> None:
        shown = text_of(app.browser.get(CODE))
        assert "The message did not arrive" in shown
        assert '<a href="/sign-in?app_id=bookstore">Use another number</a>' in shown

    def test_or_another_channel_if_there_is_one(self, app: App, lost: None) -> None:
        methods = [
            {"identifier": kind, "password": kind == "phone", "verificationCode": True, "isPasswordPrimary": False}
            for kind in ("phone", "email")
        ]
        update_experience(by="test", sign_in={"methods": methods})
        shown = text_of(app.browser.get(CODE))
        assert ">Use your email instead</a>" in shown
        assert "Use your password instead" in shown

    def test_nothing_of_the_kind_while_it_is_under_way(self, app: App, lost: None) -> None:
        SentMessage.objects.update(status="sent")
        assert "did not arrive" not in text_of(app.browser.get(CODE))
