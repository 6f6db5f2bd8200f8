"""The name of the request that is being answered: in every line of the log, in the answer, and from the proxy when it gave one."""

import re
import secrets
from contextvars import ContextVar

HEADER = "X-Request-ID"
LOGTO_HEADER = "Logto-Core-Request-Id"  # the same for whoever calls our APIs as Logto's
_SANE = re.compile(r"[A-Za-z0-9._:-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """Empty outside a request."""
    return _current.get()


def begin(given: str) -> str:
    """Take the given name, unless it is none that may stand in a log."""
    name = given if _SANE.fullmatch(given) else secrets.token_hex(8)
    _current.set(name)
    return name
