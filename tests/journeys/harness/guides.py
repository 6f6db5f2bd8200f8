"""A project whose code is what the guide of a framework says, filled in for an application of the live server."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from console.guides.catalogue import Guide, find
from console.guides.filling import VALUES, Filling
from console.guides.source import Code, files
from tests.journeys.harness import documents, sdk
from tests.journeys.harness.hosted import HostedPages
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import LiveServer
from tests.journeys.harness.person import PASSWORD

USERNAME = "ada_guided"
SECRET = "guided-secret-0123456789abcdefghij"
START_SECONDS = 30


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Project:
    """`address` is the app's own; it is on `localhost`, since cookies do not tell ports of 127.0.0.1 apart."""

    guide: Guide
    folder: Path
    server: LiveServer
    port: int

    @property
    def app_id(self) -> str:
        return f"guide{self.guide.id.replace('-', '')}00000000000000000"[:21]

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def uris(self) -> dict[str, str]:
        """Those that the guide suggests; of web apps, at our port."""
        suggested = {"redirect-uri": self.guide.redirect_uri, "post-sign-out-uri": self.guide.post_sign_out_uri}
        if self.guide.type == "Native":
            return suggested
        web = {name: uri.partition("//")[2].partition("/") for name, uri in suggested.items()}
        return {name: f"{self.address}{slash}{path}" for name, (_, slash, path) in web.items()}

    @property
    def application(self) -> dict[str, Any]:
        """For `manage.py apply`."""
        uris = {"redirectUris": [self.uris["redirect-uri"]], "postLogoutRedirectUris": [self.uris["post-sign-out-uri"]]}
        application: dict[str, Any] = {"id": self.app_id, "name": self.guide.name, "type": self.guide.type}
        if self.guide.type in ("Traditional", "MachineToMachine"):
            application["secrets"] = [{"name": "Default", "value": SECRET}]
        if self.guide.is_device_flow:
            application["customClientMetadata"] = {"isDeviceFlow": True}
        elif self.guide.type != "MachineToMachine":
            application["oidcClientMetadata"] = {name: [uri for uri in some if uri] for name, some in uris.items()}
            application["customClientMetadata"] = {"corsAllowedOrigins": list(self.guide.allowed_origins)}
        return application

    @property
    def filling(self) -> Filling:
        values = {name: self.server.url + path for name, path in VALUES.items()}
        return Filling(values | {"app-id": self.app_id}, self.uris)

    def write(self) -> None:
        for name, text in files(self.guide.steps).items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.filling.plain(text))

    def share_packages(self) -> None:
        """Those of all journeys."""
        (self.folder / "package.json").write_text('{"type": "module"}')
        (self.folder / "node_modules").symlink_to(sdk.MODULES)

    def install(self, template: Path) -> None:
        """What a framework's own command for a new project makes, with the packages that its lock names."""
        shutil.copytree(template, self.folder, dirs_exist_ok=True)
        self.run("npm ci --ignore-scripts --no-audit --no-fund", seconds=300)

    def command(self, step: str, number: int = 0) -> str:
        """A command that the guide tells to type in a terminal."""
        blocks = [block for step_ in self.guide.steps if step_.title == step for block in step_.blocks]
        commands = [block for block in blocks if isinstance(block, Code) and block.language == "sh"]
        return self.filling.plain(commands[number].text)

    def with_secrets(self, command: str) -> str:
        """The command with values where the guide writes `NAME=…`."""
        return re.sub(r"\b(\w+)=…", lambda found: f"{found[1]}={_secret(found[1])}", command)

    def run(self, command: str, seconds: float = 30, **variables: str) -> str:
        """What a command of the guide prints."""
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=self.environment | variables, capture_output=True, text=True,
            timeout=seconds, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        secrets = {name: _secret(name) for name in ("APP_SECRET", "SESSION_SECRET", "COOKIE_SECRET")}
        return {**os.environ, **secrets, "NEXT_TELEMETRY_DISABLED": "1", "NUXT_TELEMETRY_DISABLED": "1"}

    @contextmanager
    def running(self, *command: str) -> Iterator[str]:
        """The project's server; its address."""
        log = self.folder / "output.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
            try:
                _wait_for(self.port, process, log)
                yield self.address
            finally:
                with suppress(ProcessLookupError):  # it never came up
                    os.killpg(process.pid, signal.SIGTERM)  # npm and npx start others
                process.wait(timeout=10)

    def bundle(self, *entries: str) -> None:
        command = ["node", str(sdk.FOLDER / "bundle_guide.js"), str(self.folder), *entries]
        done = subprocess.run(command, cwd=sdk.FOLDER, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    @contextmanager
    def served(self) -> Iterator[str]:
        """The project's pages as a development server gives them out: bundled sources, and index.html for paths that have no page."""
        site = ThreadingHTTPServer(("127.0.0.1", self.port), partial(_Pages, self.folder))
        thread = threading.Thread(target=site.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self.address
        finally:
            site.shutdown()
            thread.join()
            site.server_close()


def start(guide_id: str, folder: Path, server: LiveServer, inbox: Inbox) -> Project:
    """An empty project whose application is registered."""
    guide = find(guide_id)
    assert guide is not None
    project = Project(guide, folder, server, free_port())
    server.apply(documents.everything_but_the_experience(inbox.smtp, [project.application]))
    return project


def sign_in(page: Page) -> None:
    """At the hosted pages, where an app of a guide has led to."""
    hosted = HostedPages(page)
    hosted.heading("Sign in")
    hosted.username_field.fill(USERNAME)
    hosted.password_field.fill(PASSWORD)
    hosted.press("Sign in")


def _secret(name: str) -> str:
    """The application's, or one that the app makes up for itself."""
    return SECRET if name.endswith("APP_SECRET") else f"{name}-0123456789abcdefghijklmnopqrstuvwxyz"


def python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)


class _Pages(BaseHTTPRequestHandler):
    def __init__(self, folder: Path, *arguments: Any) -> None:
        self.folder = folder
        super().__init__(*arguments)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].lstrip("/")
        source = Path(path)
        if source.suffix in (".js", ".ts", ".tsx"):
            body, kind = (self.folder / "bundled" / source.with_suffix(".js").name).read_bytes(), "text/javascript"
        else:
            page = self.folder / f"{path.removesuffix('.html')}.html"
            page = page if page.exists() else self.folder / "index.html"
            icon = '<!doctype html><html lang="en"><title>An app</title><link rel="icon" href="data:,">'
            body, kind = (icon + page.read_text()).encode(), "text/html; charset=utf-8"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with suppress(OSError), socket.create_connection(("localhost", port), timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing answers at {port}:\n{log.read_text()}")
