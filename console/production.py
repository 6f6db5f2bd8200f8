"""How far this installation is from production, in sentences for the page that says so."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from idp.deployment.checks import has_shared_cache
from idp.messaging.models import Connector
from idp.users.models import User


@dataclass(frozen=True, slots=True)
class Point:
    title: str
    good: bool
    now: str
    advice: str = ""  # what to do while it is not good


def points() -> Iterator[Point]:
    yield Point(
        "Mode", settings.PRODUCTION,
        "Production" if settings.PRODUCTION else "Development: errors show their details, and messages stay on this machine",
        "Set DEBUG=false. The server then refuses to start on settings that are not safe.",
    )  # fmt: skip
    yield Point(
        "Address", urlsplit(settings.ENDPOINT).scheme == "https", settings.ENDPOINT,
        "Put a TLS proxy in front and set ENDPOINT=https://… and TRUSTED_PROXIES=1.",
    )  # fmt: skip
    engine = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}.get(connection.vendor, connection.vendor)
    yield Point(
        "Database", connection.vendor == "postgresql", engine,
        "SQLite serves one machine well, with one writer at a time. Set DATABASE_URL=postgres://… to grow beyond it.",
    )  # fmt: skip
    shared = has_shared_cache()
    yield Point(
        "Cache", shared, "Shared by all workers" if shared else "Memory of each process",
        "Set CACHE_URL=redis://…; several workers need it.",
    )  # fmt: skip
    yield Point(
        "Workers", settings.WEB_WORKERS > 1, f"{settings.WEB_WORKERS}, each with {settings.WEB_THREADS} threads",
        "Set WEB_CONCURRENCY to the number of cores, so that one worker that restarts is not missed.",
    )  # fmt: skip
    yield from _people_and_providers()


def _people_and_providers() -> Iterator[Point]:
    count = Connector.objects.count()
    yield Point(
        "Providers for codes", count > 0, f"{count} set up",
        "In production nothing is sent, and nobody gets a code, without a connector.",
    )  # fmt: skip
    administrators = User.objects.administrators().count()
    yield Point(
        "Administrators", administrators > 1, f"{administrators}",
        "A second one can let the first in again.",
    )  # fmt: skip
