"""When a request may go to a thread: when nothing of it has to be waited for."""

import resource

import pytest

from idp.deployment.patient import KEPT_BODY, allow_connections, has_arrived, kind_of

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def post(*headers: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([b"POST / HTTP/1.1", b"Host: localhost", *headers, b"", body])


@pytest.mark.parametrize("length", range(len(GET)))
def test_a_head_is_waited_for(length: int) -> None:
    assert not has_arrived(GET[:length])
    assert has_arrived(GET)


def test_so_is_a_body() -> None:
    assert not has_arrived(post(b"Content-Length: 3", body=b"ab"))
    assert has_arrived(post(b"Content-Length: 3", body=b"abc"))
    assert has_arrived(post(b"content-length:3", body=b"abcd"))
    assert has_arrived(post(b"Content-Length: 0"))


def test_but_not_a_large_one() -> None:
    assert not has_arrived(post(b"Content-Length: 9999999", body=b"x" * (KEPT_BODY - 1)))
    assert has_arrived(post(b"Content-Length: 9999999", body=b"x" * KEPT_BODY))


@pytest.mark.parametrize("header", [b"Expect: 100-continue", b"Transfer-Encoding: chunked"])
def test_nor_one_that_comes_when_it_is_asked_for(header: bytes) -> None:
    assert has_arrived(post(b"Content-Length: 3", header))


def test_a_length_that_is_none_is_for_the_parser_to_refuse() -> None:
    assert has_arrived(post(b"Content-Length: many"))
    assert has_arrived(post(b"X: Content-Length: 3"))


def test_alike_are_those_with_one_method_and_path() -> None:
    assert kind_of(GET) == b"GET / HTTP/1.1"
    assert kind_of(GET.replace(b"/ ", b"/a?b=c ")) == b"GET /a"
    assert kind_of(GET.replace(b"/ ", b"/" + b"a" * 200 + b" ")) == b"GET /" + b"a" * 95


@pytest.mark.parametrize(
    "request_",
    [post(b"Content-Length: 9999999", body=b"x" * KEPT_BODY), post(b"Expect: 100-continue"), post(b"Transfer-Encoding: chunked")],
    ids=["large", "asked for", "in parts"],
)  # fmt: skip
def test_and_none_that_has_to_be_waited_for(request_: bytes) -> None:
    assert has_arrived(request_)
    assert kind_of(request_) == b""


def test_no_more_connections_than_the_system_has_files(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = [(1024, 4096)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, new: limits.append(new))
    assert allow_connections(10_000) == 4096 - 256
    assert limits[-1] == (4096, 4096)
    assert allow_connections(500) == 500
    assert limits[-1] == (4096, 4096)
