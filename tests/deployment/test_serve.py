"""`manage.py serve`: both halves or one, started and stopped as a process manager does it."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet

from idp.deployment.transfer import copying

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DEBUG": "false", "SECRET_KEY": "s" * 50,
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(), "ENDPOINT": "https://id.example.com", "PORT": str(free_port()),
    }  # fmt: skip


def refused(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "serve", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    return done.stderr


@contextmanager
def serving(environment: dict[str, str], *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    log = Path(environment["DATA_DIR"]) / "log"
    with log.open("wb") as output:
        command = [sys.executable, "manage.py", "serve", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def until(action: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if value := action():
                return value
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise AssertionError("It never came about")


def parts(environment: dict[str, str]) -> dict[str, str]:
    answer: dict[str, str] = requests.get(f"http://127.0.0.1:{environment['PORT']}/readyz", timeout=5).json()["parts"]
    return answer


def children(pid: int) -> list[int]:
    listed = [file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for child in " ".join(listed).split()]


@pytest.mark.parametrize("arguments", [(), ("--only", "web"), ("--only", "worker")])
def test_production_does_not_touch_the_tables_unasked(environment: dict[str, str], arguments: tuple[str, ...]) -> None:
    sentence = refused(environment, *arguments)
    assert "migrations are missing" in sentence
    assert "manage.py migrate" in sentence


def test_a_database_that_is_not_there_is_said(environment: dict[str, str]) -> None:
    url = "postgresql://nobody@127.0.0.1:9/none"
    assert "Check DATABASE_URL" in refused(environment | {"DATABASE_URL": url}, "--migrate")


def test_a_half_copied_database_is_not_served(environment: dict[str, str]) -> None:
    with sqlite3.connect(f"{environment['DATA_DIR']}/db.sqlite3") as database:
        database.execute(f"CREATE TABLE {copying.UNFINISHED} (id integer)")
    assert "copy that is not finished" in refused(environment, "--migrate")


def test_both_halves_start_together_and_end_together(environment: dict[str, str]) -> None:
    with serving(environment, "--migrate") as process:
        assert until(lambda: (found := parts(environment))["worker"] == "ok" and found)["migrations"] == "ok"
        assert len(family := children(process.pid)) == 2
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in family)


def test_each_half_alone(environment: dict[str, str]) -> None:
    with serving(environment, "--migrate", "--only", "web") as web:
        assert until(lambda: parts(environment))["worker"] == "failing"
        assert len(children(web.pid)) == 1
        with serving(environment, "--only", "worker") as worker:
            until(lambda: parts(environment)["worker"] == "ok")
            assert children(worker.pid) == []
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=20) == 0


def test_nothing_is_left_when_the_parent_is_killed(environment: dict[str, str]) -> None:
    with serving(environment, "--migrate") as process:
        until(lambda: parts(environment)["worker"] == "ok")
        family = children(process.pid)
        process.kill()
        process.wait()
        until(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in family))
