"""Who is calling right now: set once per request, so that services need not carry a request around."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """Address, user agent and device of the request being answered; empty in a management command.

    `device` is the digest of a cookie that a browser gets with its first interaction, empty when it brings none.
    """

    address: str = ""
    user_agent: str = ""
    device: str = ""


DEVICE_COOKIE = "_device"
_NOBODY = Caller()
_caller: ContextVar[Caller] = ContextVar("caller", default=_NOBODY)


def current() -> Caller:
    return _caller.get()


def set_caller(caller: Caller) -> None:
    _caller.set(caller)
