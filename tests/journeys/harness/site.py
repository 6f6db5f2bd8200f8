"""A single page app on a web server of its own: every path is the same page, and the page loads one of our sources."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.journeys.harness import sdk


@dataclass
class SinglePageApp:
    """`config` is what the page tells its script; `addresses` are its own, on two hosts that are different sites."""

    source: str
    body: str
    config: Mapping[str, Any]
    addresses: tuple[str, str] = ("", "")

    def page(self) -> str:
        return (
            '<!doctype html><html lang="en"><title>An app</title><link rel="icon" href="data:,">'
            f"{self.body}<output></output>"
            f'<script type="application/json" id="config">{json.dumps(self.config)}</script>'
            f'<script type="module" src="/{self.source}"></script></html>'
        )


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, app: SinglePageApp, *arguments: Any) -> None:
        self.app = app
        super().__init__(*arguments)

    def do_GET(self) -> None:
        is_script = self.path == f"/{self.app.source}"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((sdk.bundle(self.app.source) if is_script else self.app.page()).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def single_page_app(source: str, *, body: str = "", **config: Any) -> Iterator[SinglePageApp]:
    app = SinglePageApp(source, body, config)
    site = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, app))
    app.addresses = (f"http://localhost:{site.server_port}", f"http://127.0.0.1:{site.server_port}")
    thread = threading.Thread(target=site.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield app
    finally:
        site.shutdown()
        thread.join()
        site.server_close()
