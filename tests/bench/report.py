"""The results as tables: on the terminal, and with a chart as docs/performance.md."""

import platform
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench import aims, chart
from tests.bench.measuring import Figures
from tests.bench.results import Results
from tests.bench.subjects import NODE
from tests.journeys.harness.databases import POSTGRESQL_SERVER
from tests.journeys.harness.live_server import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
CHART = ROOT / "docs" / "performance.svg"
TEMPLATE = Path(__file__).with_name("performance.md")
NAMES = {
    "latchkey-sqlite": "Latchkey, SQLite",
    "latchkey-postgresql": "Latchkey, PostgreSQL",
    "latchkey-postgresql-redis": "Latchkey, PostgreSQL + Redis",
    "toolkit-postgresql": "stock toolkit, PostgreSQL",
    "oidc-provider-memory": "oidc-provider, memory",
    "oidc-provider-postgresql": "oidc-provider, PostgreSQL",
}


def text(results: Results) -> str:
    return "\n\n".join(parts(results).values())


def write(results: Results) -> None:
    document = TEMPLATE.read_text()
    for name, part in parts(results).items():
        document = document.replace(f"<!-- {name} -->", part)
    DOCUMENT.write_text(document)
    CHART.write_text(chart.svg(results, NAMES))


def parts(results: Results) -> dict[str, str]:
    return {
        "machine": machine(),
        "cpu": _by_server(results, _cpu),
        "rate": _by_server(results, lambda figures: f"{figures.rate:,.0f}"),
        "wait": _by_server(results, lambda figures: f"{figures.p50:.1f} / {figures.p95:.1f}"),
        "process": _in_process(results),
        "people": _people(results),
        "memory": _memory(results),
        "aims": "\n".join(aims.reading(results)),
    }


def machine() -> str:
    info = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", info)
    postgresql = _said("psql", POSTGRESQL_SERVER + "/postgres", "-Atc", "SHOW server_version").split()[0]
    facts = [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"{info.count('processor')} cores of {model[1] if model else platform.machine()}",
        f"Linux {platform.release()}", f"Python {platform.python_version()}", f"Django {version('django')}",
        f"django-oauth-toolkit {version('django-oauth-toolkit')}", f"gunicorn {version('gunicorn')}",
        f"psycopg {version('psycopg')}", f"PostgreSQL {postgresql}", f"Node {_said('node', '--version').lstrip('v')}",
        f"oidc-provider {_locked('oidc-provider')}", f"pg {_locked('pg')}",
        f"commit {_said('git', '-C', str(ROOT), 'rev-parse', '--short', 'HEAD')}",
    ]  # fmt: skip
    return ", ".join(facts) + "."


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "?"


def _locked(package: str) -> str:
    found = re.search(rf'"node_modules/{package}": {{\s*"version": "([^"]+)"', (NODE / "package-lock.json").read_text())
    return found[1] if found else "?"


def _cpu(figures: Figures) -> str:
    return (
        f"{figures.application:.2f} + {figures.database:.2f}"
        if figures.database >= 0.005
        else f"{figures.application:.2f}"
    )


def _table(head: list[str], rows: Iterator[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _by_server(results: Results, show: Callable[[Figures], str]) -> str:
    servers = results.served
    kinds = list(dict.fromkeys(kind for served in servers.values() for kind in served.figures))
    rows = (
        [kind, *(show(served.figures[kind]) if kind in served.figures else "–" for served in servers.values())]
        for kind in kinds
    )
    return _table(["", *(NAMES[name] for name in servers)], rows)


def _in_process(results: Results) -> str:
    servers = results.in_process
    kinds = list(dict.fromkeys(kind for costs in servers.values() for kind in costs))
    rows = [
        [kind, *(f"{costs[kind].application:.2f} + {costs[kind].database:.2f}" for costs in servers.values())]
        for kind in kinds
    ]
    bare = [["a bare view of Django", *([f"{results.bare.view:.3f}"] * len(servers))]]
    usual = [["the same behind Django's usual middleware", *([f"{results.bare.usual:.3f}"] * len(servers))]]
    return _table(["", *(NAMES[name] for name in servers)], iter(bare + usual + rows))


def _people(results: Results) -> str:
    columns = [(kind, size, found) for kind, sizes in results.people.items() for size, found in sizes.items()]
    if not columns:
        return ""
    head = ["", *(f"{'SQLite' if kind == 'sqlite' else 'PostgreSQL'}, {size:,}" for kind, size, _ in columns)]
    pages = (
        [f"page: {name} (CPU)", *(f"{found.pages[name].application:.1f} + {found.pages[name].database:.1f}" for *_, found in columns)]
        for name in columns[0][2].pages
    )  # fmt: skip
    queries = (
        [f"query: {name} (wait)", *(f"{found.queries[name]:.1f}" for *_, found in columns)]
        for name in columns[0][2].queries
    )
    return _table(head, iter([*pages, *queries]))


def _memory(results: Results) -> str:
    rows = (
        [NAMES[name], f"{served.idle:.0f}", f"{served.loaded:.0f}", f"{served.start_seconds:.1f}"]
        for name, served in results.served.items()
    )
    return _table(["", "idle, MB", "loaded, MB", "start, s"], rows)
