"""The refresh rules as a state machine: whatever order a client refreshes in, a consumed token is good for three seconds,
its reuse after that ends everything, and no refresh narrows or widens the grant.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from idp.applications.services import create_application
from idp.authorization.services import save_resource
from idp.tokens.models import Grant, RefreshToken
from idp.users.services import create_user
from tests.conftest import PASSWORD
from tests.protocol.client import App, claims_of

API = "https://api.example.com"
SCOPE = "openid offline_access profile"


class Refreshing(RuleBasedStateMachine):
    """`consumed` remembers when each token was first used; `dead` is set when the grant must have ended."""

    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.clock = time_machine.travel(datetime(2030, 1, 1), tick=False)
        self.now = self.clock.start()
        self.consumed: dict[str, datetime] = {}
        self.dead = False

    def teardown(self) -> None:
        self.clock.stop()
        Grant.objects.all().delete()

    @initialize(target=tokens)
    def sign_in(self) -> str:
        self.app = App("machine", "https://m.example/cb")
        code = self.app.sign_in_with_password("ada", PASSWORD, scope=SCOPE, resource=API)["code"]
        return str(self.app.exchange(code).json()["refresh_token"])

    @rule(token=tokens, resource=st.sampled_from(["", API]), target=tokens)
    def refresh(self, token: str, resource: str) -> str:
        moment = datetime.now()
        expected = not self.dead and (
            token not in self.consumed or moment - self.consumed[token] <= timedelta(seconds=3)
        )
        answer = self.app.refresh(token, **({"resource": resource} if resource else {}))
        assert (answer.status_code == 200) == expected, (answer.content, token in self.consumed)
        if not expected:
            self.dead = True
            return token
        self.consumed.setdefault(token, moment)
        body = answer.json()
        if resource:
            assert claims_of(body["access_token"])["aud"] == API
        else:
            assert body["scope"] == SCOPE
        return str(body["refresh_token"])

    @rule(token=tokens)
    def refresh_for_something_else(self, token: str) -> None:
        """A refused request consumes nothing. (An overdue token ends the grant all the same.)"""
        overdue = token in self.consumed and datetime.now() - self.consumed[token] > timedelta(seconds=3)
        answer = self.app.refresh(token, resource="https://unknown.example")
        assert answer.json()["error"] == ("invalid_grant" if self.dead or overdue else "invalid_target")
        self.dead = self.dead or overdue

    @rule(seconds=st.sampled_from([1, 2, 4, 30]))
    def time_passes(self, seconds: int) -> None:
        self.now.shift(seconds)

    @invariant()
    def the_grant_is_as_it_was(self) -> None:
        for grant in Grant.objects.all():
            assert (grant.revoked_at is not None) == self.dead
            assert (grant.scope, grant.resource) == (SCOPE, [API])
        assert all(token.scope == SCOPE for token in RefreshToken.objects.all())


@pytest.mark.django_db
def test_refreshing() -> None:
    save_resource(by="test", name="API", indicator=API)
    create_user(by="test", username="ada", password=PASSWORD)
    create_application(by="test", name="M", type="Native", client_id="machine", redirect_uris=["https://m.example/cb"])
    machine: Any = Refreshing
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
