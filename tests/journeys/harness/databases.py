"""A database of its own for each kind of server, made for one test run and dropped after it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

KINDS = tuple(os.environ.get("JOURNEY_DATABASES", "sqlite,postgresql").split(","))
POSTGRESQL_SERVER = os.environ.get("JOURNEY_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")


@contextmanager
def throwaway_database(kind: str, directory: Path) -> Iterator[str]:
    """Its DATABASE_URL. Without a reachable PostgreSQL this fails: a journey is never skipped."""
    if kind == "sqlite":
        yield f"sqlite:///{directory / 'db.sqlite3'}"
        return
    name = f"latchkey_{secrets.token_hex(6)}"
    _administer("CREATE DATABASE {}", name)
    try:
        yield f"{POSTGRESQL_SERVER}/{name}"
    finally:
        _administer("DROP DATABASE {} WITH (FORCE)", name)


def drop_connections(url: str) -> None:
    """As a restart or a failover does it, whatever the connections are doing. They are gone when this returns: the signal alone may
    reach a backend after it has answered the next request's question whether it is there.
    """
    _administer(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = {}", sql.Literal(_name(url))
    )


@contextmanager
def outage(url: str) -> Iterator[None]:
    """This PostgreSQL database is down: connections are cut and new ones refused."""
    _administer("ALTER DATABASE {} ALLOW_CONNECTIONS false", _name(url))
    drop_connections(url)
    try:
        yield
    finally:
        _administer("ALTER DATABASE {} ALLOW_CONNECTIONS true", _name(url))


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _administer(statement: str, name: "str | sql.Literal") -> None:
    with psycopg.connect(f"{POSTGRESQL_SERVER}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name) if isinstance(name, str) else name))
