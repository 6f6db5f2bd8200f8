"""PostgreSQL and Redis of one's own, on free ports, so that they can be killed."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.harness.live_server import free_port


@dataclass
class PostgreSQL:
    """A cluster in a folder of its own. The server refuses to run as root, so root lends it to the user `postgres`."""

    directory: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        self._run(
            "initdb",
            "-D",
            str(self.directory / "data"),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-instructions",
        )
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -k {self.directory} -c listen_addresses=127.0.0.1 -c max_connections=200"
        self._run(
            "pg_ctl",
            "-D",
            str(self.directory / "data"),
            "-w",
            "-o",
            options,
            "-l",
            str(self.directory / "log"),
            "start",
        )

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.directory / "data"), "-m", "immediate", "stop")

    def kill(self) -> None:
        """`kill -9` of every process of it, the parent first."""
        parent = int((self.directory / "data" / "postmaster.pid").read_text().split()[0])
        children = [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
        for pid in (parent, *children):
            with_errors_ignored(pid)
        while any(Path(f"/proc/{pid}").exists() for pid in children):
            time.sleep(0.02)

    def _run(self, program: str, *arguments: str) -> None:
        folder = next(Path("/usr/lib/postgresql").glob("*/bin"), None)
        command = [str(folder / program) if folder else program, *arguments]
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        # pg_ctl's server keeps what it inherits open, so its output goes nowhere.
        done = subprocess.run(
            [*as_postgres, *command], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        )
        assert done.returncode == 0, (
            command,
            (self.directory / "log").read_text() if (self.directory / "log").exists() else "",
        )


def with_errors_ignored(pid: int) -> None:
    """Kill it, unless it has ended by itself."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@dataclass
class Redis:
    directory: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Empty: nothing is kept on disk."""
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self.directory),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while (
            subprocess.run(["redis-cli", "-p", str(self.port), "ping"], capture_output=True, check=False).stdout
            != b"PONG\n"
        ):
            time.sleep(0.02)

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()


@contextmanager
def private_postgresql() -> Iterator[PostgreSQL]:
    directory = Path(tempfile.mkdtemp(prefix="latchkey-pg-"))  # short: a socket's path may have 107 characters
    if os.geteuid() == 0:
        shutil.chown(directory, "postgres")
    server = PostgreSQL(directory, free_port())
    try:
        server.create()
        yield server
    finally:
        if (directory / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(directory)


@contextmanager
def private_redis() -> Iterator[Redis]:
    with tempfile.TemporaryDirectory() as directory:
        server = Redis(Path(directory), free_port())
        server.start()
        try:
            yield server
        finally:
            server.kill()
