"""CPU per request without a web server: the WSGI application called in a process of its own, and its PostgreSQL connection.

Reads requests from standard input as {name: [method, path, headers, body]}; "refresh, rotating" goes on with each new token. The
environment is that of the server that made the tokens. Writes {name: [application ms, database ms]}, each the best of twelve rounds.
"""

import argparse
import cProfile
import io
import json
import pstats
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.util import setup_testing_defaults

import django

ROUNDS, TIMES = 12, 60


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", default="")
    options = parser.parse_args()
    django.setup()
    from idp.wsgi import application  # a server has to be there before its settings are read

    actions = {name: _action(application, *request) for name, request in json.load(sys.stdin).items()}
    if options.profile:
        _profile(actions[options.profile])
        return
    figures = {name: cost(action) for name, action in actions.items()}
    sys.stdout.write(json.dumps(figures))


def _action(application: Any, method: str, path: str, headers: dict[str, str], body: str) -> Callable[[], bytes]:
    template = environ(method, path, headers, body)
    if "refresh_token=" not in body:
        return lambda: call(application, template)
    form = {name: values[0] for name, values in parse_qs(body).items()}

    def go_on() -> bytes:
        answer = call(application, environ(method, path, headers, urlencode(form)))
        form["refresh_token"] = json.loads(answer)["refresh_token"]
        return answer

    return go_on


def cost(action: Callable[[], Any], rounds: int = ROUNDS, times: int = TIMES) -> tuple[float, float]:
    """Milliseconds of CPU for one call: of this process, and of its connection to PostgreSQL."""
    for _ in range(times):
        action()
    return min((_round(action, times) for _ in range(rounds)), key=sum)


def _round(action: Callable[[], Any], times: int) -> tuple[float, float]:
    database, own = _database_cpu(), time.process_time()
    for _ in range(times):
        action()
    return (time.process_time() - own) / times * 1000, (_database_cpu() - database) / times


_seen: dict[
    int, float
] = {}  # connections, of which Django opens a new one each minute; an ended one counts with what it had used


def _database_cpu() -> float:
    from django.db import connection

    from tests.bench.costs import cpu_exact

    if connection.vendor == "postgresql" and connection.connection:
        pid = connection.connection.info.backend_pid
        _seen[pid] = max(cpu_exact(pid), _seen.get(pid, 0.0))
    return sum(_seen.values())


def environ(method: str, path: str, headers: dict[str, str], body: str = "") -> dict[str, Any]:
    path, _, query = path.partition("?")
    made: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1"
    }  # fmt: skip
    setup_testing_defaults(made)
    made |= {"CONTENT_LENGTH": str(len(body)), "body": body.encode()}
    for name, value in headers.items():
        made["CONTENT_TYPE" if name == "Content-Type" else f"HTTP_{name.upper().replace('-', '_')}"] = value
    return made


def call(application: Any, template: dict[str, Any]) -> bytes:
    statuses: list[str] = []
    answer = application(
        template | {"wsgi.input": io.BytesIO(template["body"])}, lambda status, _: statuses.append(status)
    )
    body = b"".join(answer)
    answer.close()
    if not statuses[0].startswith("200"):
        raise AssertionError(f"{template['PATH_INFO']}: {statuses[0]} {body[:300].decode()}")
    return body


def _profile(action: Callable[[], Any], times: int = 300) -> None:
    for _ in range(50):
        action()
    profile = cProfile.Profile()
    with profile:
        for _ in range(times):
            action()
    pstats.Stats(profile).sort_stats("tottime").print_stats(35).sort_stats("cumtime").print_stats(60)


if __name__ == "__main__":
    main()
