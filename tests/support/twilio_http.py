"""The HTTP side of the emulated Twilio: paths, Basic auth, form fields."""

import base64
import binascii
import json
import re
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from tests.support.twilio_emulator import Answer, TwilioEmulator

CREATE = re.compile(r"/2010-04-01/Accounts/(?P<account>\w+)/Messages\.json")
FETCH = re.compile(r"/2010-04-01/Accounts/\w+/Messages/(?P<sid>\w+)\.json")


class TwilioRequestHandler(BaseHTTPRequestHandler):
    emulator: "ClassVar[TwilioEmulator]"

    @classmethod
    def for_emulator(cls, emulator: "TwilioEmulator") -> "type[TwilioRequestHandler]":
        return type("BoundRequestHandler", (cls,), {"emulator": emulator})

    def setup(self) -> None:
        super().setup()
        self.protocol_version = "HTTP/1.1" if self.emulator.keep_alive else "HTTP/1.0"
        self.emulator.connections.append(self.connection)

    def do_POST(self) -> None:
        fields = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        self.emulator.wait()
        match = CREATE.fullmatch(self.path)
        if match is None:
            self._reply(404, {"code": 20404, "message": "No such resource", "status": 404})
            return
        form = dict(parse_qsl(fields))
        host = self.headers.get("X-Twilio-Original-Host", "")
        self._answer(self.emulator.create_message(match["account"], self._credentials(), form, host))

    def do_GET(self) -> None:
        if self.path == "/_messages":
            self._answer(self.emulator.list_messages())
        elif match := FETCH.fullmatch(self.path):
            self._answer(self.emulator.fetch_message(self._credentials(), match["sid"]))
        else:
            self._reply(404, {"code": 20404, "message": "No such resource", "status": 404})

    def log_message(self, format: str, *args: object) -> None:
        """The emulator prints the messages instead."""

    def _credentials(self) -> tuple[str, str]:
        scheme, _, encoded = self.headers.get("Authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return (user, password) if scheme == "Basic" else ("", "")

    def _answer(self, answer: "Answer") -> None:
        self._reply(answer.status, answer.body)

    def _reply(self, status: int, body: object) -> None:
        text = body if isinstance(body, str) else json.dumps(body, indent=2)
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())
        except ConnectionError:
            # The client ran out of patience, which is what hang() is for.
            self.close_connection = True
