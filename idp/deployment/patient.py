"""Gunicorn's threaded worker, with threads only for requests that have arrived.

Gunicorn gives a thread to each new connection and lets it wait for the request; as many slow or silent clients as there are threads
stop a worker. Here the worker's own loop waits for all of them: a request is answered when its head and a body of usual size are
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
from itertools import takewhile
from typing import Any

from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn

from idp.deployment.leading import LeadingWorker

SECONDS = 15.0  # for a request to arrive, from its first byte
LARGEST_HEAD = 64 * 1024  # bytes
KEPT_BODY = 128 * 1024  # bytes; a thread reads what is beyond
_PAUSE = struct.pack("ll", 10, 0)  # seconds that a thread waits for a part of a large body
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
# The body comes when the application asks for it, or in parts that only the parser knows the end of.
_LATER = re.compile(rb"\r\n(?:expect|transfer-encoding):", re.IGNORECASE)
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_LONGEST_KIND = 100  # bytes
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


def kind_of(received: bytes) -> bytes:
    """Requests that are alike: their method and path, as far as they are not too long. Nothing for one whose body has to be waited for."""
    head = received[: received.find(b"\r\n\r\n") + 2]
    if len(received) >= KEPT_BODY or _LATER.search(head):
        return b""
    return head[:_LONGEST_KIND].partition(b"\r\n")[0].partition(b"?")[0]


class _Connection(TConn):
    """Its socket blocks who answers, never the loop. The loop hears of it from its first to its last day, unless it speaks while it is
    being answered.
    """

    heard = False
    busy = False  # its request has arrived and is not answered

    def receive(self) -> bytes | None:
        """What has come: None for nothing, no bytes for the end."""
        try:
            received: bytes = self.sock.recv(LARGEST_HEAD, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        except OSError:
            return b""
        return received


class PatientWorker(LeadingWorker):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In the order in which their time ends: new ones that have said nothing yet, those that were answered before, and what the
        # others have said so far.
        self._silent: dict[_Connection, None] = {}
        self._kept: dict[_Connection, None] = {}
        self._arriving: dict[_Connection, bytes] = {}
        self._lingering: dict[_Connection, int] = {}  # bytes that may still come, to be thrown away

    def accept(self, listener: socket.socket) -> None:
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
        conn = _Connection(self.cfg, client, address, listener.getsockname())
        conn.set_timeout()
        self._silent[conn] = None
        self._hear(conn)

    def is_full(self) -> bool:
        return len(self._kept) >= self.max_keepalived

    def finish(self, conn: _Connection, *, keep: bool) -> None:
        conn.busy = False
        if not keep:
            self.nr_conns -= 1
            self._linger(conn)
            return
        self._hear(conn)
        if behind := conn.parser.unreader.take_buffered():  # of the next request
            self._take(conn, behind)
        else:
            conn.timeout = time.monotonic() + (self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER)
            self._kept[conn] = None

    def begin_to_stop(self) -> None:
        """Who said nothing goes. Who was told that the connection is kept may be about to speak."""
        latest = time.monotonic() + STOP_KEEPALIVE_LINGER
        for conn in self._kept:
            conn.timeout = min(conn.timeout, latest)
        for conn in list(self._silent):
            self._drop(conn)

    def keep_house(self) -> None:
        now = time.monotonic()
        for waiting in (self._silent, self._kept, self._arriving):
            for conn in list(takewhile(lambda conn: conn.timeout <= now, waiting)):
                self._drop(conn)
        for conn in list(takewhile(lambda conn: conn.timeout <= now, self._lingering)):
            self._hang_up(conn)

    def _hear(self, conn: _Connection) -> None:
        if not conn.heard:
            conn.heard = True
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._read, conn))

    def _ignore(self, conn: _Connection) -> None:
        if conn.heard:
            conn.heard = False
            self.poller.unregister(conn.sock)

    def _read(self, conn: _Connection, _: socket.socket) -> None:
        if conn.busy:
            self._ignore(conn)
        elif conn in self._lingering:
            self._drain(conn)
        elif received := conn.receive():
            self._take(conn, received)
        elif received is not None:
            self._drop(conn)

    def _take(self, conn: _Connection, received: bytes) -> None:
        if begun := self._arriving.get(conn):
            received = begun + received
        else:
            self._silent.pop(conn, None)
            self._kept.pop(conn, None)
            conn.timeout = time.monotonic() + SECONDS
        if has_arrived(received):
            self._arriving.pop(conn, None)
            conn.busy = True
            conn.init()
            conn.parser.unreader.unread(received)
            self.arrived(conn, kind_of(received))
        elif len(received) > LARGEST_HEAD and b"\r\n\r\n" not in received:
            self._arriving.pop(conn, None)
            self.nr_conns -= 1
            with contextlib.suppress(OSError):
                conn.sock.send(_TOO_LARGE, socket.MSG_DONTWAIT)
            self._linger(conn)
        else:
            self._arriving[conn] = received

    def _linger(self, conn: _Connection) -> None:
        """The last answer is on its way: wait a moment for the other side to close, so that it is not cut short (RFC 9112 section 9.6)."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._hang_up(conn)
            return
        self._hear(conn)
        conn.timeout = time.monotonic() + _LINGER
        self._lingering[conn] = _DRAINED

    def _drain(self, conn: _Connection) -> None:
        received = conn.receive()
        if received is None:
            return
        self._lingering[conn] -= len(received) or _DRAINED
        if self._lingering[conn] <= 0:
            self._hang_up(conn)

    def _drop_a_silent_one(self) -> None:
        if oldest := next(iter(self._silent or self._kept), None):
            self._drop(oldest)

    def _drop(self, conn: _Connection) -> None:
        """Before it was answered."""
        self.nr_conns -= 1
        for waiting in (self._silent, self._kept, self._arriving):
            waiting.pop(conn, None)
        self._hang_up(conn)

    def _hang_up(self, conn: _Connection) -> None:
        self._lingering.pop(conn, None)
        self._ignore(conn)
        conn.close()
