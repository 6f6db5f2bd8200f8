"""Who is calling right now: set once per request, so that services need not carry a request around."""

from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Caller:
    """Address, user agent and device of the request being answered; empty in a management command.

    `device` is the digest of a cookie that a browser gets with its first interaction, empty when it brings none. `api_key` is
    the id of the key with which a script acts as an administrator.
    """

    address: str = ""
    user_agent: str = ""
    device: str = ""
    api_key: str = ""


DEVICE_COOKIE = "_device"
NOBODY = Caller()
_caller: ContextVar[Caller] = ContextVar("caller", default=NOBODY)


def current() -> Caller:
    return _caller.get()


def set_caller(caller: Caller) -> None:
    _caller.set(caller)


def set_api_key(identifier: str) -> None:
    """Everything that is recorded for the rest of this request names the key."""
    _caller.set(replace(current(), api_key=identifier))
