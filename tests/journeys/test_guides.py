"""The code of the guides does what they say: it is taken from them, run with the real packages, and somebody signs in.

On one database: what differs between databases is below the protocol and has its own tests.
"""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect

from console.guides.catalogue import GUIDES, Proof
from tests.journeys import frameworks
from tests.journeys.conftest import CHROMIUM
from tests.journeys.harness import documents, guides, sdk
from tests.journeys.harness.android import Phone
from tests.journeys.harness.guides import Project
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import LiveServer
from tests.journeys.harness.person import Person

# Servers: what to run, and where their guide's links to sign in and out lead.
SERVERS = {
    "web-express": (("node", "app.js"), "/logto/sign-in", "/logto/sign-out"),
    "web-passport": (("node", "app.js"), "/sign-in", "/sign-out"),
    "web-oidc": (("node", "app.js"), "/sign-in", "/sign-out"),
    "web-python": (guides.python("-m", "flask", "run", "--port", "PORT"), "/sign-in", "/sign-out"),
    "web-django": (guides.python("manage.py"), "/sign-in", "/sign-out"),
}
# Pages: what is bundled; of the frameworks, what their own project templates bring along.
PAGES = {
    "spa-vanilla": ("src/main.js", "src/callback.js"),
    "spa-oidc": ("src/main.ts", "src/callback.ts"),
    "spa-react": ("src/main.tsx",),
    "spa-vue": ("src/main.ts",),
}
TEMPLATES = {
    "spa-react": {
        "src/main.tsx": "import { createRoot } from 'react-dom/client';\nimport { App } from './App';\n"
        "createRoot(document.querySelector('#root')).render(<App />);\n",
        "index.html": '<div id="root"></div><script type="module" src="/src/main.tsx"></script>',
    },
    "spa-vue": {"index.html": '<div id="app"></div><script type="module" src="/src/main.ts"></script>'},
    "web-django": {
        "manage.py": "import sys\nfrom django.conf import settings\nfrom django.core.management import execute_from_command_line\n"
        "settings.configure(DEBUG=True, SECRET_KEY='x' * 50, ALLOWED_HOSTS=['localhost'], ROOT_URLCONF='urls',"
        " INSTALLED_APPS=['django.contrib.sessions'],"
        " MIDDLEWARE=['django.contrib.sessions.middleware.SessionMiddleware'],"
        " SESSION_ENGINE='django.contrib.sessions.backends.signed_cookies')\n"
        "execute_from_command_line(['manage.py', 'runserver', '--noreload', PORT])\n",
    },
}
OTHERS = {
    "m2m-general", "native-device-flow", "native-oidc", "native-capacitor", "spa-webflow", "spa-chrome-extension",
}  # fmt: skip
WEBFLOW_PAGE = '<p id="who"></p><button id="sign-in">Sign in</button><button id="sign-out">Sign out</button>'
WEBFLOW_PACKAGE = "https://esm.run/@logto/browser@3.0.14"
CAPACITOR_APP = """
import { account } from './src/account';
import { logtoClient } from './src/auth';
import { onSignIn } from './src/sign-in';
import { onSignOut } from './src/sign-out';

window.start = () => {
  window.logto = { account, onSignIn, onSignOut, isAuthenticated: () => logtoClient.isAuthenticated() };
};
"""


def test_all_that_say_so_are_run_here() -> None:
    said = {guide.id for guide in GUIDES if guide.verified and guide.verified.proof == Proof.TESTS}
    assert said == SERVERS.keys() | PAGES.keys() | OTHERS | frameworks.TEMPLATES.keys()


def start(guide_id: str, folder: Path, server: LiveServer, inbox: Inbox) -> Project:
    """The project of a guide, with its application registered."""
    project = guides.start(guide_id, folder, server, inbox)
    project.write()
    project.share_packages()
    for name, text in TEMPLATES.get(guide_id, {}).items():
        (folder / name).write_text(text.replace("PORT", f"'{project.port}'"))
    return project


@pytest.mark.parametrize("guide_id", SERVERS)
def test_a_server_signs_in_and_out(guide_id: str, tmp_path: Path, guided_server: LiveServer, inbox: Inbox) -> None:
    project = start(guide_id, tmp_path, guided_server, inbox)
    command, sign_in, sign_out = SERVERS[guide_id]
    person = Person(guided_server.url, guides.USERNAME)
    with project.running(*(part.replace("PORT", str(project.port)) for part in command)) as address:
        app = requests.Session()
        assert "Sign in" in app.get(address).text
        callback = person.goes_to(_redirect(app, f"{address}{sign_in}"))
        assert callback.startswith(project.uris["redirect-uri"])
        assert "Signed in as" in app.get(callback).text
        assert "Signed in as" in app.get(address).text
        ended = person.goes_to(_redirect(app, f"{address}{sign_out}"))
        assert ended.rstrip("/") == address
        assert "Signed in as" not in app.get(address).text


@pytest.mark.parametrize("guide_id", PAGES)
def test_a_page_signs_in_and_out(
    guide_id: str, tmp_path: Path, guided_server: LiveServer, inbox: Inbox, page: Page
) -> None:
    project = start(guide_id, tmp_path, guided_server, inbox)
    project.bundle(*PAGES[guide_id])
    with project.served() as address:
        page.goto(address)
        page.get_by_role("button", name="Sign in").click()
        guides.sign_in(page)
        expect(page.get_by_text("Signed in as Ada Lovelace")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Signed in as Ada Lovelace")).to_be_visible()
        with page.expect_navigation(url=f"{address}/"):  # there and back: it is at that address before, too
            page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("Signed in as")).to_have_count(0)


def test_a_machine_gets_a_token(tmp_path: Path, guided_server: LiveServer, inbox: Inbox) -> None:
    project = start("m2m-general", tmp_path, guided_server, inbox)
    command = project.command("Get an access token").replace("https://api.example.com", documents.BOOKS_API)
    answer = json.loads(project.run(command))
    assert answer.keys() == {"access_token", "expires_in", "token_type", "scope"}
    assert (answer["token_type"], answer["access_token"].count(".")) == ("Bearer", 2)
    assert json.loads(project.run(command, APP_SECRET="wrong"))["error"] == "invalid_client"


def test_a_command_line_signs_in_with_a_code(tmp_path: Path, guided_server: LiveServer, inbox: Inbox) -> None:
    project = start("native-device-flow", tmp_path, guided_server, inbox)
    person = Person(guided_server.url, guides.USERNAME)
    device = json.loads(project.run(project.command("Ask for a code")))
    poll = project.command("Ask for the tokens")
    assert json.loads(project.run(poll, DEVICE_CODE=device["device_code"]))["error"] == "authorization_pending"
    person.goes_to(device["verification_uri_complete"])
    answer = person.submits(person.page, user_code=device["user_code"])
    assert urlsplit(person.goes_to(guided_server.url + answer.headers["Location"])).path == "/device/confirm"
    person.submits(person.page, decision="allow")
    tokens = _poll_until_it_answers(project, poll, device)
    who = json.loads(project.run(project.command("Checkpoint"), ACCESS_TOKEN=tokens["access_token"]))
    assert who["name"] == "Ada Lovelace"
    refreshed = json.loads(project.run(project.command("Stay signed in"), REFRESH_TOKEN=tokens["refresh_token"]))
    project.run(project.command("Stay signed in", 1), REFRESH_TOKEN=refreshed["refresh_token"])
    over = json.loads(project.run(project.command("Stay signed in"), REFRESH_TOKEN=refreshed["refresh_token"]))
    assert over["error"] == "invalid_grant"


def test_a_desktop_program_signs_in(tmp_path: Path, guided_server: LiveServer, inbox: Inbox) -> None:
    project = start("native-oidc", tmp_path, guided_server, inbox)
    environment = project.environment | {"BROWSER": "true"}
    with subprocess.Popen(
        guides.python("sign_in.py"), cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout
        url = program.stdout.readline().removeprefix("Opening ").strip()
        callback = Person(guided_server.url, guides.USERNAME).goes_to(url)
        assert "You can close this window." in requests.get(callback, timeout=10).text
        assert program.stdout.readline().startswith("Signed in as ")
        assert program.wait(timeout=10) == 0


def test_a_phone_signs_in_and_out(tmp_path: Path, guided_server: LiveServer, inbox: Inbox, phone: Phone) -> None:
    project = start("native-capacitor", tmp_path, guided_server, inbox)
    (tmp_path / "phone.ts").write_text(CAPACITOR_APP)
    app = phone.app(
        origin="https://localhost", endpoint=guided_server.url, app_id=project.app_id, source=str(tmp_path / "phone.ts")
    )
    with app.asks("onSignIn") as tab:
        guides.sign_in(tab)
    assert app.answer() == {"value": None}
    app.cold_start()
    account = app.call("account")
    assert account["info"]["name"] == "Ada Lovelace"
    assert account["accessToken"]
    app.call("onSignOut")
    assert app.call("isAuthenticated") is False


def test_a_hosted_site_signs_in_and_out(tmp_path: Path, guided_server: LiveServer, inbox: Inbox, page: Page) -> None:
    """Webflow puts the blocks of the guide into its pages; here they are in ours."""
    project = start("spa-webflow", tmp_path, guided_server, inbox)
    head, callback, footer = ((tmp_path / name).read_text() for name in ("Head code", "Callback page", "Footer code"))
    (tmp_path / "index.html").write_text(f"{head}{WEBFLOW_PAGE}{footer}")
    (tmp_path / "callback.html").write_text(head + callback)
    script = {"content_type": "text/javascript", "headers": {"Access-Control-Allow-Origin": "*"}}
    page.route(WEBFLOW_PACKAGE, lambda route: route.fulfill(body=sdk.bundle("@logto/browser"), **script))
    with project.served() as address:
        page.goto(address)
        page.get_by_role("button", name="Sign in").click()
        guides.sign_in(page)
        expect(page.get_by_text("Signed in as Ada Lovelace")).to_be_visible()
        with page.expect_navigation(url=f"{address}/"):  # there and back: it is at that address before, too
            page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("Signed in as")).to_have_count(0)


def test_an_extension_signs_in_and_out(
    tmp_path: Path, guided_server: LiveServer, inbox: Inbox, browser: Browser
) -> None:
    """Chromium's window for it is out of reach; it knows who signed in in a tab."""
    project = start("spa-chrome-extension", tmp_path / "extension", guided_server, inbox)
    project.run("npx esbuild src/background.js --bundle --format=esm --outfile=background.js")
    with _extended(browser, project.folder, tmp_path / "profile") as (extended, extension):
        callback = f"https://{extension}.chromiumapp.org"
        uris = {"redirectUris": [f"{callback}/callback"], "postLogoutRedirectUris": [f"{callback}/"]}
        application = project.application | {"oidcClientMetadata": uris}
        guided_server.apply(documents.everything_but_the_experience(inbox.smtp, [application]))
        page = extended.new_page()
        page.goto(f"{guided_server.url}/account")
        guides.sign_in(page)
        page.goto(f"chrome-extension://{extension}/popup.html")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text(re.compile("Signed in as [a-z0-9]{12}"))).to_be_visible()
        page.reload()
        expect(page.get_by_text("Signed in as")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("Nobody is here.")).to_be_visible()


@contextmanager
def _extended(browser: Browser, extension: Path, profile: Path) -> Iterator[tuple[BrowserContext, str]]:
    """A browser with the extension of a folder, and the extension's id."""
    flags = [f"--disable-extensions-except={extension}", f"--load-extension={extension}"]
    with browser.browser_type.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=["--no-sandbox", *flags], locale="en-US",
        ignore_default_args=["--disable-extensions"],
    ) as extended:  # fmt: skip
        worker = extended.service_workers[0] if extended.service_workers else extended.wait_for_event("serviceworker")
        yield extended, urlsplit(worker.url).netloc


def _redirect(app: requests.Session, url: str) -> str:
    """Where an address of the app sends the browser."""
    answer = app.get(url, allow_redirects=False)
    assert answer.is_redirect, f"{url} answered {answer.status_code}: {answer.text}"
    return urljoin(url, answer.headers["Location"])


def _poll_until_it_answers(project: Project, command: str, device: dict[str, str]) -> dict[str, str]:
    """The first poll came too soon after the one before it, so the server says to slow down."""
    for _ in range(4):
        answer: dict[str, str] = json.loads(project.run(command, DEVICE_CODE=device["device_code"]))
        if "error" not in answer:
            return answer
        assert answer["error"] == "slow_down"
        time.sleep(6)
    raise AssertionError(answer)
