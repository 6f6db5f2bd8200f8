"""Gunicorn's threaded worker, in which the thread that reads a request also answers it.

Two threads that hand Python's lock to each other for each request cost more than a short request does. Here one thread of the pool leads:
it runs the loop, answers itself what is short as a rule, and gives the rest to other threads. When it takes longer than LONG after all,
another thread takes over the loop, and the first one becomes an idle one of the pool when it is done. An alarm clock of the system
watches the leader, so nobody else wakes up for a short request, or for none.

The main thread neither leads nor answers: it waits for signals, which Python handles there, and for the alarm.
"""

import signal
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from selectors import EVENT_READ
from typing import Any, Literal

from gunicorn.http import wsgi
from gunicorn.workers.gthread import TConn, ThreadWorker

from idp.deployment.answer import Answer
from idp.deployment.durations import Durations

LONG = 0.01  # seconds
_SWITCH = 0.001  # seconds after which Python's lock changes hands between threads that compute
_ROUND = 1.0  # seconds between signs of life, and looks for who is late


@dataclass(frozen=True, slots=True)
class _Answered:
    conn: TConn
    kind: bytes
    keep: bool
    seconds: float
    computing: float


class LeadingWorker(ThreadWorker, ABC):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arrived: deque[tuple[TConn, bytes]] = deque()  # requests that wait to be answered, with their kinds
        self._durations = Durations()
        self._running = 0  # requests, in all threads
        self._news: SimpleQueue[Literal["alarm", "end"] | BaseException] = SimpleQueue()  # for the main thread
        self._end: float | None = None  # when a stopping worker leaves, whatever still runs
        self._next_round = 0.0
        self._lock = threading.Lock()  # for the next two
        self._term = 0  # of how many threads that lead this is the last
        self._since = 0.0  # when the one that leads began to answer, if it does

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """One more than may answer at a time: it leads when all of them do."""
        return ThreadPoolExecutor(self.cfg.threads + 1, initializer=_leave_alarms_to_the_main_thread)

    # --- The main thread

    def run(self) -> None:
        """In gunicorn's it is the loop."""
        sys.setswitchinterval(_SWITCH)
        signal.set_wakeup_fd(-1)  # a pipe that nobody reads would be full of alarms one day
        for waking in (signal.SIGTERM, signal.SIGUSR1):
            signal.siginterrupt(waking, True)  # gunicorn spares requests, of which there are none in this thread
        signal.signal(signal.SIGALRM, lambda *_: self._news.put("alarm"))
        self.poller.register(self.method_queue.fileno(), EVENT_READ, self.method_queue.run_callbacks)
        self.tpool.submit(self._lead, self._term)
        try:
            while (news := self._news.get()) == "alarm":
                self._replace_busy_leader()
        finally:  # by SystemExit, too
            self.alive, self._end = False, 0.0
            self.method_queue.defer(lambda: None)
            self.tpool.shutdown(wait=False)
        if isinstance(news, BaseException):
            raise news

    def _replace_busy_leader(self) -> None:
        with self._lock:
            if not self._since or time.monotonic() - self._since < LONG / 2:  # the alarm was for one that is answered
                return
            self._since = 0.0
            self._term += 1
        self.tpool.submit(self._lead, self._term)

    # --- The leader

    def arrived(self, conn: TConn, kind: bytes) -> None:
        self._arrived.append((conn, kind))

    def _lead(self, term: int) -> None:
        try:
            while self._goes_on():
                self._look_around()
                if self._may_answer() and not self._serve(*self._arrived.popleft(), term):
                    return
            self._close()
        except BaseException as error:  # ends the worker, in the main thread
            self._news.put(error)
        else:
            self._news.put("end")

    def _goes_on(self) -> bool:
        if self.alive:
            return True
        if self._end is None:
            self._end = time.monotonic() + self.cfg.graceful_timeout
            self.begin_to_stop()
        return bool(self.nr_conns > 0 and time.monotonic() < self._end)

    def _look_around(self) -> None:
        stopping = self._end is not None
        if (now := time.monotonic()) >= self._next_round or stopping:
            self._next_round = now + _ROUND
            self.notify()
            if not self.is_parent_alive():
                self.alive = False
            self.keep_house()
        self.set_accept_enabled(not stopping and self.nr_conns < self.worker_connections)
        self.wait_for_and_dispatch_events(0 if self._may_answer() else 0.1 if stopping else _ROUND)

    def _may_answer(self) -> bool:
        return bool(self._arrived) and self._running < self.cfg.threads

    def _serve(self, conn: TConn, kind: bytes, term: int) -> bool:
        """Does this thread still lead after that?"""
        self._running += 1
        if not self._durations.suit_the_leader(kind):
            self.tpool.submit(self._answer_aside, conn, kind)
            return True
        self._since = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, LONG)
        answered = self._answer(conn, kind)
        with self._lock:
            if leads := self._term == term:
                self._since = 0.0
        if leads:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._answered(answered)
        else:
            self.method_queue.defer(self._answered, answered)
        return leads

    def _answered(self, answered: _Answered, *, by_leader: bool = True) -> None:
        self._running -= 1
        waiting = answered.seconds - answered.computing if by_leader else None
        self._durations.note(answered.kind, computing=answered.computing, waiting=waiting)
        self.finish(answered.conn, keep=answered.keep)

    def _close(self) -> None:
        self.poller.close()
        self.method_queue.close()
        for listener in self.sockets:
            listener.close()

    # --- What happens to connections, by the leader as well

    @abstractmethod
    def finish(self, conn: TConn, *, keep: bool) -> None:
        """It was answered."""

    @abstractmethod
    def keep_house(self) -> None:
        """Close those whose time is over."""

    @abstractmethod
    def begin_to_stop(self) -> None: ...

    @abstractmethod
    def is_full(self) -> bool:
        """Are enough kept alive?"""

    # --- Any thread

    def _answer(self, conn: TConn, kind: bytes) -> _Answered:
        started, computing = time.monotonic(), time.thread_time()
        keep = self.handle(conn)
        return _Answered(conn, kind, keep, time.monotonic() - started, time.thread_time() - computing)

    def _answer_aside(self, conn: TConn, kind: bytes) -> None:
        try:
            answered = self._answer(conn, kind)
        except BaseException as error:
            self._news.put(error)
        else:
            self.method_queue.defer(partial(self._answered, answered, by_leader=False))

    def handle_request(self, req: Any, conn: TConn) -> bool:
        """Without gunicorn's hooks and its line of log: the application writes one. Whether the connection may be kept."""
        answer, environ = wsgi.create(req, conn.sock, conn.client, conn.server, self.cfg, response_class=Answer)
        environ["wsgi.multithread"] = True
        try:
            body = self.wsgi(environ, answer.start_response)
            if not self.alive or self.is_full():
                answer.force_close()
            answer.send(body)
        except OSError:
            raise
        except Exception:
            if not answer.headers_sent:
                raise
            self.log.exception("Error handling request")
            return False
        return not answer.should_close()

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """Gunicorn looks for what is left of the body by reading. Of most requests nothing is."""
        if keepalive and getattr(conn.parser.mesg.body.reader, "length", None) == 0:
            return True
        return bool(super()._keepalive_after(conn, keepalive))


def _leave_alarms_to_the_main_thread() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
