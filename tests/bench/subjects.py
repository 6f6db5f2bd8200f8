"""The servers that are compared, each started alone with one web process, and the same requests to each."""

import base64
import itertools
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.bench.costs import Meter
from tests.bench.measuring import Action
from tests.bench.wire import Connection, Request
from tests.journeys.harness import documents
from tests.journeys.harness.databases import throwaway_database
from tests.journeys.harness.live_server import ROOT, clean_environment, free_port
from tests.journeys.harness.person import PASSWORD, Person
from tests.support.twilio_emulator import TwilioEmulator

CALLBACK, API, SECRET = "https://rp.example/callback", "https://api.example.com", "bench-secret-0123456789abcdefghij"
CONNECTIONS = 4
# RFC 7636, appendix B
VERIFIER, CHALLENGE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
PHONES = [f"1206555{serial:04d}" for serial in range(1000, 2200)]  # each signs in once: a number gets a code a minute
SECRETS = [{"name": "one", "value": SECRET}]
NODE = Path(__file__).parent / "node"
_REFRESH = "refresh, rotating"


@dataclass(frozen=True)
class Paths:
    discovery: str
    jwks: str
    token: str
    introspection: str
    userinfo: str
    authorization: str


OURS = Paths(
    "/oidc/.well-known/openid-configuration", "/oidc/jwks", "/oidc/token", "/oidc/token/introspection", "/oidc/me",
    "/oidc/auth",
)  # fmt: skip
STOCK = Paths(
    "/o/.well-known/openid-configuration", "/o/.well-known/jwks.json", "/o/token/", "/o/introspect/", "/o/userinfo/",
    "/o/authorize/",
)  # fmt: skip
NPM = Paths("/.well-known/openid-configuration", "/jwks", "/token", "/token/introspection", "/me", "/auth")


@dataclass
class Subject:
    """A running server. `fields` are what its sign-in page calls the name of the person; `machines` its clients for tokens of
    their own, by what is said about them.
    """

    url: str
    meter: Meter
    paths: Paths
    web: str
    native: str
    machines: Mapping[str, str]
    start_seconds: float
    user_field: str = "identifier"
    resource: Mapping[str, str] = field(default_factory=dict)
    twilio: TwilioEmulator | None = None
    sign_in_by_text: Callable[[], None] = lambda: None  # from then on, with codes that come by SMS
    environment: Mapping[str, str] = field(
        default_factory=dict
    )  # of Latchkey, for the same requests without a web server

    def actions(self) -> Iterator[tuple[str, list[Action]]]:
        """Kinds of requests, and one action for each connection."""
        connections = [Connection(self.url) for _ in range(CONNECTIONS)]
        short = self.short_requests()
        del short[_REFRESH]
        for name, request in short.items():
            yield name, [lambda c=c, request=request: c.send(request) for c in connections]  # type: ignore[misc]
        yield _REFRESH, [_Chain(self, c).go_on for c in connections]
        yield "sign-in by password", [lambda: self.tokens(self.native)] * CONNECTIONS
        if self.twilio:
            self.sign_in_by_text()
            phones = iter(PHONES)
            yield "sign-in by SMS code", [lambda: self._tokens_by_text(next(phones))] * CONNECTIONS

    def short_requests(self) -> dict[str, Request]:
        """Those that can be sent again and again; a refresh only once."""
        tokens = self.tokens(self.web)
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        return {
            "discovery": Request("GET", self.paths.discovery),
            "keys (JWKS)": Request("GET", self.paths.jwks),
            **{name: self._machine(client) for name, client in self.machines.items()},
            "introspection": self._post(self.paths.introspection, self.web, token=tokens["access_token"]),
            "userinfo": Request("GET", self.paths.userinfo, bearer),
            _REFRESH: self.refresh(self.tokens(self.native)["refresh_token"]),
        }

    def tokens(self, client: str) -> dict[str, Any]:
        """A whole sign-in by somebody who comes for the first time: pages, code, tokens."""
        person = _Visitor(self.url, "ada", user_field=self.user_field)
        return self._redeem(client, person.goes_to(self._authorization(client)), person)

    def refresh(self, token: str) -> Request:
        return self._post(self.paths.token, self.native, grant_type="refresh_token", refresh_token=token)

    def _tokens_by_text(self, number: str) -> dict[str, Any]:
        assert self.twilio
        person = Person(self.url, "")
        page = person.browser.get(self._authorization(self.native))
        answer = person.submits(page, country="US", identifier=number.removeprefix("1"))
        while not (texts := [text.body for text in self.twilio.messages[-40:] if text.to == f"+{number}"]):
            time.sleep(0.002)
        page = person.browser.get(self.url + answer.headers["Location"])
        code = next(word for word in texts[-1].replace(".", " ").split() if word.isdigit() and len(word) == 6)
        answer = person.submits(page, code=code)
        return self._redeem(self.native, person.goes_to(self.url + answer.headers["Location"]), person)

    def _redeem(self, client: str, callback: str, person: Person) -> dict[str, Any]:
        query = parse_qs(urlsplit(callback).query)
        assert "code" in query, callback
        request = self._post(
            self.paths.token, client, grant_type="authorization_code", code=query["code"][0], redirect_uri=CALLBACK,
            code_verifier=VERIFIER,
        )  # fmt: skip
        answer = person.browser.post(self.url + request.path, data=request.body, headers=request.headers)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def _authorization(self, client: str) -> str:
        query = {
            "client_id": client, "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid profile email",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256", "state": "s",
        }  # fmt: skip
        return f"{self.url}{self.paths.authorization}?{urlencode(query)}"

    def _machine(self, client: str) -> Request:
        return self._post(self.paths.token, client, grant_type="client_credentials", **self.resource)

    def _post(self, path: str, client: str, **body: str) -> Request:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if client == self.native:
            body["client_id"] = client
        else:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{client}:{SECRET}".encode()).decode()
        return Request("POST", path, headers, urlencode(body))


class _Chain:
    """Refreshes of one sign-in, each with the token that the last one brought."""

    def __init__(self, subject: Subject, connection: Connection) -> None:
        self._subject, self._connection = subject, connection
        self._token = subject.tokens(subject.native)["refresh_token"]

    def go_on(self) -> None:
        token = json.loads(self._connection.send(self._subject.refresh(self._token)))["refresh_token"]
        assert token != self._token, "It was not rotated"
        self._token = token


@dataclass
class _Visitor(Person):
    user_field: str = "identifier"

    def submits(self, page: requests.Response, **values: str) -> requests.Response:
        if "identifier" in values:
            values[self.user_field] = values.pop("identifier")
        return super().submits(page, **values)


# --- Starting them


@contextmanager
def latchkey(kind: str, directory: Path, *, cache: str = "") -> Iterator[Subject]:
    web, native, machine = "benchweb0000000000001", "benchnative0000000001", "benchmachine000000001"
    people = [{"username": "ada", "password": PASSWORD, "name": "Ada Lovelace", "primaryEmail": "ada@example.com"}]
    always = {"customClientMetadata": {"alwaysIssueRefreshToken": True}}
    document = {
        "resources": [{"name": "API", "indicator": API}],
        "connectors": [documents.twilio_connector()],
        "signInExperience": documents.USERNAME_PASSWORD,
        "users": people + [{"primaryPhone": number} for number in PHONES],
        "applications": [
            documents.web_app(
                web, "Web", "Traditional", redirect_uri=CALLBACK, signed_out=CALLBACK, secrets=SECRETS, **always
            ),
            documents.web_app(native, "Native", "Native", redirect_uri=CALLBACK, signed_out=CALLBACK, **always),
            {"id": machine, "name": "Machine", "type": "MachineToMachine", "secrets": SECRETS},
        ],
    }
    (directory / "document.json").write_text(json.dumps(document))
    (directory / "by-text.json").write_text(json.dumps({"signInExperience": documents.PHONE_CODE}))
    with ExitStack() as stack:
        database = stack.enter_context(throwaway_database(kind, directory))
        twilio = stack.enter_context(TwilioEmulator())
        environment = {
            "DEBUG": "false", "SECRET_KEY": "b" * 50, "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "DATABASE_URL": database, "DATA_DIR": str(directory), "TWILIO_API_BASE_URL": twilio.base_url,
            **({"CACHE_URL": cache} if cache else {}),
        }  # fmt: skip
        by_text = [sys.executable, "manage.py", "apply", str(directory / "by-text.json")]
        for command in (
            ["migrate", "-v0"],
            ["apply", str(directory / "document.json")],
            ["collectstatic", "-v0", "--noinput"],
        ):
            _finish([sys.executable, "manage.py", *command], environment)
        command = [sys.executable, "manage.py", "serve"]
        pid, url, seconds = stack.enter_context(_running(command, environment, directory, OURS.discovery))
        yield Subject(
            url, Meter(pid, _name(database)), OURS, web, native, {"client credentials": machine}, seconds,
            resource={"resource": API}, twilio=twilio, sign_in_by_text=lambda: _finish(by_text, environment),
            environment=environment | {"DJANGO_SETTINGS_MODULE": "idp.settings", "ENDPOINT": url, "PORT": url.rpartition(":")[2]},
        )  # fmt: skip


@contextmanager
def toolkit(directory: Path) -> Iterator[Subject]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    with throwaway_database("postgresql", directory) as database:
        environment = {
            "DJANGO_SETTINGS_MODULE": "tests.bench.stock.settings", "DATABASE_URL": database, "RSA_KEY": pem,
            "SECRET": SECRET, "CALLBACK": CALLBACK, "PASSWORD": PASSWORD,
        }  # fmt: skip
        _finish([sys.executable, "-m", "tests.bench.stock.prepare"], environment)
        command = [
            sys.executable, "-m", "gunicorn", "tests.bench.stock.wsgi", "--worker-class=gthread", "--workers=1", "--threads=8",
            "--keep-alive=65", "--bind=127.0.0.1:{port}", "--log-level=warning", "--no-control-socket",
        ]  # fmt: skip
        with _running(command, environment, directory, STOCK.discovery) as (pid, url, seconds):
            machines = {"client credentials": "machine", "client credentials, secret hashed by PBKDF2": "hashed"}
            yield Subject(
                url, Meter(pid, _name(database)), STOCK, "web", "native", machines, seconds, user_field="username"
            )


@contextmanager
def npm_provider(directory: Path, *, postgresql: bool) -> Iterator[Subject]:
    with ExitStack() as stack:
        environment = {
            "SECRET": SECRET,
            "CALLBACK": CALLBACK,
            "API": API,
            "PASSWORD": PASSWORD,
            "NODE_ENV": "production",
        }
        if postgresql:
            environment["DATABASE_URL"] = stack.enter_context(throwaway_database("postgresql", directory))
        command = ["node", str(NODE / "server.mjs")]
        pid, url, seconds = stack.enter_context(_running(command, environment, directory, NPM.discovery))
        meter = Meter(pid, _name(environment.get("DATABASE_URL", "")))
        machines = {"client credentials": "machine"}
        yield Subject(url, meter, NPM, "web", "native", machines, seconds, resource={"resource": API})


def _finish(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        command, cwd=ROOT, env=clean_environment() | environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")


@contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], directory: Path, path: str
) -> Iterator[tuple[int, str, float]]:
    """Its first process, its address and the seconds until it answered; started once before, so that nothing is new to the disk."""
    for warming in (True, False):
        port = str(free_port())
        url = f"http://localhost:{port}"
        log = (directory / f"log-{next(_serial)}").open("wb")
        start = time.perf_counter()
        process = subprocess.Popen(
            [part.format(port=port) for part in command], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
            env=clean_environment() | environment | {"PORT": port},
        )  # fmt: skip
        try:
            _wait(process, url + path, Path(log.name))
            if not warming:
                yield process.pid, url, time.perf_counter() - start
        finally:
            process.terminate()
            process.wait(timeout=60)
            log.close()


_serial = itertools.count()


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    while True:
        if process.poll() is not None:
            raise RuntimeError(f"It did not start:\n{log.read_text()}")
        try:
            urllib.request.urlopen(url, timeout=5).read()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.01)


def _name(database: str) -> str:
    return database.rpartition("/")[2] if database.startswith("postgres") else ""
