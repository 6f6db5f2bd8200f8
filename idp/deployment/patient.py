"""Gunicorn's threaded worker, with threads only for requests that have arrived.

Gunicorn gives a thread to each new connection and lets it wait for the request; as many slow or silent clients as there are threads
stop a worker. Here the worker's own loop waits for all of them: a request goes to a thread when its head and a body of usual size are
there. What is begun has a time to be finished in, and when there are too many connections the one that was silent longest goes.

It takes the place of private parts of gunicorn's gthread worker; pyproject.toml holds the version, tests/journeys/faults the behaviour.
"""

import contextlib
import errno
import re
import resource
import selectors
import socket
import struct
import time
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

SECONDS = 15.0  # for a request to arrive, from its first byte
LARGEST_HEAD = 64 * 1024  # bytes
KEPT_BODY = 128 * 1024  # bytes; a thread reads what is beyond
_PAUSE = struct.pack("ll", 10, 0)  # seconds that a thread waits for a part of a large body
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
# The body comes when the application asks for it, or in parts that only the parser knows the end of.
_LATER = re.compile(rb"\r\n(?:expect|transfer-encoding):", re.IGNORECASE)
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_SPARE_FILES = 256  # besides connections
_LINGER, _DRAINED = 2.0, 1024 * 1024  # seconds and bytes after the last answer


def allow_connections(wanted: int) -> int:
    """How many connections a worker may have: as many as wanted, if the system lets us have so many files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + _SPARE_FILES
    if soft < needed and soft != resource.RLIM_INFINITY:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else max(min(wanted, soft - _SPARE_FILES), 100)


def has_arrived(received: bytes | bytearray) -> bool:
    """Can a thread answer it without waiting?"""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = bytes(received[: end + 2])
    length = _LENGTH.search(head)
    if length is None or _LATER.search(head):
        return True
    return len(received) - end - 4 >= min(int(length[1]), KEPT_BODY)


class _Connection(TConn):
    def __init__(self, worker: "PatientWorker", *args: Any) -> None:
        super().__init__(worker.cfg, *args)
        self._worker = worker

    def close(self, graceful: bool = False) -> None:
        """Gunicorn's own graceful way holds the loop for two seconds when the other side does not close."""
        if graceful:
            self._worker.linger(self)
        else:
            super().close()


class PatientWorker(ThreadWorker):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In the order in which their time ends. New ones that have said nothing yet, and what the others have said so far.
        self._silent: dict[TConn, None] = {}
        self._arriving: dict[TConn, bytearray] = {}
        self._lingering: dict[TConn, int] = {}  # bytes that may still come, to be thrown away

    def accept(self, listener: Any) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.ECONNABORTED, errno.EMFILE):
                return
            raise
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _PAUSE)
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._drop_a_silent_one()
        conn = _Connection(self, client, address, listener.getsockname())
        conn.set_timeout()
        self._silent[conn] = None
        self._listen(conn)

    def on_client_socket_readable(self, conn: TConn, client: Any) -> None:
        """One that was kept alive speaks again."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._listen(conn)
        self._read(conn, client)

    def enqueue_req(self, conn: TConn) -> None:
        """The next request on a connection has begun to arrive behind the last one."""
        received = conn.parser.unreader.take_buffered()
        conn.sock.setblocking(False)
        self._listen(conn)
        self._take(conn, received)

    def murder_pending(self) -> None:
        now = time.monotonic()
        for waiting in (self._silent, self._arriving):
            late = []
            for conn in waiting:
                if conn.timeout > now and (self.alive or waiting is self._arriving):
                    break
                late.append(conn)
            for conn in late:
                self._drop(conn)
        for conn in [conn for conn in self._lingering if conn.timeout <= now]:
            self._close_lingering(conn)

    def _listen(self, conn: TConn) -> None:
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._read, conn))

    def _read(self, conn: TConn, client: Any) -> None:
        try:
            received = client.recv(LARGEST_HEAD)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if received:
            self._take(conn, received)
        else:
            self._drop(conn)

    def _take(self, conn: TConn, received: bytes) -> None:
        so_far = self._arriving.get(conn)
        if so_far is None:
            self._silent.pop(conn, None)
            so_far = self._arriving[conn] = bytearray()
            conn.timeout = time.monotonic() + SECONDS
        so_far += received
        if has_arrived(so_far):
            self._forget(conn)
            conn.init()
            conn.parser.unreader.unread(bytes(so_far))
            conn.data_ready = True
            super().enqueue_req(conn)
        elif len(so_far) > LARGEST_HEAD and b"\r\n\r\n" not in so_far:
            self._forget(conn)
            self.nr_conns -= 1
            with contextlib.suppress(OSError):
                conn.sock.send(_TOO_LARGE)
            self.linger(conn)

    def linger(self, conn: TConn) -> None:
        """The last answer is on its way: wait a moment for the other side to close, so that it is not cut short (RFC 9112 section 9.6)."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))
        except (OSError, KeyError, ValueError):
            conn.close()
            return
        conn.timeout = time.monotonic() + _LINGER
        self._lingering[conn] = _DRAINED

    def _drain(self, conn: TConn, client: Any) -> None:
        try:
            left = self._lingering[conn] - len(client.recv(LARGEST_HEAD) or b" " * _DRAINED)
        except BlockingIOError:
            return
        except OSError:
            left = 0
        self._lingering[conn] = left
        if left <= 0:
            self._close_lingering(conn)

    def _close_lingering(self, conn: TConn) -> None:
        self._forget(conn)
        conn.close()

    def _drop_a_silent_one(self) -> None:
        if self._silent:
            self._drop(next(iter(self._silent)))
        elif self.keepalived_conns:
            conn = self.keepalived_conns.popleft()
            self._drop(conn)

    def _drop(self, conn: TConn) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()

    def _forget(self, conn: TConn) -> None:
        self._silent.pop(conn, None)
        self._arriving.pop(conn, None)
        self._lingering.pop(conn, None)
        with contextlib.suppress(KeyError, ValueError, OSError):
            self.poller.unregister(conn.sock)
