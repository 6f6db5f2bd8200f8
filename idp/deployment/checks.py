"""Refuse to start on unsafe settings. Each message says which variable to set."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections

from idp.deployment import telemetry
from idp.lib import replica

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_MAKE_A_KEY = "Make one with: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"


@register()
def safe_settings(app_configs: Any, **_: Any) -> list[CheckMessage]:
    return [*_always(), *(_production() if settings.PRODUCTION else [])]


def has_shared_cache() -> bool:
    """Or does each process have one of its own?"""
    return "locmem" not in settings.CACHES["default"]["BACKEND"].lower()


def refuse_unsafe() -> None:
    """For servers that import idp.wsgi without a management command, which would run the checks."""
    errors = [message for message in safe_settings(None) if message.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(str(error) for error in errors))


def _always() -> Iterator[CheckMessage]:
    endpoint = urlsplit(settings.ENDPOINT)
    if endpoint.scheme not in ("http", "https") or not endpoint.hostname or endpoint.path or endpoint.query:
        yield Error(
            "ENDPOINT is not the address of a server.",
            hint="Set ENDPOINT to a scheme and a host, such as https://id.example.com, without a path.",
            id="latchkey.E001",
        )
    if settings.LOG_FORMAT not in ("json", "line"):
        yield Error("LOG_FORMAT is neither json nor line.", id="latchkey.E009")
    if 0 < len(settings.METRICS_TOKEN) < 16:
        yield Error("METRICS_TOKEN is too short.", hint="Set it to 32 random characters.", id="latchkey.E010")
    if settings.AUDIT_RETENTION_DAYS < 0 or settings.DELIVERY_RETENTION_DAYS < 1:
        yield Error(
            "Retention is no number of days.",
            hint="Set AUDIT_RETENTION_DAYS to 0 (for ever) or more, and DELIVERY_RETENTION_DAYS to 1 or more.",
            id="latchkey.E012",
        )
    if replica.exists() and {connections[alias].vendor for alias in connections} != {"postgresql"}:
        yield Error(
            "A replica is PostgreSQL that follows PostgreSQL.",
            hint="Set both DATABASE_URL and DATABASE_REPLICA_URL to postgres://…, or leave DATABASE_REPLICA_URL away.",
            id="latchkey.E013",
        )
    for extra in telemetry.missing():
        yield Error(
            f"What the extra {extra} brings is not installed, and its variable is set.",
            hint=f".venv/bin/uv pip install -r pyproject.toml --extra {extra}",
            id="latchkey.E011",
        )
    if any(settings.ENCRYPTION_KEYS):
        for key in settings.ENCRYPTION_KEYS:
            yield from _key_problem(key)


def _key_problem(key: str) -> Iterator[CheckMessage]:
    try:
        Fernet(key)
    except ValueError:
        yield Error(
            "ENCRYPTION_KEYS holds something that is no key.",
            hint=_MAKE_A_KEY,
            id="latchkey.E002",
        )


def _production() -> Iterator[CheckMessage]:
    if len(settings.SECRET_KEY) < 32:
        yield Error("SECRET_KEY is not set, or too short.", hint="Set it to 50 random characters.", id="latchkey.E003")
    if not any(settings.ENCRYPTION_KEYS):
        yield Error(
            "ENCRYPTION_KEYS is not set.",
            hint=_MAKE_A_KEY,
            id="latchkey.E004",
        )
    endpoint = urlsplit(settings.ENDPOINT)
    if endpoint.scheme != "https" and endpoint.hostname not in _LOOPBACK:
        yield Error(
            "ENDPOINT is not https.",
            hint="Passwords and tokens would travel in the clear. Put a TLS proxy in front and set ENDPOINT=https://…",
            id="latchkey.E005",
        )
    if settings.WEB_WORKERS > 1 and not has_shared_cache():
        yield Error(
            "Several workers need a cache that they share: limits would count for each of them alone.",
            hint="Set CACHE_URL=redis://…, or WEB_CONCURRENCY=1.",
            id="latchkey.E006",
        )
    if settings.CACHES["default"]["BACKEND"].endswith("DummyCache"):
        yield Error(
            "The cache keeps nothing, so limits would count nothing.",
            hint="Set CACHE_URL=redis://….",
            id="latchkey.E007",
        )
    if connection.vendor == "postgresql" and not has_shared_cache():
        yield Warning(
            "The cache is one process's own.",
            hint="Set CACHE_URL=redis://… before a second machine or container serves the same database.",
            id="latchkey.W002",
        )
    if settings.QUEUE_URL and urlsplit(settings.QUEUE_URL).scheme not in ("redis", "rediss", "unix"):
        yield Error(
            "QUEUE_URL is not the address of a Redis server.",
            hint="Set it to redis://host:6379/0, or leave it away: the worker then looks for work by itself.",
            id="latchkey.E008",
        )
    if connection.vendor == "sqlite":
        yield Warning(
            "Production on SQLite: one machine, one writer at a time.",
            hint="Set DATABASE_URL=postgres://… to grow beyond it, or keep it and back up the file.",
            id="latchkey.W001",
        )
