"""What requests cost: Latchkey, the stock OAuth toolkit and npm's oidc-provider on one machine, in one run.

    make bench                                   everything, as tables; ten minutes
    make bench ARGS="--write"                    the same, into docs/performance.md and its chart
    make bench ARGS="latchkey-postgresql"        one of them (the names are below)
    make bench ARGS="--people 1000,1000000"      how many people the console lists and searches; 0: none
    make bench ARGS="--profile introspection"    where the time of one kind of request goes

It needs PostgreSQL (JOURNEY_POSTGRESQL), Node for oidc-provider, and Redis on 127.0.0.1 for what is measured with it. The generator shares
the cores with the servers, so requests per second are lower bounds; CPU per request is what to compare.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import astuple
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from tests.bench import report, subjects
from tests.bench.measuring import measure
from tests.bench.results import Bare, Cost, People, Results, Served
from tests.bench.subjects import NODE, Subject
from tests.journeys.harness.databases import throwaway_database
from tests.journeys.harness.live_server import ROOT, clean_environment

REDIS = "redis://127.0.0.1:6379/9"
SUBJECTS: dict[str, Callable[[Path], AbstractContextManager[Subject]]] = {
    "latchkey-sqlite": lambda directory: subjects.latchkey("sqlite", directory),
    "latchkey-postgresql": lambda directory: subjects.latchkey("postgresql", directory),
    "latchkey-postgresql-redis": lambda directory: subjects.latchkey("postgresql", directory, cache=REDIS),
    "toolkit-postgresql": subjects.toolkit,
    "oidc-provider-memory": lambda directory: subjects.npm_provider(directory, postgresql=False),
    "oidc-provider-postgresql": lambda directory: subjects.npm_provider(directory, postgresql=True),
}
# In a process of its own, as the aims were set: the short requests.
SHORT = ("discovery", "keys (JWKS)", "client credentials", "introspection", "userinfo", "refresh, rotating")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("subjects", nargs="*", metavar="subject", help=", ".join(SUBJECTS))
    parser.add_argument("--seconds", type=float, default=1.5, help="of each round")
    parser.add_argument("--rounds", type=int, default=4, help="the best of so many counts")
    parser.add_argument("--people", default="1000,100000,1000000", help="sizes for the console's list and search")
    parser.add_argument("--profile", default="", help="profile this kind of request instead, in one process")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    options = parser.parse_args()
    chosen = options.subjects or list(SUBJECTS)
    if options.profile:
        say(profile(chosen[0] if options.subjects else "latchkey-postgresql", options.profile))
        return
    if any("oidc" in name for name in chosen) and not (NODE / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--prefix", str(NODE)], check=True)
    results = Results(bare=bare())
    for name in chosen:
        served, costs = serve(name, options)
        results.served[name] = served
        results.in_process |= {name: costs} if costs else {}
        keep(results, options)
    sizes = [int(size) for size in options.people.split(",") if int(size)]
    for kind in ("sqlite", "postgresql") if sizes else ():
        results.people[kind] = people(kind, sizes)
        keep(results, options)
    say(report.text(results))


def keep(results: Results, options: argparse.Namespace) -> None:
    """What was found so far: a run that is stopped was not for nothing."""
    if options.write:
        report.write(results)


def serve(name: str, options: argparse.Namespace) -> tuple[Served, dict[str, Cost]]:
    with tempfile.TemporaryDirectory() as directory, SUBJECTS[name](Path(directory)) as subject:
        served = Served(start_seconds=subject.start_seconds, idle=subject.meter.worker_memory())
        say(f"{name}: started in {served.start_seconds:.1f} s, {served.idle:.0f} MB")
        costs = in_process(subject) if subject.environment else {}
        for kind, actions in subject.actions():
            figures = measure(subject.meter, actions, seconds=options.seconds, rounds=options.rounds)
            served.figures[kind] = figures
            say(f"  {kind:45} {figures.application:8.2f} + {figures.database:5.2f} ms {figures.rate:8.0f} /s")
        served.loaded = subject.meter.worker_memory()
    return served, costs


def in_process(subject: Subject, profiled: str = "") -> dict[str, Cost]:
    requests = {name: astuple(request) for name, request in subject.short_requests().items() if name in SHORT}
    answer = _run(
        "tests.bench.in_process",
        *(["--profile", profiled] if profiled else []),
        environment=dict(subject.environment),
        text=json.dumps(requests),
    )
    if profiled:
        say(answer)
        return {}
    return {name: Cost(*cost) for name, cost in json.loads(answer).items()}


def profile(name: str, kind: str) -> str:
    with tempfile.TemporaryDirectory() as directory, SUBJECTS[name](Path(directory)) as subject:
        in_process(subject, profiled=kind)
    return ""


def bare() -> Bare:
    return Bare(*json.loads(_run("tests.bench.bare")))


def people(kind: str, sizes: list[int]) -> dict[int, People]:
    found = {}
    with tempfile.TemporaryDirectory() as directory, throwaway_database(kind, Path(directory)) as database:
        environment = {
            "DJANGO_SETTINGS_MODULE": "idp.settings", "DEBUG": "false", "LOG_REQUESTS": "false", "SECRET_KEY": "b" * 50,
            "ENCRYPTION_KEYS": Fernet.generate_key().decode(), "DATABASE_URL": database, "DATA_DIR": directory,
            "PWNED_API_BASE_URL": "",
        }  # fmt: skip
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "-v0", "--noinput"], cwd=ROOT, check=True,
            env=clean_environment() | environment,
        )  # fmt: skip
        for size in sizes:
            _run("tests.bench.people", "fill", str(size), environment=environment)
            answer = json.loads(_run("tests.bench.people", "measure", environment=environment))
            found[size] = People({name: Cost(*cost) for name, cost in answer["pages"].items()}, answer["queries"])
            say(f"{kind}, {size:,} people: {found[size]}")
    return found


def _run(module: str, *arguments: str, environment: dict[str, str] | None = None, text: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, env=clean_environment() | (environment or {}), input=text,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)}:\n{done.stderr[-4000:]}")
    return done.stdout


def say(line: Any) -> None:
    print(line, flush=True)  # noqa: T201  the reader is a person at a terminal


if __name__ == "__main__":
    main()
