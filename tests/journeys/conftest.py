"""The stage of every journey: a live server on each database, a browser, Twilio and a mail server on the loopback."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.harness import documents, guides
from tests.journeys.harness.android import Phone
from tests.journeys.harness.databases import KINDS, throwaway_database
from tests.journeys.harness.eyes import Eyes
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import LiveServer, running_server
from tests.journeys.harness.person import PASSWORD
from tests.support.smtp_server import SmtpServer
from tests.support.twilio_emulator import TwilioEmulator

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.enable_socket)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    eyes = getattr(item, "funcargs", {}).get("eyes")
    if report.when == "call" and report.failed and eyes:
        eyes.take_pictures(item.name)
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def inbox() -> Iterator[Inbox]:
    with TwilioEmulator() as twilio, SmtpServer() as smtp:
        yield Inbox(twilio, smtp)


class Servers:
    """One server for each database, started when a journey first asks for it."""

    def __init__(self, stack: ExitStack, tmp_path_factory: pytest.TempPathFactory, inbox: Inbox) -> None:
        self._stack, self._tmp, self._inbox = stack, tmp_path_factory, inbox
        self._running: dict[str, LiveServer] = {}

    def on(self, kind: str) -> LiveServer:
        if kind not in self._running:
            self._running[kind] = self.fresh(kind, self._stack)
        return self._running[kind]

    def fresh(self, kind: str, stack: ExitStack, **variables: str) -> LiveServer:
        directory = self._tmp.mktemp(kind)
        url = stack.enter_context(throwaway_database(kind, directory))
        twilio = self._inbox.twilio.base_url
        variables |= {"DATABASE_URL": url, "TWILIO_API_BASE_URL": twilio, "SENDS_PER_ADDRESS": "100000"}
        server = running_server(directory, **variables)
        return stack.enter_context(server)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory, inbox: Inbox) -> Iterator[Servers]:
    with ExitStack() as stack:
        yield Servers(stack, tmp_path_factory, inbox)


@pytest.fixture(params=KINDS)
def live_server_process(request: pytest.FixtureRequest, servers: Servers, inbox: Inbox) -> Iterator[LiveServer]:
    """Configured with connectors and apps; how people sign in is up to each journey."""
    server = servers.on(request.param)
    server.apply(documents.everything_but_the_experience(inbox.smtp))
    log = server.log
    yield server
    server.assert_healthy(log)


@pytest.fixture
def guided_server(servers: Servers) -> Iterator[LiveServer]:
    """For apps made by a guide. On one database: what differs between databases is below the protocol, and has its own tests."""
    server = servers.on(KINDS[-1])
    person = {"username": guides.USERNAME, "password": PASSWORD, "name": "Ada Lovelace"}
    server.apply({"signInExperience": documents.USERNAME_PASSWORD, "users": [person]})
    log = server.log
    yield server
    server.assert_healthy(log)


@pytest.fixture(params=KINDS)
def empty_server(request: pytest.FixtureRequest, servers: Servers) -> Iterator[LiveServer]:
    """As after the first `make run`: nobody and nothing is in it."""
    with ExitStack() as stack:
        server = servers.fresh(request.param, stack)
        yield server
        server.assert_healthy()


@pytest.fixture
def eyes() -> Iterator[Eyes]:
    eyes = Eyes()
    yield eyes
    eyes.close()
    assert not eyes.complaints(), "\n".join(eyes.complaints())


@pytest.fixture
def page(browser: Browser, eyes: Eyes) -> Page:
    """A browser that has never been here."""
    return eyes.watch(browser.new_context(locale="en-US")).new_page()


@pytest.fixture
def phone(browser: Browser, eyes: Eyes) -> Phone:
    """A phone that has never been here."""
    system_browser = eyes.watch(browser.new_context(locale="en-US", viewport={"width": 390, "height": 844}))
    return Phone(browser, system_browser, eyes)
