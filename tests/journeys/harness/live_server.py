"""A real `manage.py serve` process with its own data, configured through `manage.py apply`."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
DISCOVERY = "/oidc/.well-known/openid-configuration"
START_SECONDS = 60


@dataclass
class LiveServer:
    url: str
    directory: Path
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes]"
    applied: dict[str, Any] = field(default_factory=dict)
    applying: "subprocess.Popen[str] | None" = None

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    def apply(self, document: Mapping[str, Any]) -> None:
        """Configure the server as the document says, unless it already is."""
        news = {part: value for part, value in document.items() if self.applied.get(part) != value}
        if not news:
            return
        file = self.directory / "apply.json"
        file.write_text(json.dumps(news))
        self._apply(file)
        self.applied |= news

    def _apply(self, file: Path) -> None:
        """By `manage.py apply` in a process that stays, since each start takes a second."""
        if self.applying is None:
            command = [sys.executable, "-m", "tests.journeys.harness.applying"]
            self.applying = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True,
            )  # fmt: skip
        assert self.applying.stdin
        assert self.applying.stdout
        self.applying.stdin.write(f"{file}\n")
        self.applying.stdin.flush()
        answer = self.applying.stdout.readline()
        assert answer == "ok\n", f"manage.py apply failed: {answer}"

    def stop(self) -> None:
        if self.applying:
            self.applying.communicate()  # ends with its input
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def assert_healthy(self, log_before: str = "") -> None:
        """It still runs, and nothing broke inside it."""
        self.assert_running()
        news = self.log.removeprefix(log_before)
        assert "Traceback" not in news, news

    def assert_running(self) -> None:
        assert self.process.poll() is None, f"The server stopped ({self.process.returncode}):\n{self.log}"

    @property
    def log(self) -> str:
        return (self.directory / "server.log").read_text()


@contextmanager
def running_server(directory: Path, *arguments: str, **variables: str) -> Iterator[LiveServer]:
    port = free_port()
    url = f"http://localhost:{port}"
    environment = clean_environment() | {"PORT": str(port), "DATA_DIR": str(directory)} | variables
    with (directory / "server.log").open("wb") as log:
        command = [sys.executable, "manage.py", "serve", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        server = LiveServer(url, directory, environment, process)
        try:
            _wait_until_it_answers(server)
            yield server
        finally:
            server.stop()


def clean_environment() -> dict[str, str]:
    """Only what a process needs: the settings of the machine that runs the tests must not leak in."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(server: LiveServer) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        server.assert_healthy()
        try:
            with urllib.request.urlopen(server.url + DISCOVERY, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"The server did not answer within {START_SECONDS} seconds:\n{server.log}")
