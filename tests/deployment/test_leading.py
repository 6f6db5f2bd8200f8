"""One thread reads and answers; others only when a request is long."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import requests

from idp.deployment.durations import SHORT, Durations

ROOT = Path(__file__).parents[2]
THREADS = 3
_names = count()


@dataclass
class Server:
    url: str
    process: "subprocess.Popen[bytes]"

    def get(self, path: str) -> requests.Response:
        return requests.get(self.url + path, timeout=20)

    def says(self, path: str) -> tuple[int, int, int]:
        """Its process, its thread, and the most requests at once until now."""
        pid, thread, most = self.get(path).text.split()[:3]
        return int(pid), int(thread), int(most)

    def usually_short(self) -> str:
        """The path of a kind of request that the leader answers."""
        path = f"/{next(_names)}"
        for _ in range(20):
            self.get(f"{path}?0")
        return path


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    yield from _server()


@pytest.fixture
def own_server() -> Iterator[Server]:
    yield from _server()


def _server() -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    options = [
        "--worker-class=idp.deployment.patient.PatientWorker", f"--threads={THREADS}", f"--bind={address}", "--keep-alive=65",
        "--no-control-socket", "--log-level=critical",
    ]  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "gunicorn", "tests.deployment.threaded_app", *options], cwd=ROOT)
    try:
        server = Server(f"http://{address}", process)
        deadline = time.monotonic() + 20
        while True:
            try:
                server.get("/")
                break
            except requests.ConnectionError:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


def wakes(pid: int) -> int:
    """How often threads of a process have fallen asleep."""
    lines = [file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/status")]
    return sum(int(text.partition("\nvoluntary_ctxt_switches:")[2].split()[0]) for text in lines)


def test_nobody_wakes_up_a_thread_to_answer_what_is_usually_short(server: Server) -> None:
    path = server.usually_short()
    with requests.Session() as kept:
        pid = int(kept.get(f"{server.url}{path}?0").text.split()[0])

        def of_a_hundred() -> int:
            before = wakes(pid)
            for _ in range(100):
                kept.get(f"{server.url}{path}?0")
            return wakes(pid) - before

        # Once a request, or twice on a busy machine; with another thread three times.
        assert min(of_a_hundred() for _ in range(3)) < 200


def test_when_it_is_long_for_once_another_thread_takes_over(server: Server) -> None:
    path = server.usually_short()
    with ThreadPoolExecutor() as pool:
        started = time.monotonic()
        long = pool.submit(server.says, f"{path}?1.2")
        time.sleep(0.1)
        threads = {server.says(f"{path}?0")[1] for _ in range(5)}
        assert time.monotonic() - started < 1
        assert long.result()[1] not in threads


def test_what_is_usually_long_is_not_answered_by_the_thread_that_reads(server: Server) -> None:
    """Unless it was another one a moment before, on a busy machine."""
    path = server.usually_short()
    pairs = [(server.says(f"{path}?0")[1], server.says(f"{path}/long?0.03")[1]) for _ in range(5)]
    assert any(leader != thread for leader, thread in pairs)


def test_no_more_than_the_threads_at_once(server: Server) -> None:
    path = server.usually_short()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(server.says, [f"{path}?0.1"] * 10))
        assert max(most for *_, most in answers) == THREADS
        everybody_waits = [pool.submit(server.says, f"{path}?0.5") for _ in range(THREADS)]
        time.sleep(0.2)
        started = time.monotonic()
        server.get(f"{path}?0")
        assert time.monotonic() - started > 0.1
        assert [answer.exception() for answer in everybody_waits] == [None] * THREADS


def test_a_kept_connection_that_speaks_while_it_is_answered(server: Server) -> None:
    host, _, port = server.url.rpartition("/")[2].partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(b"GET /aside?0.3 HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.1)
        for seconds in (b"0.1", b"0.01"):
            connection.sendall(b"GET /aside?%s HTTP/1.1\r\nHost: a\r\n\r\n" % seconds)
        everything = b""
        while everything.count(b"200 OK") < 3 or not everything.endswith(b" 0.01"):
            everything += connection.recv(65536)
    assert re.findall(rb" (0[.]\d+)", everything) == [b"0.3", b"0.1", b"0.01"]


def test_an_end_lets_requests_end(own_server: Server) -> None:
    path = own_server.usually_short()
    with ThreadPoolExecutor() as pool:
        running = [pool.submit(own_server.get, f"{path}?0.7"), pool.submit(own_server.get, "/aside?0.7")]
        time.sleep(0.2)
        started = time.monotonic()
        own_server.process.send_signal(signal.SIGTERM)
        assert [answer.result().headers["Connection"] for answer in running] == ["close", "close"]
    assert own_server.process.wait(timeout=20) == 0
    assert time.monotonic() - started < 5


def test_a_quick_end_waits_for_nobody_to_speak(own_server: Server) -> None:
    with requests.Session() as kept:
        kept.get(own_server.url, timeout=20)
        started = time.monotonic()
        own_server.process.send_signal(signal.SIGQUIT)
        own_server.process.wait(timeout=20)
    assert time.monotonic() - started < 1.5


def test_an_idle_worker_sleeps(own_server: Server) -> None:
    pid = own_server.says(f"{own_server.usually_short()}?0")[0]
    before = wakes(pid)
    time.sleep(1.2)
    assert wakes(pid) - before <= 4


def test_a_program_that_ends_itself_ends_the_worker_and_another_one_starts(server: Server) -> None:
    pid = server.says("/")[0]
    with pytest.raises(requests.ConnectionError):
        server.get("/exit")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if server.says("/")[0] != pid:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.05)
    raise AssertionError("It still runs, or nothing does")


# --- Which requests are the leader's


def leads(durations: Durations, computing: float, waiting: float | None, kind: bytes = b"GET /") -> bool:
    durations.note(kind, computing=computing, waiting=waiting)
    return durations.suit_the_leader(kind)


def test_an_unknown_kind_is_not() -> None:
    assert not Durations().suit_the_leader(b"GET /")


def test_a_short_one_is_until_it_waits_longer_than_it_computes() -> None:
    durations = Durations()
    assert leads(durations, 0.001, None)
    assert leads(durations, 0.001, 0.0005)
    assert [leads(durations, 0.001, 0.002) for _ in range(10)] == [True] * 7 + [False, True, False]


def test_one_that_is_like_no_other_is_not() -> None:
    assert not leads(Durations(), 0.001, 0, b"")


def test_one_that_computes_long_is_not() -> None:
    assert not leads(Durations(), SHORT * 2, None)


def test_what_holds_up_a_request_for_once_changes_nothing() -> None:
    durations = Durations()
    assert leads(durations, 0.001, 0.0001)
    assert leads(durations, 1, 1)


def test_what_waited_is_tried_again_less_and_less_often() -> None:
    durations = Durations()
    durations.note(b"GET /", computing=0.001, waiting=0.1)
    tried = [serial for serial in range(300) if durations.suit_the_leader(b"GET /")]
    assert tried == [1, 4, 9, 18, 35, 68, 133, 198, 263]
    assert leads(durations, 0.001, 0.0001)


def test_not_everything_is_remembered() -> None:
    durations = Durations()
    assert leads(durations, 0.001, None)
    for serial in range(1000):
        leads(durations, 0.001, None, b"GET /%d" % serial)
    assert not durations.suit_the_leader(b"GET /")
