"""A project whose code is what the guide of a framework says, filled in for an application of the live server."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from console.guides.catalogue import Guide, find
from console.guides.filling import VALUES, Filling
from console.guides.source import Code, files
from tests.journeys.harness import sdk
from tests.journeys.harness.live_server import LiveServer

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
        (self.folder / "package.json").write_text('{"type": "module"}')
        (self.folder / "node_modules").symlink_to(sdk.MODULES)

    def command(self, step: str, number: int = 0) -> str:
        """A command that the guide tells to type in a terminal."""
        blocks = [block for step_ in self.guide.steps if step_.title == step for block in step_.blocks]
        commands = [block for block in blocks if isinstance(block, Code) and block.language == "sh"]
        return self.filling.plain(commands[number].text)

    def run(self, command: str, **variables: str) -> str:
        """What a command of the guide prints."""
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=self.environment | variables, capture_output=True, text=True,
            timeout=30, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        secrets = {name: f"{name}-0123456789abcdefghijklmnopqrstuvwxyz" for name in ("SESSION_SECRET", "COOKIE_SECRET")}
        return {**os.environ, **secrets, "APP_SECRET": SECRET}

    @contextmanager
    def running(self, *command: str) -> Iterator[str]:
        """The project's server; its address."""
        log = self.folder / "output.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )
            try:
                _wait_for(self.address, process, log)
                yield self.address
            finally:
                process.terminate()
                process.wait(timeout=10)

    def bundle(self, *entries: str) -> None:
        command = ["node", str(sdk.FOLDER / "bundle_guide.js"), str(self.folder), *entries]
        done = subprocess.run(command, cwd=sdk.FOLDER, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    @contextmanager
    def served(self) -> Iterator[str]:
        """The project's pages as a development server gives them out: bundled sources, and index.html for every path."""
        site = ThreadingHTTPServer(("127.0.0.1", self.port), partial(_Pages, self.folder))
        thread = threading.Thread(target=site.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self.address
        finally:
            site.shutdown()
            thread.join()
            site.server_close()


def project(guide_id: str, folder: Path, server: LiveServer) -> Project:
    guide = find(guide_id)
    assert guide is not None
    return Project(guide, folder, server, free_port())


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
            page = self.folder / path if source.suffix == ".html" else self.folder / "index.html"
            icon = '<!doctype html><html lang="en"><title>An app</title><link rel="icon" href="data:,">'
            body, kind = (icon + page.read_text()).encode(), "text/html; charset=utf-8"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def _wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            requests.get(address, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing answers at {address}:\n{log.read_text()}")
