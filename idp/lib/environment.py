"""Environment variables, each read once and with its meaning: the table in the README is made of them."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Variable:
    name: str
    default: str  # as the table shows it
    meaning: str


class Environment:
    """`django-environ`, remembering what was asked for. `shown` is the default in words, where the value says little."""

    def __init__(self) -> None:
        self._env = environ.Env()
        self.variables: list[Variable] = []

    def text(self, name: str, meaning: str, default: str = "", shown: str = "") -> str:
        return str(self._read(self._env.str, name, meaning, default, shown or (f"`{default}`" if default else "none")))

    def number(self, name: str, meaning: str, default: int, shown: str = "") -> int:
        return int(self._read(self._env.int, name, meaning, default, shown or f"`{default}`"))

    def switch(self, name: str, meaning: str, default: bool, shown: str = "") -> bool:
        return bool(self._read(self._env.bool, name, meaning, default, shown or f"`{default}`".lower()))

    def texts(self, name: str, meaning: str, shown: str = "none") -> list[str]:
        return list(self._read(self._env.list, name, meaning, [], shown))

    def database(self, name: str, meaning: str, default: str, shown: str) -> dict[str, Any]:
        return _complete(name, self._read(self._env.db_url, name, meaning, default, shown), "ENGINE")

    def parse_database(self, name: str, url: str) -> dict[str, Any]:
        return _complete(name, self._env.db_url_config(url), "ENGINE")

    def cache(self, name: str, meaning: str, default: str, shown: str) -> dict[str, Any]:
        return _complete(name, self._read(self._env.cache_url, name, meaning, default, shown), "BACKEND")

    def _read(self, read: Callable[..., Any], name: str, meaning: str, default: Any, shown: str) -> Any:
        self.variables.append(Variable(name, shown, meaning))
        try:
            return read(name, default=default)
        except (ValueError, KeyError, ImproperlyConfigured) as error:
            raise ImproperlyConfigured(f"{name} cannot be read: {error}") from error


def _complete(name: str, found: Any, needed: str) -> dict[str, Any]:
    """What a URL said, if it was one. Its text is not repeated: there may be a password in it."""
    if "." not in str(found.get(needed, "")):  # what is unknown stands there as it was written
        raise ImproperlyConfigured(f"{name} is no URL of a kind that is known.")
    return dict(found)


def named(name: str) -> str:
    """The value of a variable whose name somebody gave to a command; empty when it is not set."""
    return os.environ.get(name, "")


def table(variables: Iterable[Variable]) -> str:
    """In Markdown."""
    rows = [f"| `{one.name}` | {one.default} | {one.meaning} |" for one in variables]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])
