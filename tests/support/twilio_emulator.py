"""Twilio's Messages API on the loopback interface.

For a person:  python -m tests.support.twilio_emulator --port 4020
"""

import argparse
import socket
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import requests
from twilio.request_validator import RequestValidator

from tests.support.twilio_http import TwilioRequestHandler
from tests.support.twilio_rules import ERRORS, error_in

ACCOUNT_SID = "ACemulator"
AUTH_TOKEN = "emulator-auth-token"
SERVICE_SID = "MGemulator"


@dataclass(frozen=True)
class ReceivedMessage:
    to: str
    body: str
    messaging_service_sid: str
    from_: str
    risk_check: str
    account_sid: str
    host: str  # where the SDK wanted to go
    status_callback: str = ""
    sid: str = field(default_factory=lambda: f"SM{uuid.uuid4().hex}")
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True)
class Report:
    """A status callback, signed as Twilio signs it."""

    url: str
    fields: Mapping[str, str]
    signature: str


@dataclass(frozen=True)
class Answer:
    status: int
    body: Mapping[str, Any] | str


class TwilioEmulator:
    def __init__(
        self,
        *,
        accounts: Mapping[str, str] | None = None,
        services: tuple[str, ...] = (SERVICE_SID,),
        rate_limit: int | None = None,  # messages in any one second
        port: int = 0,
        keep_alive: bool = False,
        on_message: Callable[["ReceivedMessage"], None] | None = None,
    ) -> None:
        self.on_message = on_message
        self.accounts = dict(accounts or {ACCOUNT_SID: AUTH_TOKEN})
        self.services = frozenset(services)
        self.rate_limit = rate_limit
        self.messages: list[ReceivedMessage] = []
        self.keep_alive = keep_alive
        self.connections: list[socket.socket] = []  # all that were ever opened
        self._planned: deque[Answer] = deque()
        self.price: str | None = None  # of each message that was sent, once somebody asks
        self._hang_seconds = 0.0
        self._recent: deque[float] = deque()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), TwilioRequestHandler.for_emulator(self))
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="twilio-emulator")
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopping.set()  # wakes whoever hangs
        self._server.shutdown()
        self._thread.join()
        for connection in self.connections:  # those that are kept open would hold their threads
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
        self._server.server_close()  # waits for the request threads

    # --- what a test asks for

    def fail_next(self, code: int, status: int | None = None, *, problem_document: bool = False) -> None:
        """`problem_document` answers in the style of RFC 9457, as Twilio's newer services do."""
        self._planned.append(error_answer(code, status, problem_document=problem_document))

    def answer_next(self, status: int, body: str) -> None:
        self._planned.append(Answer(status, body))

    def hang(self, seconds: float) -> None:
        """Be this slow from now on."""
        self._hang_seconds = seconds

    def report(self, message: ReceivedMessage, status: str, error_code: int = 0) -> Report:
        """What Twilio would post about this message."""
        fields = {
            "MessageSid": message.sid, "SmsSid": message.sid, "AccountSid": message.account_sid, "MessageStatus": status,
            "SmsStatus": status, "To": message.to, "MessagingServiceSid": message.messaging_service_sid,
            "ApiVersion": "2010-04-01", **({"ErrorCode": str(error_code)} if error_code else {}),
        }  # fmt: skip
        signer = RequestValidator(self.accounts[message.account_sid])
        return Report(message.status_callback, fields, signer.compute_signature(message.status_callback, fields))

    def post_report(self, message: ReceivedMessage, status: str, error_code: int = 0) -> int:
        """Post it, and return the status of the answer."""
        report = self.report(message, status, error_code)
        headers = {"X-Twilio-Signature": report.signature}
        return requests.post(report.url, data=report.fields, headers=headers, timeout=5).status_code

    # --- what the request handler asks for

    def wait(self) -> None:
        self._stopping.wait(self._hang_seconds)

    def create_message(
        self, account_sid: str, credentials: tuple[str, str], form: Mapping[str, str], host: str
    ) -> Answer:
        with self._lock:
            if self.accounts.get(credentials[0]) != credentials[1] or not credentials[0]:
                return error_answer(20003)
            if account_sid != credentials[0]:
                return error_answer(20404)
            if self._planned:
                return self._planned.popleft()
            if code := self._over_limit() or error_in(form, self.services):
                return error_answer(code)
            message = _received(account_sid, form, host)
            self.messages.append(message)
        if self.on_message:
            self.on_message(message)
        return Answer(HTTPStatus.CREATED, resource(message))

    def fetch_message(self, credentials: tuple[str, str], sid: str) -> Answer:
        if self.accounts.get(credentials[0]) != credentials[1]:
            return error_answer(20003)
        for message in self.messages:
            if message.sid == sid:
                cost = {"price": self.price, "price_unit": "USD", "num_segments": "1"} if self.price else {}
                return Answer(HTTPStatus.OK, resource(message) | {"status": "delivered"} | cost)
        return error_answer(20404)

    def list_messages(self) -> Answer:
        messages = [asdict(message) | {"created_at": message.created_at.isoformat()} for message in self.messages]
        return Answer(HTTPStatus.OK, {"messages": messages})

    def _over_limit(self) -> int | None:
        now = time.monotonic()
        while self._recent and now - self._recent[0] >= 1:
            self._recent.popleft()
        if self.rate_limit is not None and len(self._recent) >= self.rate_limit:
            return 20429
        self._recent.append(now)
        return None


def error_answer(code: int, status: int | None = None, *, problem_document: bool = False) -> Answer:
    known_status, sentence = ERRORS.get(code, (400, "Something is not right"))
    status = status or known_status
    link = f"https://www.twilio.com/docs/errors/{code}"
    if problem_document:
        return Answer(status, {"type": link, "title": sentence, "status": status, "code": code})
    return Answer(status, {"code": code, "message": sentence, "more_info": link, "status": status})


def _received(account_sid: str, form: Mapping[str, str], host: str) -> ReceivedMessage:
    return ReceivedMessage(
        to=form["To"],
        body=form["Body"],
        messaging_service_sid=form.get("MessagingServiceSid", ""),
        from_=form.get("From", ""),
        risk_check=form.get("RiskCheck", ""),
        account_sid=account_sid,
        host=host,
        status_callback=form.get("StatusCallback", ""),
    )


def resource(message: ReceivedMessage) -> dict[str, Any]:
    created = message.created_at.strftime("%a, %d %b %Y %H:%M:%S +0000")
    uri = f"/2010-04-01/Accounts/{message.account_sid}/Messages/{message.sid}"
    return {
        "account_sid": message.account_sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": created,
        "date_sent": None,
        "date_updated": created,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": message.from_ or None,
        "messaging_service_sid": message.messaging_service_sid or None,
        "num_media": "0",
        "num_segments": "0" if message.messaging_service_sid else "1",
        "price": None,
        "price_unit": None if message.messaging_service_sid else "USD",
        "sid": message.sid,
        "status": "accepted" if message.messaging_service_sid else "queued",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the reader is a person at a terminal


def main() -> None:
    parser = argparse.ArgumentParser(description="An emulator of Twilio's Messages API.")
    parser.add_argument("--port", type=int, default=4020)
    parser.add_argument("--account-sid", default=ACCOUNT_SID)
    parser.add_argument("--auth-token", default=AUTH_TOKEN)
    parser.add_argument("--service-sid", default=SERVICE_SID)
    parser.add_argument("--rate-limit", type=int, default=None)
    options = parser.parse_args()
    accounts = {options.account_sid: options.auth_token}
    with TwilioEmulator(
        accounts=accounts,
        services=(options.service_sid,),
        rate_limit=options.rate_limit,
        port=options.port,
        on_message=lambda message: say(f"{message.to}: {message.body}"),
    ) as emulator:
        say(f"TWILIO_API_BASE_URL={emulator.base_url}   (messages: {emulator.base_url}/_messages)")
        say(f"accountSID {options.account_sid}, authToken {options.auth_token}, service {options.service_sid}")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
