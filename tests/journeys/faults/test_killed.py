"""`kill -9` in the middle of two hundred sign-ins and refreshes: nothing is lost, nothing happens twice, and nobody sees a 500."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import requests

from tests.journeys.faults.conftest import ADA, Stage
from tests.journeys.faults.storm import REUSE_WINDOW, VERIFIER, App, Log, Newcomer, Storm, token
from tests.journeys.harness import documents
from tests.journeys.harness.hosted import authorization_url
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import LiveServer
from tests.journeys.harness.person import Person
from tests.journeys.test_faults import children

APPS, NEWCOMERS = 175, 25
RECOVERY = 5.0  # seconds, on a machine where nobody else works
DOWN = 1.0  # seconds that a database or a Redis is gone


@dataclass
class Fault:
    """`strike` returns when what was killed could be back."""

    name: str
    strike: Callable[[Stage], None]
    slow_twilio: float = 0.0


def _kill_workers(stage: Stage) -> None:
    """Those that answer, and the one in the background."""
    for background in (False, True):
        for pid in children(stage.server, background=background):
            os.kill(pid, signal.SIGKILL)


def _kill_postgresql(stage: Stage) -> None:
    stage.postgresql.kill()
    time.sleep(DOWN)
    stage.postgresql.start()


def _cut_connections(stage: Stage) -> None:
    """As an administrator does it: each server process is told to end."""
    for _ in range(5):
        with psycopg.connect(stage.postgresql.url, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        time.sleep(0.2)


def _kill_redis(stage: Stage) -> None:
    stage.redis.kill()
    time.sleep(DOWN)
    stage.redis.start()


FAULTS = [
    Fault("every worker", _kill_workers, slow_twilio=1.2),
    Fault("PostgreSQL", _kill_postgresql),
    Fault("Redis", _kill_redis),
    *([Fault("connections to PostgreSQL", _cut_connections)] if os.environ.get("ALL_FAULTS") else []),
]


@dataclass
class People:
    """Apps with a grant each, and numbers of people who have accounts; each storm takes the next numbers."""

    apps: list[App]
    numbers: list[str]

    def newcomers(self, stage: Stage, inbox: Inbox, log: Log) -> list[Newcomer]:
        return [Newcomer(stage.server, inbox, log, self.numbers.pop()) for _ in range(NEWCOMERS)]


@pytest.fixture(scope="module")
def people(stage: Stage, inbox: Inbox) -> People:
    numbers = [inbox.new_phone_number() for _ in range(NEWCOMERS * len(FAULTS))]
    accounts = [ADA, *({"primaryPhone": f"1{number}"} for number in numbers)]
    stage.server.apply({"signInExperience": documents.USERNAME_PASSWORD, "users": accounts})
    ada = Person(stage.server.url, ADA["username"])
    callbacks = [ada.goes_to(authorization_url(stage.server)) for _ in range(APPS)]
    tokens = [_redeem(stage.server, callback)["refresh_token"] for callback in callbacks]
    stage.server.apply({"signInExperience": documents.PHONE_CODE})
    return People([App(stage.server, Log(), token) for token in tokens], numbers)


def _redeem(server: LiveServer, callback: str) -> dict[str, str]:
    code = parse_qs(urlsplit(callback).query)["code"][0]
    answer = token(
        server, grant_type="authorization_code", code=code, code_verifier=VERIFIER, redirect_uri=documents.CALLBACK
    )
    return dict(answer.json())


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_storm(fault: Fault, stage: Stage, people: People, inbox: Inbox) -> None:
    log = Log()
    newcomers = people.newcomers(stage, inbox, log)
    apps = [app for app in people.apps if not app.ended]
    probe = apps.pop()
    for app in apps:
        app.log = log
    recovery = 0.0

    def disturb() -> None:
        nonlocal recovery
        fault.strike(stage)
        recovery = _seconds_until_all_is_well(stage.server, probe)

    inbox.twilio.hang(fault.slow_twilio)
    slower = _slower_by_others()
    started = time.monotonic()
    try:
        arrived = Storm(apps, newcomers, log).rage(disturb)
    finally:
        inbox.twilio.hang(0)
    seconds = time.monotonic() - started
    slower = max(slower, _slower_by_others())
    say(fault.name, log, newcomers, apps, seconds, recovery, slower)

    assert log.wrong == []
    assert log.without_retry_after == []
    assert [str(problem) for each in arrived if (problem := each.exception())] == []
    for newcomer in newcomers:
        assert newcomer.started == 1 or newcomer.in_doubt, f"{newcomer.number} began {newcomer.started} times"
        assert max(Counter(newcomer.texts()).values()) <= 2
    for app in apps:
        _nothing_was_minted_twice(app)
        assert not app.ended or _doubted(app), app.tries[-3:]
    _database_agrees(stage, apps)
    assert recovery < RECOVERY * slower


def _slower_by_others() -> float:
    """How many times as long everything takes because others compute on the same cores. Our own storm is not one of them: it is over,
    or has not begun.
    """
    burn = (
        "import time; wall, cpu = time.perf_counter(), time.process_time()\n"
        "while (used := time.process_time() - cpu) < 0.3: pass\n"
        "print((time.perf_counter() - wall) / used)"
    )
    burning = [
        subprocess.Popen([sys.executable, "-c", burn], stdout=subprocess.PIPE, text=True)
        for _ in range(os.cpu_count() or 1)
    ]
    return max(float(process.communicate()[0]) for process in burning)


def say(
    name: str, log: Log, newcomers: list[Newcomer], apps: list[App], seconds: float, recovery: float, slower: float
) -> None:
    """For whoever runs this with -s; docs/faults.md is made of it."""
    most = Counter(max(Counter(newcomer.texts()).values()) for newcomer in newcomers if newcomer.texts())
    again = sum(newcomer.started > 1 for newcomer in newcomers)
    print(  # noqa: T201
        f"\n{name}: {seconds:.0f} s, well again {recovery:.1f} s after (others make everything {slower:.1f} times as slow); answers {dict(log.statuses)}, {log.broken} broken connections; "
        f"{again} of {len(newcomers)} had to begin again, texts for one code {dict(most)}; "
        f"{sum(app.ended for app in apps)} of {len(apps)} chains ended"
    )


def _seconds_until_all_is_well(server: LiveServer, probe: App) -> float:
    """A refresh and the sign-in page."""
    started = time.monotonic()
    while time.monotonic() - started < 60:
        made = probe.refresh()
        if made.status == 200:
            probe.token = made.successor
            page = requests.get(authorization_url(server), headers={"Accept": "text/html"}, timeout=30)
            if page.status_code == 200:
                break
        time.sleep(0.05)
    return time.monotonic() - started


def _doubted(app: App) -> bool:
    """The last token was used before, longer ago than it may be used again, and nobody said what became of it.

    A request that waited until there were workers again was judged late: what counts is when its answer came.
    """
    last = app.tries[-1]
    earlier = [made for made in app.tries[:-1] if made.token == last.token]
    return bool(earlier) and earlier[0].status != 200 and last.answered - earlier[0].at > REUSE_WINDOW - 0.5


def _nothing_was_minted_twice(app: App) -> None:
    """A token that was used with success is used again only in the window, and only because an answer did not arrive."""
    for used in {made.token for made in app.tries}:
        uses = [made for made in app.tries if made.token == used]
        assert sum(made.status == 200 for made in uses) <= 1


def _database_agrees(stage: Stage, apps: list[App]) -> None:
    """Each chain has the tokens that its answers brought, and at most one more for each answer that did not arrive; and the ones
    that live are the last, and those that such an answer may have brought.
    """

    with psycopg.connect(stage.postgresql.url) as connection:
        for app in apps:
            first = sha256(app.tries[0].token.encode()).hexdigest()
            minted, live = connection.execute(
                "SELECT count(*), count(*) FILTER (WHERE consumed_at IS NULL) FROM tokens_refreshtoken WHERE grant_id = "
                "(SELECT grant_id FROM tokens_refreshtoken WHERE token_checksum = %s)", [first],
            ).fetchone()  # fmt: skip
            brought = sum(made.status == 200 for made in app.tries)
            assert 1 + brought <= minted <= 1 + brought + app.doubts(), app.tries
            assert live <= 1 + app.doubts(), app.tries


def test_a_refresh_token_used_again_later_ends_the_chain(people: People) -> None:
    """The other side of the promise: outside the window a second use brings nothing, and ends what the first one brought."""
    app = next(app for app in people.apps if not app.ended)
    made = app.refresh()
    assert made.status == 200
    time.sleep(REUSE_WINDOW + 0.5)
    assert app.refresh().status == 400
    app.token, app.ended = made.successor, True
    assert app.refresh().status == 400


def test_the_workers_are_all_there_again(stage: Stage) -> None:
    assert len(children(stage.server, background=False)) == 2
    assert len(children(stage.server, background=True)) == 1
    assert Path(stage.server.directory / "server.log").stat().st_size < 20_000_000
