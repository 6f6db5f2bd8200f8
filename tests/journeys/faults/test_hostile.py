"""Clients that are slow, silent, too many or too large: they are refused or dropped, and everybody else is served as before."""

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from idp.deployment.patient import allow_connections
from tests.journeys.faults.conftest import PRODUCTION
from tests.journeys.harness.live_server import DISCOVERY, LiveServer, running_server

CONNECTIONS = 10_000
BEGINNINGS = (
    b"GET /oidc/jwks HTTP/1.1\r\nHost: localhost\r\n",
    b"POST /oidc/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\nx",
)
QUICK = 5.0  # seconds in which everybody else is answered; on a quiet machine it is a fraction of one


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One worker with eight threads, on SQLite."""
    with running_server(tmp_path_factory.mktemp("hostile"), "--migrate", **PRODUCTION) as server:
        yield server
        server.assert_healthy()


def connect(server: LiveServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=30)


def everybody_else_is_served(server: LiveServer) -> float:
    """The slowest of a few answers, in seconds."""
    slowest = 0.0
    for _ in range(5):
        started = time.monotonic()
        assert requests.get(server.url + DISCOVERY, timeout=10).status_code == 200
        slowest = max(slowest, time.monotonic() - started)
    assert slowest < QUICK
    return slowest


def say(line: str) -> None:
    print(f"\n{line}")  # noqa: T201  for whoever runs this with -s; docs/faults.md is made of it


def answer(connection: socket.socket) -> str:
    """The first line, or nothing when the connection was closed without one."""
    with contextlib.suppress(ConnectionError):
        return connection.makefile("rb").readline().decode().strip()
    return ""


def test_ten_thousand_open_connections(server: LiveServer) -> None:
    if allow_connections(CONNECTIONS) < CONNECTIONS:
        pytest.skip(f"this machine allows {allow_connections(CONNECTIONS)} connections for a process")
    open_ones = []
    try:
        for _ in range(CONNECTIONS):
            open_ones.append(connect(server))
        slowest = everybody_else_is_served(server)
        say(f"10,000 open connections: the slowest answer took {slowest:.2f} s, {memory(server):.0f} MB")
        for one in (open_ones[-1], open_ones[CONNECTIONS // 2]):
            one.sendall(f"GET {DISCOVERY} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert answer(one) == "HTTP/1.1 200 OK"
    finally:
        for one in open_ones:
            one.close()
    everybody_else_is_served(server)


def memory(server: LiveServer) -> float:
    from tests.bench.costs import Meter

    return Meter(server.process.pid).worker_memory()


def test_slow_loris(server: LiveServer) -> None:
    """Fifty clients send a head or a body a byte at a time, six times as many as there are threads; they have 15 seconds."""
    slow = [connect(server) for _ in range(50)]
    beginnings = itertools.cycle(BEGINNINGS)
    dropped: list[float] = []

    def drip(connection: socket.socket, beginning: bytes) -> None:
        started = time.monotonic()
        with contextlib.suppress(OSError):
            connection.sendall(beginning)
            while time.monotonic() - started < 30:
                connection.settimeout(1)
                with contextlib.suppress(TimeoutError):
                    if connection.recv(1) == b"":
                        break
                connection.sendall(b"x")
        dropped.append(time.monotonic() - started)

    threads = [threading.Thread(target=drip, args=(connection, next(beginnings))) for connection in slow]
    for thread in threads:
        thread.start()
    time.sleep(1)
    slowest = everybody_else_is_served(server)
    for thread in threads:
        thread.join()
    say(
        f"slow loris: the slowest answer took {slowest:.2f} s, dropped after {min(dropped):.0f} to {max(dropped):.0f} s"
    )
    assert 10 < min(dropped) <= max(dropped) < 25


def test_clients_that_do_not_close_their_side(server: LiveServer) -> None:
    """Gunicorn would wait for each, two seconds, with everybody."""
    lazy = [connect(server) for _ in range(20)]
    for one in lazy:
        one.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    everybody_else_is_served(server)
    assert [answer(one) for one in lazy] == ["HTTP/1.1 200 OK"] * 20
    for one in lazy:
        one.close()


def test_requests_behind_each_other_on_one_connection(server: LiveServer) -> None:
    one = connect(server)
    request = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    one.sendall(request * 3 + request[:20])
    time.sleep(0.3)
    one.sendall(request[20:])
    everything = b""
    while everything.count(b"200 OK") < 4:
        everything += one.recv(65536)
    one.close()


@pytest.mark.parametrize(
    ("request_", "statuses"),
    [
        (b"GET /oidc/jwks HTTP/1.1\r\nHost: localhost\r\nX-Large: " + b"x" * 1_000_000 + b"\r\n\r\n", {"431"}),
        (b"GET /oidc/jwks HTTP/1.1\r\nHost: localhost\r\nX-Large: " + b"x" * 20_000 + b"\r\n\r\n", {"431"}),
        (b"GET /oidc/jwks?" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", {"414"}),
        (b"POST /oidc/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000, {"413"}),
        (b"POST /api/experience/submit HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000, {"400", "401", "403", "404", "405", "413", "422"}),
        (b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000, {"400", "403", "413"}),
        (b"POST /oidc/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n", {"400"}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 200 + b"\r\n\r\n", {"400"}),
    ],
    ids=["1 MB header", "20 kB header", "20 kB address", "1 MB to the token endpoint", "1 MB to the API", "1 MB to a page", "no length", "TLS"],
)  # fmt: skip
def test_too_large_or_nonsense(server: LiveServer, request_: bytes, statuses: set[str]) -> None:
    one = connect(server)
    with contextlib.suppress(ConnectionError):
        one.sendall(request_)
    line = answer(one)
    one.close()
    assert line.split(" ")[1] in statuses, line
    everybody_else_is_served(server)


def test_a_large_file_still_arrives(server: LiveServer) -> None:
    """Imports are larger than what the worker's loop keeps: a thread reads the rest."""
    large = requests.post(
        f"{server.url}/console/users/import", data={"file": "x" * 1_000_000}, timeout=30, allow_redirects=False
    )
    assert large.status_code in (302, 403)


def test_the_log_is_quiet(server: LiveServer) -> None:
    assert Path(server.directory / "server.log").stat().st_size < 200_000
