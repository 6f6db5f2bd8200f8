"""A clock that jumps: forward after a machine slept, back when it is set right. People go on, or begin again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from connectors.ports import ConnectorType
from idp.messaging import pending
from idp.messaging.models import PendingMessage
from idp.users.models import User
from idp.verification import services
from idp.verification.models import VerificationCode
from tests.conftest import PASSWORD
from tests.protocol.client import App, query_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2030, 1, 1, 12, tzinfo=UTC), tick=True) as coordinates:
        yield coordinates


class TestPutBack:
    def test_tokens_stay_good(self, clock: Any, app: App, ada: User) -> None:
        tokens = app.exchange(app.sign_in_with_password("ada", PASSWORD)["code"]).json()
        clock.shift(-HOUR)
        assert app.userinfo(tokens["access_token"]).status_code == 200
        fresh = app.refresh(tokens["refresh_token"]).json()
        assert app.userinfo(fresh["access_token"]).status_code == 200
        clock.shift(HOUR)
        assert app.refresh(fresh["refresh_token"]).status_code == 200

    def test_a_sign_in_goes_on(self, clock: Any, app: App, ada: User) -> None:
        page = app.authorize()
        clock.shift(-HOUR)
        answer = app.browser.post(page["Location"], {"identifier": "ada", "password": PASSWORD})
        code = query_of(app.follow(answer)["Location"])["code"]
        clock.shift(-HOUR)
        assert app.exchange(code).status_code == 200

    def test_a_session_is_still_there(self, clock: Any, app: App, ada: User) -> None:
        app.sign_in_with_password("ada", PASSWORD)
        clock.shift(-HOUR)
        answer = app.follow(app.authorize(prompt="none", scope="openid"))
        assert "code" in query_of(answer["Location"])

    def test_a_message_that_a_dead_process_held_is_taken_up(self, clock: Any) -> None:
        row = pending.write(
            type=ConnectorType.SMS, to="+15551234567", usage_type="SignIn", variables={"code": "123456"},
            expires_at=datetime.now(UTC) + timedelta(minutes=10), reference="one",
        )  # fmt: skip
        assert not pending.claim(row)  # held by who wrote it
        clock.shift(-HOUR)
        assert pending.claim(row)
        assert not pending.claim(row)
        assert not PendingMessage.objects.due(datetime.now(UTC)).exists()

    def test_another_code_can_be_asked_for(self, clock: Any) -> None:
        VerificationCode.objects.create(
            interaction_id="one", channel="phone", recipient="15551234567", purpose="SignIn", digest="x",
            expires_at=datetime.now(UTC) + timedelta(minutes=10), counts_as_send=True,
        )  # fmt: skip
        assert services.seconds_until_resend("one", "phone", "15551234567") == 60
        clock.shift(-HOUR)
        assert services.seconds_until_resend("one", "phone", "15551234567") == 0


class TestPutForward:
    def test_what_is_over_is_over_and_a_refresh_goes_on(self, clock: Any, app: App, ada: User) -> None:
        tokens = app.exchange(app.sign_in_with_password("ada", PASSWORD)["code"]).json()
        clock.shift(2 * HOUR)
        assert app.userinfo(tokens["access_token"]).status_code == 401
        fresh = app.refresh(tokens["refresh_token"]).json()
        assert app.userinfo(fresh["access_token"]).status_code == 200

    def test_a_code_is_refused_in_words_of_the_protocol(self, clock: Any, app: App, ada: User) -> None:
        code = app.sign_in_with_password("ada", PASSWORD)["code"]
        clock.shift(2 * HOUR)
        answer = app.exchange(code)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")

    def test_a_sign_in_begins_again(self, clock: Any, app: App, ada: User) -> None:
        page = app.authorize()
        clock.shift(2 * HOUR)
        answer = app.browser.post(page["Location"], {"identifier": "ada", "password": PASSWORD})
        assert answer.status_code < 500
        assert "code" in app.sign_in_with_password("ada", PASSWORD)
