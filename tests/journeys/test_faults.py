"""Things break under the server: people and apps are told so in order, and go on where they were."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.journeys.conftest import Servers
from tests.journeys.harness import documents
from tests.journeys.harness.databases import KINDS, drop_connections, outage
from tests.journeys.harness.hosted import authorization_url
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import DISCOVERY, LiveServer
from tests.journeys.harness.person import PASSWORD, Person
from tests.support.twilio_emulator import TwilioEmulator

needs_postgresql = pytest.mark.skipif(
    "postgresql" not in KINDS, reason="a database in a file has no connections to cut"
)
PEOPLE = [{"username": "ada_faults", "password": PASSWORD}]
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # of hosted.CODE_CHALLENGE, RFC 7636 appendix B


@pytest.fixture(scope="module")
def server(servers: Servers, inbox: Inbox) -> Iterator[LiveServer]:
    """One of its own: what happens here is in its log, and others look at theirs."""
    with ExitStack() as stack:
        server = servers.fresh(KINDS[-1], stack)
        yield server
        server.assert_running()


@pytest.fixture(autouse=True)
def by_password(server: LiveServer, inbox: Inbox) -> None:
    experience = {"signInExperience": documents.USERNAME_PASSWORD, "users": PEOPLE}
    server.apply(documents.everything_but_the_experience(inbox.smtp) | experience)


@pytest.fixture
def person(server: LiveServer) -> Person:
    person = Person(server.url, "ada_faults")
    person.browser.headers["Accept"] = "text/html"
    return person


def code_of(location: str) -> str:
    return parse_qs(urlsplit(location).query)["code"][0]


def token(server: LiveServer, **body: str) -> requests.Response:
    return requests.post(f"{server.url}/oidc/token", {"client_id": documents.BOOKSTORE, **body}, timeout=30)


def exchange(server: LiveServer, code: str) -> requests.Response:
    return token(
        server, grant_type="authorization_code", code=code, code_verifier=VERIFIER, redirect_uri=documents.CALLBACK
    )


def refresh(server: LiveServer, refresh_token: str) -> requests.Response:
    return token(server, grant_type="refresh_token", refresh_token=refresh_token)


def eventually(action: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := action()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert value, "It never came about"
    return value


@needs_postgresql
class TestTheDatabaseIsDown:
    def test_everybody_is_told_to_come_again_and_nothing_is_lost(self, server: LiveServer, person: Person) -> None:
        tokens = exchange(server, code_of(person.goes_to(authorization_url(server)))).json()
        code = code_of(person.goes_to(authorization_url(server)))
        newcomer = Person(server.url, "ada_faults")
        newcomer.browser.headers["Accept"] = "text/html"
        page = newcomer.browser.get(authorization_url(server))
        assert 'name="password"' in page.text

        with outage(server.environment["DATABASE_URL"]):
            refusals = [
                exchange(server, code),
                refresh(server, tokens["refresh_token"]),
                requests.get(f"{server.url}/oidc/me", headers={"Authorization": f"Bearer {tokens['access_token']}"}),
            ]
            for refusal in refusals:
                assert refusal.status_code == 503, refusal.text
                assert refusal.headers["Retry-After"] == "5"
                assert refusal.headers["Cache-Control"] == "no-store"
                assert refusal.json() == {
                    "code": "oidc.temporarily_unavailable",
                    "message": "An OIDC error occurred: temporarily_unavailable.",
                    "error": "temporarily_unavailable",
                    "error_description": "try again in a moment",
                }
            pages = [
                newcomer.submits(page, identifier="ada_faults", password=PASSWORD),
                newcomer.browser.get(page.url),
                newcomer.browser.get(authorization_url(server)),
                person.browser.get(authorization_url(server, prompt="login")),
                person.browser.get(f"{server.url}/console/"),
            ]
            for shown in pages:
                assert shown.status_code == 503, (shown.url, shown.text[:2000])
                assert "<h1" in shown.text
                assert "We cannot answer just now" in shown.text
                assert "Traceback" not in shown.text

        assert refresh(server, tokens["refresh_token"]).status_code == 200
        assert exchange(server, code).status_code == 200
        # The form that failed is sent again, as the page advises.
        answer = newcomer.submits(page, identifier="ada_faults", password=PASSWORD)
        back = newcomer.goes_to(server.url + answer.headers["Location"])
        assert exchange(server, code_of(back)).status_code == 200

    def test_a_member_of_staff_sees_the_page_too(self, server: LiveServer) -> None:
        server.apply({"administrators": [{"username": "root", "password": PASSWORD}]})
        staff = Person(server.url, "root")
        staff.browser.headers["Accept"] = "text/html"
        form = staff.browser.get(f"{server.url}/console/sign-in")
        assert staff.submits(form, username="root", password=PASSWORD).status_code == 302
        assert staff.browser.get(f"{server.url}/console/users").status_code == 200
        with outage(server.environment["DATABASE_URL"]):
            shown = staff.browser.get(f"{server.url}/console/users")
            assert (shown.status_code, "We cannot answer just now" in shown.text) == (503, True), shown.text[:2000]
        assert staff.browser.get(f"{server.url}/console/users").status_code == 200

    def test_cut_connections_are_replaced_without_anybody_noticing(self, server: LiveServer, person: Person) -> None:
        tokens = exchange(server, code_of(person.goes_to(authorization_url(server)))).json()
        for _ in range(3):
            drop_connections(server.environment["DATABASE_URL"])
            answer = refresh(server, tokens["refresh_token"])
            assert answer.status_code == 200, answer.text
            tokens = answer.json()

    def test_connections_cut_under_load_lose_no_token(self, server: LiveServer, person: Person) -> None:
        """Each chain of refreshes goes on from the last answer that arrived, whatever happened to the one after it."""
        starts = [exchange(server, code_of(person.goes_to(authorization_url(server)))).json() for _ in range(4)]
        stop = time.monotonic() + 4

        def chain(tokens: dict[str, Any]) -> tuple[set[int], str]:
            seen = set()
            while time.monotonic() < stop:
                answer = refresh(server, tokens["refresh_token"])
                seen.add(answer.status_code)
                if answer.status_code == 200:
                    tokens = answer.json()
            return seen, tokens["refresh_token"]

        with ThreadPoolExecutor(4) as pool:
            chains = [pool.submit(chain, tokens) for tokens in starts]
            while time.monotonic() < stop:
                drop_connections(server.environment["DATABASE_URL"])
                time.sleep(0.3)
        for seen, last in (done.result() for done in chains):
            assert seen <= {200, 503}
            assert refresh(server, last).status_code == 200


def test_a_provider_that_hangs_keeps_nobody_waiting(server: LiveServer, person: Person, inbox: Inbox) -> None:
    """Twelve people at once, more than the server has lanes: each page goes on, and each message goes out in the end."""
    server.apply({"signInExperience": documents.PHONE_CODE})
    numbers = [inbox.new_phone_number() for _ in range(12)]

    def asks_for_a_code(number: str) -> tuple[float, requests.Response]:
        somebody = Person(server.url, "")
        page = somebody.browser.get(authorization_url(server))
        before = time.monotonic()
        answer = somebody.submits(page, country="US", identifier=number)
        return time.monotonic() - before, answer

    inbox.twilio.hang(3)
    try:
        with ThreadPoolExecutor(12) as pool:
            waiting = pool.map(asks_for_a_code, numbers)
            time.sleep(0.5)
            for path in (DISCOVERY, "/oidc/jwks", "/sign-in"):
                before = time.monotonic()
                requests.get(server.url + path, timeout=10)
                assert time.monotonic() - before < 2, path
            for seconds, answer in waiting:
                assert answer.status_code == 303, answer.text
                assert answer.headers["Location"].startswith("/sign-in/verification-code?"), answer.headers
                assert seconds < 3  # twelve people share eight threads for 0.8 s each
        for number in numbers:
            eventually(partial(inbox.texts_to, number))
    finally:
        inbox.twilio.hang(0)
    assert [len(inbox.texts_to(number)) for number in numbers] == [1] * 12


def test_a_message_that_a_killed_worker_did_not_send_is_sent_once(
    server: LiveServer, person: Person, inbox: Inbox
) -> None:
    server.apply({"signInExperience": documents.PHONE_CODE})
    number = inbox.new_phone_number()
    somebody = Person(server.url, "")
    page = somebody.browser.get(authorization_url(server))
    inbox.twilio.hang(60)
    try:
        assert somebody.submits(page, country="US", identifier=number).status_code == 303
        before = web_workers(server)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: set(web_workers(server)) - set(before))
    finally:
        inbox.twilio.hang(0)
    wake(inbox.twilio)  # what the dead worker had begun arrives at Twilio, or is lost: nobody can know
    eventually(partial(inbox.texts_to, number), seconds=40)
    time.sleep(2)
    assert 1 <= len(inbox.texts_to(number)) <= 2
    code = inbox.code_texted_to(number)
    answer = somebody.submits(somebody.browser.get(f"{server.url}/sign-in/verification-code"), code=code)
    assert answer.status_code == 303


def wake(twilio: TwilioEmulator) -> None:
    """Those who hang now go on now."""
    twilio._stopping.set()
    time.sleep(0.2)
    twilio._stopping.clear()


def test_a_killed_worker_is_replaced_and_the_sign_in_goes_on(server: LiveServer, person: Person) -> None:
    page = person.browser.get(authorization_url(server))
    before = web_workers(server)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: web_workers(server) and not set(web_workers(server)) & set(before))
    answer = person.submits(page, identifier="ada_faults", password=PASSWORD)
    back = person.goes_to(server.url + answer.headers["Location"])
    tokens = exchange(server, code_of(back)).json()
    assert refresh(server, tokens["refresh_token"]).status_code == 200
    assert "code=" in person.goes_to(authorization_url(server, prompt="none", scope="openid"))  # still signed in


def test_the_background_work_comes_back_when_it_is_killed(server: LiveServer) -> None:
    (worker,) = children(server, background=True)
    os.kill(worker, signal.SIGKILL)
    eventually(lambda: set(children(server, background=True)) - {worker})


def web_workers(server: LiveServer) -> list[int]:
    return children(server, background=False)


def children(server: LiveServer, *, background: bool) -> list[int]:
    """Live children of the server process: `manage.py work`, or those that answer requests."""
    listed = [file.read_text() for file in Path(f"/proc/{server.process.pid}/task").glob("*/children")]
    commands = {int(pid): _command(pid) for pid in " ".join(listed).split()}
    return [pid for pid, command in commands.items() if command and ("\0work\0" in command) is background]


def _command(pid: str) -> str:
    """Empty for one that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def test_what_is_applied_while_serving_counts_at_once(server: LiveServer, person: Person) -> None:
    client, redirect = "faultsapp000000000001", "com.example.faults://callback"
    url = authorization_url(server, client_id=client, redirect_uri=redirect)
    assert requests.get(url, headers={"Accept": "text/html"}).status_code == 400
    app = {**documents.native_app(client, "Late"), "oidcClientMetadata": {"redirectUris": [redirect]}}
    server.manage("apply", _document(server, {"applications": [app]}))
    assert person.goes_to(url).startswith(redirect)
    app["oidcClientMetadata"] = {"redirectUris": ["com.example.faults://elsewhere"]}
    server.manage("apply", _document(server, {"applications": [app]}))
    assert person.browser.get(url).status_code == 400
    server.manage("apply", _document(server, {"users": [{"username": "ada_faults", "isSuspended": True}]}))
    back = person.goes_to(authorization_url(server, prompt="none"))
    assert "error=login_required" in back
    server.manage("apply", _document(server, {"users": [{"username": "ada_faults", "isSuspended": False}]}))


def _document(server: LiveServer, document: dict[str, Any]) -> str:
    file = server.directory / "change.json"
    file.write_text(json.dumps(document))
    return str(file)
