"""The head and the beginning of the body leave together."""

import io
import tempfile
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.wsgi import FileWrapper

from idp.deployment.answer import Answer


class Packets:
    """A socket that remembers what was sent at once."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.sent.append(data)

    def sendfile(self, file: Any, offset: int, count: int) -> int:
        file.seek(offset)
        self.sent.append(file.read(count))
        return count


def packets(body: Iterable[bytes], *headers: tuple[str, str], method: str = "GET") -> list[bytes]:
    """The bodies of what is sent, with `head` for the head."""
    request = SimpleNamespace(method=method, version=(1, 1), should_close=lambda: False)
    sock = Packets()
    answer = Answer(request, sock, Config())  # type: ignore[arg-type]
    answer.start_response("200 OK", list(headers))
    answer.send(body)
    head, end, rest = sock.sent[0].partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert end
    return [b"head " + rest, *sock.sent[1:]]


def test_one_packet() -> None:
    assert packets([b"abc"], ("Content-Length", "3")) == [b"head abc"]


def test_what_comes_later_is_sent_later() -> None:
    assert packets([b"ab", b"c"], ("Content-Length", "3")) == [b"head ab", b"c"]
    assert packets([b"ab", b"c"]) == [b"head 2\r\nab\r\n", b"1\r\nc\r\n", b"0\r\n\r\n"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_but_a_head(method: str) -> None:
    assert packets([], ("Content-Length", "0"), method=method) == [b"head "]


def test_a_file() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"abc")
        file.seek(0)
        assert packets(FileWrapper(file), ("Content-Length", "3")) == [b"head ", b"abc"]
    assert packets(FileWrapper(io.BytesIO(b"abc")), ("Content-Length", "3")) == [b"head abc"]


def test_a_body_is_closed_whatever_happens() -> None:
    closed = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            raise ConnectionError

        def close(self) -> None:
            closed.append(self)

    with pytest.raises(ConnectionError):
        packets(Body())
    assert len(closed) == 1
