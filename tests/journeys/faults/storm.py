"""Two hundred people at once, who do what people and apps do when something fails: try again, and start again when they must."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.journeys.harness import documents
from tests.journeys.harness.hosted import authorization_url
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import LiveServer
from tests.journeys.harness.person import Person

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # of hosted.CODE_CHALLENGE, RFC 7636 appendix B
PATIENCE = 90.0  # seconds until somebody gives up, which is a failure
REUSE_WINDOW = 3.0  # seconds that a refresh token may be used again (idp.tokens.services)


@dataclass(frozen=True)
class Try:
    """One use of a refresh token. The server judged it between `at` and `answered`. No status: the connection broke, and nobody
    knows what was done.
    """

    token: str
    at: float
    answered: float
    status: int | None
    successor: str = ""


@dataclass
class Log:
    """What everybody saw."""

    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0  # connections
    without_retry_after: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def saw(self, answer: requests.Response) -> None:
        with self._lock:
            self.statuses[answer.status_code] += 1
            if answer.status_code == 503 and answer.headers.get("Retry-After") != "5":
                self.without_retry_after.append(answer.url)
            if answer.status_code >= 500 and answer.status_code != 503:
                self.wrong.append(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:300]}")

    def saw_nothing(self) -> None:
        with self._lock:
            self.broken += 1


@dataclass
class App:
    """Refreshes in a chain, again and again. After an answer that never came it tries the same token again, as SDKs do."""

    server: LiveServer
    log: Log
    token: str
    tries: list[Try] = field(default_factory=list)
    ended: bool = False  # told to sign in again

    def refresh(self) -> Try:
        at = time.monotonic()
        try:
            answer = token(self.server, grant_type="refresh_token", refresh_token=self.token)
        except requests.RequestException:
            self.log.saw_nothing()
            made = Try(self.token, at, time.monotonic(), None)
        else:
            self.log.saw(answer)
            made = Try(self.token, at, time.monotonic(), answer.status_code, answer.json().get("refresh_token", ""))
        self.tries.append(made)
        return made

    def go_on(self, stop: threading.Event) -> None:
        while not stop.is_set() and not self.ended:
            made = self.refresh()
            if made.status == 200:
                self.token = made.successor
                stop.wait(1.5)
            elif made.status == 400:
                self.ended = True
            else:
                stop.wait(0.5)

    def doubts(self) -> int:
        """Uses whose outcome nobody told us."""
        return sum(made.status not in (200, 400) for made in self.tries)


@dataclass
class Newcomer:
    """Signs in with a code that comes by SMS. `started` counts the times it had to begin."""

    server: LiveServer
    inbox: Inbox
    log: Log
    number: str
    started: int = 0
    in_doubt: bool = False

    def sign_in(self) -> dict[str, Any]:
        """Tokens, in the end."""
        deadline = time.monotonic() + PATIENCE
        person = Person(self.server.url, "")
        person.browser.headers["Accept"] = "text/html"
        while time.monotonic() < deadline:
            self.started += 1
            if tokens := self._once(person, deadline):
                return tokens
        raise AssertionError(f"{self.number} gave up after {self.started} beginnings: {self.texts()}")

    def _once(self, person: Person, deadline: float) -> dict[str, Any] | None:
        url = authorization_url(self.server)
        page = self._ask(lambda: _until_a_page(person, url), deadline)
        if isinstance(page, str):
            return self._redeem(page, deadline)  # signed in already: the answer to an earlier try was lost
        page = self._ask(lambda: person.submits(page, country="US", identifier=self.number), deadline)
        page = self._ask(lambda: person.browser.get(f"{self.server.url}/sign-in/verification-code"), deadline)
        if 'name="code"' not in page.text:
            return None
        while not self.texts() and time.monotonic() < deadline:
            time.sleep(0.1)
        code = self.inbox.code_texted_to(self.number)
        answer = self._ask(lambda: person.submits(page, code=code), deadline)
        if "Location" not in answer.headers:
            return None  # used already, by a try whose answer was lost
        where = self._ask(lambda: _until_a_page(person, self.server.url + answer.headers["Location"]), deadline)
        return self._redeem(where, deadline) if isinstance(where, str) else None

    def _redeem(self, callback: str, deadline: float) -> dict[str, Any] | None:
        code = parse_qs(urlsplit(callback).query)["code"][0]
        answer = self._ask(
            lambda: token(
                self.server, grant_type="authorization_code", code=code, code_verifier=VERIFIER,
                redirect_uri=documents.CALLBACK,
            ),
            deadline,
        )  # fmt: skip
        tokens: dict[str, Any] = answer.json()
        return tokens if answer.status_code == 200 else None

    def _ask(self, action: Callable[[], Any], deadline: float) -> Any:
        """Again until there is an answer that is one."""
        while time.monotonic() < deadline:
            try:
                answer = action()
            except requests.RequestException:
                self.log.saw_nothing()
                self.in_doubt = True
            else:
                if isinstance(answer, str):
                    return answer
                self.log.saw(answer)
                if answer.status_code != 503:
                    return answer
                self.in_doubt = True
            time.sleep(0.3)
        raise AssertionError(f"{self.number} waited {PATIENCE} s for an answer")

    def texts(self) -> list[str]:
        return [message.body for message in self.inbox.texts_to(self.number)]


def _until_a_page(person: Person, url: str) -> requests.Response | str:
    """Follow redirects to a page of the server, or to the address of the app."""
    for _ in range(10):
        answer = person.browser.get(url, allow_redirects=False, timeout=40)
        if not answer.is_redirect:
            return answer
        url = requests.compat.urljoin(answer.url, answer.headers["Location"])
        if not url.startswith(f"{person.server}/"):
            return url
    raise AssertionError(f"Round in circles at {url}")


def token(server: LiveServer, **body: str) -> requests.Response:
    return requests.post(f"{server.url}/oidc/token", {"client_id": documents.BOOKSTORE, **body}, timeout=40)


@dataclass
class Storm:
    """`apps` refresh and `newcomers` sign in, all at once."""

    apps: list[App]
    newcomers: list[Newcomer]
    log: Log

    def rage(self, disturb: Callable[[], None], *, after: float = 1.0) -> "list[Future[dict[str, Any]]]":
        """Do it in the middle; returns when every newcomer has signed in or given up."""
        stop = threading.Event()
        with ThreadPoolExecutor(len(self.apps) + len(self.newcomers)) as pool:
            chains = [pool.submit(app.go_on, stop) for app in self.apps]
            arriving = [pool.submit(newcomer.sign_in) for newcomer in self.newcomers]
            try:
                time.sleep(after)
                disturb()
                for each in arriving:
                    each.exception()
            finally:
                stop.set()
            for chain in chains:
                chain.result()
        return arriving
