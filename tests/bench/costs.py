"""What a running server costs: CPU time of its processes and of its PostgreSQL connections, and memory. Linux only: it reads /proc."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.journeys.harness.databases import POSTGRESQL_SERVER

_TICK = 1000 / os.sysconf("SC_CLK_TCK")


@dataclass
class Meter:
    """CPU milliseconds of one server since it started. `pid` is its first process; `database` its name on PostgreSQL, or empty."""

    pid: int
    database: str = ""
    _seen: dict[int, float] = field(default_factory=dict)  # connections that have ended count with what they had used

    def application(self) -> float:
        return sum(_cpu(pid) for pid in self.processes())

    def database_server(self) -> float:
        """Of the server processes behind the connections; writing out to disk and cleaning up happen in others, uncounted."""
        if self.database:
            self._seen |= {pid: cpu_exact(pid) for pid in self._backends()}
        return sum(self._seen.values())

    def processes(self) -> list[int]:
        """Those that answer requests, and their parent; the background worker is not one of them."""
        found, waiting = [], [self.pid]
        while waiting:
            pid = waiting.pop()
            if "\0work\0" not in _read(f"/proc/{pid}/cmdline"):
                found.append(pid)
                waiting += [
                    int(child)
                    for task in Path(f"/proc/{pid}/task").glob("*/children")
                    for child in task.read_text().split()
                ]
        return found

    def worker_memory(self) -> float:
        """MB resident in the largest process: a web worker, or the only process."""
        return max(resident(pid) for pid in self.processes())

    def _backends(self) -> list[int]:
        with psycopg.connect(f"{POSTGRESQL_SERVER}/postgres", autocommit=True) as connection:
            rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [self.database])
            return [pid for (pid,) in rows]


def _cpu(pid: int) -> float:
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK if fields else 0.0


def cpu_exact(pid: int) -> float:
    """Of a process with one thread."""
    return int((_read(f"/proc/{pid}/schedstat") or "0").split()[0]) / 1e6


def resident(pid: int) -> float:
    lines = dict(line.split(":", 1) for line in _read(f"/proc/{pid}/status").splitlines())
    return int(lines["VmRSS"].split()[0]) / 1000 if "VmRSS" in lines else 0.0


def _read(path: str) -> str:
    """Empty for a process that has ended."""
    try:
        return Path(path).read_text()
    except OSError:
        return ""
