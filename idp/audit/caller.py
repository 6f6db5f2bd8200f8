"""Who is calling right now: set once per request, so that services need not carry a request around."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """Address and user agent of the request being answered; empty in a management command."""

    address: str = ""
    user_agent: str = ""


_NOBODY = Caller()
_caller: ContextVar[Caller] = ContextVar("caller", default=_NOBODY)


def current() -> Caller:
    return _caller.get()


def set_caller(caller: Caller) -> None:
    _caller.set(caller)
