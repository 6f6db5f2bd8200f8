"""How fast is it? Requests per second on a running server, and CPU per request in this process.

    make bench                                            SQLite and PostgreSQL, a table each
    make bench ARGS="sqlite --seconds 5"                  one of them, a longer look
    make bench ARGS="sqlite --profile refresh"            where the time of one kind of request goes

The load generator shares the cores with the server, so requests per second are a lower bound; CPU per request is not
disturbed by it. Compare numbers of one machine only.
"""

import argparse
import base64
import cProfile
import io
import json
import os
import pstats
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.fernet import Fernet

from tests.journeys.harness import documents
from tests.journeys.harness.databases import throwaway_database
from tests.journeys.harness.live_server import ROOT, LiveServer, running_server
from tests.journeys.harness.person import PASSWORD, Person

CLIENT, MACHINE, SECRET = "benchweb0000000000001", "benchmachine000000001", "bench-secret-0123456789abcdefghij"
CALLBACK, API = "https://rp.example/callback", "https://api.example.com"
SECRETS = [{"name": "one", "value": SECRET}]
DOCUMENT = {
    "resources": [{"name": "API", "indicator": API}],
    "signInExperience": documents.USERNAME_PASSWORD,
    "users": [{"username": "ada", "password": PASSWORD, "name": "Ada Lovelace", "primaryEmail": "ada@example.com"}],
    "applications": [
        documents.web_app(
            CLIENT, "Web", "Traditional", redirect_uri=CALLBACK, signed_out=CALLBACK, secrets=SECRETS,
            customClientMetadata={"alwaysIssueRefreshToken": True},
        ),
        {"id": MACHINE, "name": "Machine", "type": "MachineToMachine", "secrets": SECRETS},
    ],
}  # fmt: skip
CONNECTIONS = 4
# In development mode Django keeps a copy of every statement, which costs more than some of these requests.
PRODUCTION = {"DEBUG": "false", "SECRET_KEY": "b" * 50, "ENCRYPTION_KEYS": Fernet.generate_key().decode()}


def basic(client: str) -> str:
    return "Basic " + base64.b64encode(f"{client}:{SECRET}".encode()).decode()


class Subject:
    """What is measured: requests as (method, path, headers, body), made of a sign-in at a server."""

    def __init__(self, person: Person, send: Callable[..., bytes]) -> None:
        self.person, self.send = person, send
        self.tokens = json.loads(send(*self.exchange(self.code())))

    def code(self) -> str:
        query = {
            "client_id": CLIENT,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid profile email",
        }
        return parse_qs(urlsplit(self.person.goes_to(f"{self.person.server}/oidc/auth?{urlencode(query)}")).query)[
            "code"
        ][0]

    def exchange(self, code: str) -> tuple[str, str, dict[str, str], str]:
        return post("/oidc/token", CLIENT, grant_type="authorization_code", code=code, redirect_uri=CALLBACK)

    def requests(self) -> dict[str, tuple[str, str, dict[str, str], str]]:
        bearer = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        return {
            "discovery": ("GET", "/oidc/.well-known/openid-configuration", {}, ""),
            "jwks": ("GET", "/oidc/jwks", {}, ""),
            "client_credentials": post("/oidc/token", MACHINE, grant_type="client_credentials", resource=API),
            "introspection": post("/oidc/token/introspection", CLIENT, token=self.tokens["access_token"]),
            "userinfo": ("GET", "/oidc/me", bearer, ""),
            "refresh": post(
                "/oidc/token", CLIENT, grant_type="refresh_token", refresh_token=self.tokens["refresh_token"]
            ),
        }


def post(path: str, client: str, **body: str) -> tuple[str, str, dict[str, str], str]:
    headers = {"Authorization": basic(client), "Content-Type": "application/x-www-form-urlencoded"}
    return "POST", path, headers, urlencode(body)


# --- Requests per second on a running server


class Connection:
    """A keep-alive connection that costs the generator little."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host = parts.netloc
        self.socket = socket.create_connection(("127.0.0.1", parts.port or 80))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def send(self, method: str, path: str, headers: dict[str, str], body: str) -> bytes:
        head = {"Host": self.host, "Content-Length": str(len(body)), **headers}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
        self.socket.sendall("\r\n".join([*lines, "", body]).encode())
        status = self.file.readline().split()[1]
        length = -1
        while (line := self.file.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        answer = self.file.read(length) if length >= 0 else self._chunks()
        if status != b"200":
            raise AssertionError(f"{method} {path}: {status.decode()} {answer[:300].decode()}")
        return answer

    def _chunks(self) -> bytes:
        answer = b""
        while size := int(self.file.readline(), 16):
            answer += self.file.read(size)
            self.file.readline()
        self.file.readline()
        return answer


def measure(actions: list[Callable[[], Any]], seconds: float) -> list[float]:
    """Each action again and again in a thread of its own; the duration of every call."""
    took: list[float] = []
    stop = time.perf_counter() + seconds

    def run(action: Callable[[], Any]) -> None:
        while (start := time.perf_counter()) < stop:
            try:
                action()
            except StopIteration:
                return
            took.append(time.perf_counter() - start)

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(took)


def on_a_server(server: LiveServer, seconds: float) -> Iterator[tuple[str, str]]:
    server.apply(DOCUMENT)
    connections = [Connection(server.url) for _ in range(CONNECTIONS)]
    subject = Subject(Person(server.url, "ada"), connections[0].send)
    for name, request in subject.requests().items():
        actions = [
            lambda connection=connection, request=request: connection.send(*request) for connection in connections
        ]
        measure(actions, 0.3)
        yield name, figures(lambda actions=actions: measure(actions, seconds))

    codes = iter([subject.code() for _ in range(150)])
    lock = threading.Lock()

    def exchange(connection: Connection) -> None:
        with lock:
            code = next(codes)
        connection.send(*subject.exchange(code))

    yield "code exchange", figures(lambda: measure([lambda c=c: exchange(c) for c in connections], seconds))

    def sign_in() -> None:
        person = Person(server.url, "ada")
        query = {"client_id": CLIENT, "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid"}
        assert "code=" in person.goes_to(f"{server.url}/oidc/auth?{urlencode(query)}")

    yield "password sign-in", figures(lambda: measure([sign_in] * CONNECTIONS, seconds))


def figures(run: Callable[[], list[float]]) -> str:
    start = time.perf_counter()
    took = run()
    rate = len(took) / (time.perf_counter() - start)
    p50, p95 = (took[int(len(took) * part)] * 1000 for part in (0.5, 0.95))
    return f"{rate:10.0f} {p50:10.1f} {p95:10.1f}"


# --- CPU per request in this process (a process of its own, whose environment names the database)


def in_process(profiled: str) -> Iterator[tuple[str, str]]:
    subject, application = _subject_in_process()
    for name, request in subject.requests().items():
        if profiled and name != profiled:
            continue
        environ = _environ(*request)
        for _ in range(50):
            call(application, environ)
        if profiled:
            _profile(lambda environ=environ: call(application, environ))
            return
        best = min(_batch(lambda environ=environ: call(application, environ)) for _ in range(12))
        yield name, f"{best:10.2f}"
    codes = [subject.exchange(subject.code()) for _ in range(200)]
    environs = iter([_environ(*code) for code in codes])
    if profiled:
        _profile(lambda: call(application, next(environs)), times=150)
        return
    yield "code exchange", f"{min(_batch(lambda: call(application, next(environs)), 40) for _ in range(5)):10.2f}"


def _subject_in_process() -> tuple[Subject, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from idp.deployment.configuration.sections import apply_document
    from idp.tokens.keys import ensure_keys
    from idp.wsgi import application

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    ensure_keys()
    apply_document(DOCUMENT)
    person = _PersonInProcess("http://localhost:3001", Client(SERVER_NAME="localhost"))
    return Subject(person, lambda *request: call(application, _environ(*request))), application  # type: ignore[arg-type]


class _PersonInProcess:
    def __init__(self, server: str, browser: Any) -> None:
        self.server, self.browser = server, browser

    def goes_to(self, url: str) -> str:
        answer = self.browser.get(url)
        while answer.status_code != 303 or not answer["Location"].startswith(CALLBACK):
            if answer.status_code == 200:
                path = f"{answer.request['PATH_INFO']}?{answer.request['QUERY_STRING']}"
                answer = self.browser.post(path, {"identifier": "ada", "password": PASSWORD})
            else:
                answer = self.browser.get(answer["Location"])
        return str(answer["Location"])


def _environ(method: str, path: str, headers: dict[str, str], body: str) -> dict[str, Any]:
    from wsgiref.util import setup_testing_defaults

    environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_HOST": "localhost:3001"}
    setup_testing_defaults(environ)
    environ |= {"CONTENT_LENGTH": str(len(body)), "body": body.encode()}
    if "Content-Type" in headers:
        environ["CONTENT_TYPE"] = headers["Content-Type"]
    if "Authorization" in headers:
        environ["HTTP_AUTHORIZATION"] = headers["Authorization"]
    return environ


def call(application: Any, template: dict[str, Any]) -> bytes:
    environ = template | {"wsgi.input": io.BytesIO(template["body"])}
    statuses: list[str] = []
    answer = application(environ, lambda status, _headers: statuses.append(status))
    body = b"".join(answer)
    answer.close()
    if not statuses[0].startswith("200"):
        raise AssertionError(f"{template['PATH_INFO']}: {statuses[0]} {body[:300].decode()}")
    return body


def _batch(action: Callable[[], Any], times: int = 100) -> float:
    start = time.process_time()
    for _ in range(times):
        action()
    return (time.process_time() - start) / times * 1000


def _profile(action: Callable[[], Any], times: int = 300) -> None:
    profile = cProfile.Profile()
    with profile:
        for _ in range(times):
            action()
    pstats.Stats(profile).sort_stats("tottime").print_stats(35).sort_stats("cumtime").print_stats(60)


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  the reader is a person at a terminal


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--profile", default="", help="profile this kind of request instead")
    parser.add_argument("--in-process", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.in_process:
        for name, figure in in_process(options.profile):
            say(f"{name}\t{figure}")
        return
    for kind in options.databases:
        with tempfile.TemporaryDirectory() as directory:
            compare(kind, Path(directory), options)


def compare(kind: str, directory: Path, options: argparse.Namespace) -> None:
    command = [sys.executable, "-m", "tests.bench.load", "--in-process", "--profile", options.profile]
    with throwaway_database(kind, directory) as url:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "idp.settings", "DATABASE_URL": url}
        environment |= {"DATA_DIR": str(directory), **PRODUCTION}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or options.profile:
        say(done.stdout + done.stderr)
        return
    cpu = dict(line.split("\t") for line in done.stdout.splitlines())
    say(f"\n{kind:20} {'CPU ms':>10} {'requests/s':>10} {'p50 ms':>10} {'p95 ms':>10}")
    served = directory / "served"
    served.mkdir()
    with throwaway_database(kind, served) as url, running_server(served, DATABASE_URL=url, **PRODUCTION) as server:
        for name, line in on_a_server(server, options.seconds):
            say(f"{name:20} {cpu.get(name, ''):>10} {line}")


if __name__ == "__main__":
    main()
