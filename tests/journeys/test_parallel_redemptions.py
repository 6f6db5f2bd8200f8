"""Fifty requests with one code, or one refresh token, at the same moment: over HTTP, against several workers."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest
import requests

from tests.journeys.conftest import Servers
from tests.journeys.harness import documents
from tests.journeys.harness.databases import KINDS
from tests.journeys.harness.hosted import authorization_url
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import LiveServer
from tests.journeys.harness.person import PASSWORD, Person
from tests.journeys.test_faults import code_of, exchange, refresh

TIMES = 50
REDIS = "redis://127.0.0.1:6379/15"


@pytest.fixture(scope="module", params=KINDS)
def server(request: pytest.FixtureRequest, servers: Servers, inbox: Inbox) -> Iterator[LiveServer]:
    """Two workers: on PostgreSQL with a cache that they share, on SQLite with one each."""
    cache = {"CACHE_URL": REDIS} if request.param == "postgresql" else {}
    with ExitStack() as stack:
        server = servers.fresh(request.param, stack, WEB_CONCURRENCY="2", **cache)
        server.apply(
            documents.everything_but_the_experience(inbox.smtp)
            | {
                "signInExperience": documents.USERNAME_PASSWORD,
                "users": [{"username": "ada_parallel", "password": PASSWORD}],
            }
        )
        yield server
        server.assert_healthy()


@pytest.fixture
def code(server: LiveServer) -> str:
    return code_of(Person(server.url, "ada_parallel").goes_to(authorization_url(server)))


def at_once(action: Callable[[], requests.Response]) -> list[requests.Response]:
    barrier = Barrier(TIMES)

    def one(_: int) -> requests.Response:
        barrier.wait()
        return action()

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(one, range(TIMES)))


def test_one_code_gives_tokens_once(server: LiveServer, code: str) -> None:
    answers = at_once(lambda: exchange(server, code))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: TIMES - 1}
    assert {answer.json()["error"] for answer in answers if answer.status_code == 400} == {"invalid_grant"}
    (tokens,) = [answer.json() for answer in answers if answer.status_code == 200]
    # The replays have ended the grant (RFC 6749 section 4.1.2).
    assert refresh(server, tokens["refresh_token"]).status_code == 400
    assert userinfo(server, tokens["access_token"]).status_code == 401


def test_one_refresh_token_is_answered_every_time(server: LiveServer, code: str) -> None:
    """All within the three seconds in which a used token still answers: each answer is good, and its tokens work."""
    first = exchange(server, code).json()
    answers = at_once(lambda: refresh(server, first["refresh_token"]))
    counted = Counter(answer.status_code for answer in answers)
    tokens = [answer.json() for answer in answers if answer.status_code == 200]
    assert counted == {200: TIMES}, counted
    assert len({one["refresh_token"] for one in tokens}) == len({one["access_token"] for one in tokens}) == TIMES
    assert userinfo(server, tokens[-1]["access_token"]).json()["sub"]
    assert refresh(server, tokens[0]["refresh_token"]).status_code == 200


def userinfo(server: LiveServer, access_token: str) -> requests.Response:
    return requests.get(f"{server.url}/oidc/me", headers={"Authorization": f"Bearer {access_token}"}, timeout=30)
