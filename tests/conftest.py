"""What every test may rely on: no network but loopback, clean caches, fast password hashes where they do not matter."""

import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate
from django.utils import translation
from pytest_django import Settings
from pytest_socket import socket_allow_hosts

from idp.applications import clients
from idp.applications.models import Application
from idp.applications.services import create_application
from idp.messaging import sending
from idp.signin import kept
from idp.tokens import keys
from idp.users.hashers import Argon2id
from idp.users.models import User
from idp.users.services import create_user
from tests.protocol.client import App

# Loaded machines are slow at times; a property test is about what holds, not about how fast.
hypothesis.settings.register_profile("latchkey", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("latchkey")
PASSWORD = "correct horse battery"
OWN_TIME_COST, OWN_MEMORY_COST = Argon2id.time_cost, Argon2id.memory_cost  # before tests make it cheap


def pytest_configure() -> None:
    """Fast where speed proves nothing: hashes with little memory, and no permissions of staff made again at each flush."""
    Argon2id.time_cost, Argon2id.memory_cost = 1, 64
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    _separate_caches()


def _separate_caches() -> None:
    """Tests empty the cache: workers that share one Redis get a database of it each."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    cache_settings = settings.CACHES["default"]
    if worker and "redis" in cache_settings["BACKEND"].lower():
        server = str(cache_settings["LOCATION"]).rpartition("/")[0]
        cache_settings["LOCATION"] = f"{server}/{2 + int(worker.removeprefix('gw'))}"


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _no_look_up(settings: Settings) -> None:
    """Passwords are judged by the list that Django ships; the look-up has tests of its own."""
    settings.PWNED_API_BASE_URL = ""


@pytest.fixture(autouse=True)
def _english() -> None:
    """A request leaves its language in the thread until the next one; tests that call functions make none."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a loaded machine a provider on the loopback may be slow; what happens then has tests of its own."""
    monkeypatch.setattr(sending, "PATIENCE", 20.0)
    monkeypatch.setattr(sending, "_WAIT", 5.0)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    cache.clear()
    clients._clients.clear()
    kept._kept.clear()
    keys.forget()
    yield
    keys.forget()


@pytest.fixture
def ada(db: Any) -> User:
    """A person with every identifier and a password."""
    return create_user(
        by="test", username="ada", email="ada@example.com", phone="15551234567", password=PASSWORD, name="Ada Lovelace"
    )


@pytest.fixture
def native(db: Any) -> Application:
    return create_application(
        by="test", name="Bookstore", type="Native", client_id="bookstore",
        redirect_uris=["com.example.app://callback"],
        post_logout_redirect_uris=["com.example.app://callback/sign-out"],
        allowed_origins=["capacitor://localhost", "https://localhost"],
    )  # fmt: skip


@pytest.fixture
def app(native: Application) -> App:
    return App(native.pk, "com.example.app://callback")


@pytest.fixture
def signed_in(app: App, ada: User) -> dict[str, Any]:
    """The token answer of a fresh sign-in of Ada to the native app."""
    answer: dict[str, Any] = app.exchange(app.sign_in_with_password("ada", PASSWORD)["code"]).json()
    return answer


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file, as in production: the race tests write from many threads, which an in-memory database cannot."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("db") / "test.sqlite3")


@pytest.fixture(autouse=True, scope="session")
def _empty_tables_quickly() -> Iterator[None]:
    """PostgreSQL's TRUNCATE makes new files for a hundred tables and waits for the disk; there are a few rows to delete."""
    if connection.vendor != "postgresql":
        yield
        return
    operations = type(connection.ops)
    truncate = operations.sql_flush

    def delete(self: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
        if options.get("reset_sequences"):
            return list(truncate(self, style, tables, **options))
        return [f"DELETE FROM {self.quote_name(table)}" for table in tables]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", delete)
        yield
