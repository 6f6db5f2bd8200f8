"""What a password must be (Logto section 4.5)."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
from pytest_django import Settings

from connectors.breaches import Breaches
from idp.users.models import User
from idp.users.policy import PasswordPolicy, issues

GOOD = "correct horse battery"


def codes(password: str, policy: PasswordPolicy | None = None, user: User | None = None) -> list[str]:
    return [
        issue.code.removeprefix("password_rejected.") for issue in issues(password, policy or PasswordPolicy(), user)
    ]


def test_a_good_one() -> None:
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "too_short"), ("x" * 300 + "yz12", "too_long"), ("aaaaaaaab", "restricted.repetition"),
        ("abababab", "restricted.repetition"), ("12345678", "restricted.sequence"), ("abcdefghi", "restricted.sequence"),
        ("password", "pwned"), ("sunshine1", "pwned"),
    ],
)  # fmt: skip
def test_refused(password: str, code: str) -> None:
    assert code in codes(password)


@pytest.mark.parametrize(
    ("password", "kinds"), [("onlylower", 1), ("Mixedcase", 2), ("Mixed0case", 3), ("Mixed0case!", 4)]
)
def test_character_types(password: str, kinds: int) -> None:
    assert "character_types" not in codes(password, PasswordPolicy(character_types=kinds))
    if kinds < 4:
        assert "character_types" in codes(password, PasswordPolicy(character_types=kinds + 1))


@pytest.mark.parametrize("password", ["lovelace1", "ada.king99", "xlovelace"])
def test_user_information(password: str) -> None:
    user = User(username="adaking", name="Ada Lovelace", primary_email="ada.king@example.com")
    assert "restricted.user_info" in codes(password, user=user)
    assert "restricted.user_info" not in codes(password, PasswordPolicy(reject_user_info=False), user)


def test_words_of_the_company() -> None:
    assert codes("bookstore1", PasswordPolicy(reject_words=("Bookstore",))) == ["restricted.words"]
    assert codes("a bookstore by the sea", PasswordPolicy(reject_words=("Bookstore",))) == []


def test_from_the_wire() -> None:
    policy = PasswordPolicy.from_json(
        {"length": {"min": 12}, "characterTypes": {"min": 3}, "rejects": {"pwned": False, "words": ["x"]}}
    )
    assert policy == PasswordPolicy(min_length=12, character_types=3, reject_breached=False, reject_words=("x",))


class TestLookUp:
    """By k-anonymity, over a loopback server that speaks the range API."""

    class Range(BaseHTTPRequestHandler):
        asked: ClassVar[list[str]] = []
        answer: ClassVar[tuple[int, str]] = (200, "")

        def do_GET(self) -> None:
            self.asked.append(self.path)
            status, body = self.answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None: ...

    @pytest.fixture
    def server(self, settings: Settings) -> Iterator[type[Range]]:
        self.Range.asked.clear()
        server = HTTPServer(("127.0.0.1", 0), self.Range)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.PWNED_API_BASE_URL = f"http://127.0.0.1:{server.server_port}"
        yield self.Range
        server.shutdown()
        server.server_close()

    def test_five_characters_of_the_hash_leave_and_no_more(self, server: type[Range]) -> None:
        digest = hashlib.sha1(GOOD.encode()).hexdigest().upper()
        server.answer = (200, f"{'0' * 35}:3\r\n{digest[5:]}:12\r\n")
        assert Breaches().contains(GOOD)
        assert server.asked == [f"/range/{digest[:5]}"]

    def test_padding_counts_for_nothing(self, server: type[Range]) -> None:
        digest = hashlib.sha1(GOOD.encode()).hexdigest().upper()
        server.answer = (200, f"{digest[5:]}:0")
        assert not Breaches().contains(GOOD)

    def test_trouble_fails_open_and_is_left_alone(self, server: type[Range]) -> None:
        server.answer = (503, "")
        breaches = Breaches()
        assert not breaches.contains(GOOD)
        assert not breaches.contains(GOOD)
        assert len(server.asked) == 1

    def test_nobody_there(self, settings: Settings) -> None:
        settings.PWNED_API_BASE_URL = "http://127.0.0.1:9"
        assert not Breaches().contains(GOOD)
