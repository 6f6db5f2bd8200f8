"""Slow down guessing of an administrator's password: ten wrong tries for a name from an address (a /64 of IPv6) in ten minutes."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

from idp.lib.http import client_address
from idp.lib.throttle import network

TRIES = 10
WINDOW = 600


def is_blocked(request: HttpRequest, username: str) -> bool:
    tries: int = cache.get(_key(request, username), 0)
    return tries >= TRIES


def count_failure(request: HttpRequest, username: str) -> None:
    key = _key(request, username)
    cache.add(key, 0, WINDOW)
    try:
        cache.incr(key)
    except ValueError:  # it ran out between the two calls
        cache.set(key, 1, WINDOW)


def forget(request: HttpRequest, username: str) -> None:
    cache.delete(_key(request, username))


def _key(request: HttpRequest, username: str) -> str:
    who = f"{username.casefold()}\0{network(client_address(request))}"
    return "console-sign-in:" + hashlib.sha256(who.encode()).hexdigest()
