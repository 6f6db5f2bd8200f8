"""Turnstile and reCAPTCHA Enterprise on the loopback interface: what they were asked, and the answer that a test chose."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl


class CaptchaServer:
    def __init__(self) -> None:
        self.answer: tuple[int, Any] = (200, {"success": True})
        self.asked: list[tuple[str, dict[str, Any], str]] = []  # path, body, API key
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
                is_json = self.headers.get("Content-Type", "").startswith("application/json")
                body = json.loads(text) if is_json else dict(parse_qsl(text))
                server.asked.append((self.path, body, self.headers.get("X-Goog-Api-Key", "")))
                status, answer = server.answer
                payload = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, format: str, *args: object) -> None:
                """Tests look at `asked` instead."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
