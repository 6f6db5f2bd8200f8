"""What test_leading.py serves: sleeps for the seconds of the query and says who answered; SystemExit for /exit."""

import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

_running: set[int] = set()
_most = 0


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    global _most
    thread = threading.get_ident()
    _running.add(thread)
    _most = max(_most, len(_running))
    try:
        if environ["PATH_INFO"] == "/exit":
            raise SystemExit
        time.sleep(float(environ["QUERY_STRING"] or 0))
    finally:
        _running.remove(thread)
    body = f"{os.getpid()} {thread} {_most} {environ['QUERY_STRING']}".encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
