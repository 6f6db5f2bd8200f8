"""Device codes and subject tokens are used up once, however many ask at the same moment."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from idp.applications.services import create_application
from idp.tokens.exchange import create_subject_token
from idp.tokens.models import AccessToken, Grant, RefreshToken
from idp.tokens.services import create_grant
from idp.users.models import User
from tests.protocol.client import App
from tests.protocol.television import Person, Television
from tests.protocol.token_exchange import IMPERSONATION, exchange

AtOnce = Callable[..., list[Any]]


def test_one_device_code_gives_tokens_once(at_once: AtOnce, ada: User) -> None:
    create_application(by="test", name="TV", type="Native", client_id="tv", is_device_flow=True)
    tv, person = Television(), Person()
    person.to_question(tv.start())
    person.decide("allow")
    answers = at_once(lambda _: tv.poll(), times=20)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: 19}
    assert {answer.json()["error"] for answer in answers if answer.status_code == 400} == {"invalid_grant"}
    assert (AccessToken.objects.count(), RefreshToken.objects.count()) == (1, 1)
    assert Grant.objects.get().revoked_at is not None  # and the replays ended the grant


def test_one_question_is_answered_once(at_once: AtOnce, ada: User) -> None:
    create_application(by="test", name="TV", type="Native", client_id="tv", is_device_flow=True)
    tv, person = Television(), Person()
    person.to_question(tv.start())
    cookies = person.browser.cookies

    def decide(number: int) -> str:
        twin = Person()
        twin.browser.cookies = cookies.copy()
        return str(twin.decide("allow" if number % 2 else "cancel")["Location"])

    outcome = set(at_once(decide, times=12))
    assert len(outcome) == 1, outcome
    assert Grant.objects.count() == (outcome == {"/device/success"})


def test_one_subject_token_is_exchanged_once(at_once: AtOnce, ada: User) -> None:
    create_application(by="test", name="App", type="Native", client_id="service", allow_token_exchange=True)
    token = create_subject_token(by="test", user=ada)
    answers = at_once(lambda _: exchange(App("service", ""), token, IMPERSONATION, scope="openid"), times=20)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: 19}
    assert AccessToken.objects.count() == 1


def test_no_more_grants_remain_than_an_application_may_have(at_once: AtOnce, ada: User) -> None:
    app = create_application(by="test", name="Shop", type="SPA", client_id="shop", max_allowed_grants=2)
    grants = at_once(
        lambda _: create_grant(
            user=ada, application=app, session_id="", auth_time=1, amr=[], scope="openid", resource=[]
        ),
        times=10,
    )
    assert all(isinstance(grant, Grant) for grant in grants), grants
    assert Grant.objects.filter(revoked_at=None).count() == 2
