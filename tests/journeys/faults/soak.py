"""The same for a long time: memory stays flat, and nothing fails.

    make soak                       a minute
    make soak ARGS="--hours 1"      an hour

Two web workers, a background worker, PostgreSQL and Redis of its own. Four apps refresh and ask for userinfo, two people sign in by
password again and again. Each tenth of the time is a line; memory is compared between the second half and its beginning.
"""

import argparse
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.bench.costs import resident
from tests.journeys.faults.conftest import ADA, PRODUCTION
from tests.journeys.faults.storm import VERIFIER, token
from tests.journeys.harness import documents
from tests.journeys.harness.engines import private_postgresql, private_redis
from tests.journeys.harness.hosted import authorization_url
from tests.journeys.harness.live_server import LiveServer, running_server
from tests.journeys.harness.person import Person
from tests.journeys.test_faults import children
from tests.support.smtp_server import SmtpServer

LINES = 10
ROOM = 25.0  # MB that a worker may grow in the second half: a thread's first Argon2id hash takes 19, once


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make soak", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--hours", type=float, default=0)
    options = parser.parse_args()
    with ExitStack() as stack:
        postgresql, redis = stack.enter_context(private_postgresql()), stack.enter_context(private_redis())
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        variables = PRODUCTION | {
            "DATABASE_URL": postgresql.url, "CACHE_URL": f"{redis.url}/0", "QUEUE_URL": f"{redis.url}/1", "WEB_CONCURRENCY": "2",
        }  # fmt: skip
        server = stack.enter_context(running_server(directory, "--migrate", **variables))
        smtp = stack.enter_context(SmtpServer())
        grown = soak(server, smtp, options.hours * 3600 or options.seconds)
    if max(grown.values()) > ROOM:
        raise SystemExit(f"Memory grew: {grown}")


def soak(server: LiveServer, smtp: SmtpServer, seconds: float) -> dict[int, float]:
    """MB that each process grew in the second half."""
    experience = {"signInExperience": documents.USERNAME_PASSWORD, "users": [ADA]}
    server.apply(documents.everything_but_the_experience(smtp) | experience)
    statuses: Counter[str] = Counter()
    stop = threading.Event()
    threads = [
        threading.Thread(target=_until(stop, work), args=(server, statuses)) for work in (_app,) * 4 + (_person,) * 2
    ]
    for thread in threads:
        thread.start()
    pids = [*children(server, background=False), *children(server, background=True)]
    samples = []
    try:
        for line in range(1, LINES + 1):
            time.sleep(seconds / LINES)
            samples.append({pid: resident(pid) for pid in pids})
            say(
                f"{seconds * line / LINES:6.0f} s  {dict(statuses)}  MB: {[round(memory) for memory in samples[-1].values()]}"
            )
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert set(statuses) == {"200 refresh", "200 userinfo", "200 sign-in"}, statuses
    assert pids == [*children(server, background=False), *children(server, background=True)], "A worker was replaced"
    return {pid: samples[-1][pid] - samples[LINES // 2][pid] for pid in pids}


def _until(stop: threading.Event, work: Any) -> Any:
    def run(server: LiveServer, statuses: Counter[str]) -> None:
        steps = work(server)
        while not stop.is_set():
            name, status = next(steps)
            statuses[f"{status} {name}"] += 1

    return run


def _app(server: LiveServer) -> Any:
    tokens = _signed_in(server).json()
    while True:
        answer = token(server, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        yield "refresh", answer.status_code
        tokens = answer.json()
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        yield "userinfo", requests.get(f"{server.url}/oidc/me", headers=bearer, timeout=30).status_code


def _person(server: LiveServer) -> Any:
    while True:
        yield "sign-in", _signed_in(server).status_code


def _signed_in(server: LiveServer) -> requests.Response:
    code = parse_qs(urlsplit(Person(server.url, ADA["username"]).goes_to(authorization_url(server))).query)["code"][0]
    return token(
        server, grant_type="authorization_code", code=code, code_verifier=VERIFIER, redirect_uri=documents.CALLBACK
    )


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  the reader is a person at a terminal


if __name__ == "__main__":
    main()
