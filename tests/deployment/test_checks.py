"""Production refuses to start on unsafe settings."""

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as django_settings
from django.core.checks import ERROR
from django.core.management import call_command
from django.db import connections
from pytest_django import Settings

from idp.deployment import setup_token
from idp.deployment.checks import safe_settings


@pytest.fixture
def production(settings: Settings) -> Settings:
    settings.PRODUCTION = True
    settings.SECRET_KEY = "x" * 50
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    settings.ENDPOINT = "https://id.example.com"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    }  # wherever the tests run
    return settings


def ids() -> list[str | None]:
    """The errors; a warning about SQLite depends on where the tests run."""
    return [message.id for message in safe_settings(None) if message.level >= ERROR]


def test_development_is_fine_as_it_is() -> None:
    assert ids() == []


def test_a_replica_of_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        connections.settings, "replica", {**connections.settings["default"], "ENGINE": "django.db.backends.sqlite3"}
    )
    try:
        assert ids() == ["latchkey.E013"]
    finally:
        del connections["replica"]


def test_good_production_settings(production: Settings) -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "value", "id"),
    [
        ("SECRET_KEY", "short", "latchkey.E003"),
        ("ENCRYPTION_KEYS", [""], "latchkey.E004"),
        ("ENCRYPTION_KEYS", ["no key"], "latchkey.E002"),
        ("ENDPOINT", "http://id.example.com", "latchkey.E005"),
        ("ENDPOINT", "https://id.example.com/auth", "latchkey.E001"),
        ("WEB_WORKERS", 4, "latchkey.E006"),
        ("CACHES", {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}, "latchkey.E007"),
        ("QUEUE_URL", "amqp://localhost", "latchkey.E008"),
    ],
)
def test_each_unsafe_setting_is_named(production: Settings, name: str, value: object, id: str) -> None:
    setattr(production, name, value)
    assert id in ids()


def test_the_models_and_migrations_agree(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_the_setup_token_is_needed_in_production_only(settings: Settings) -> None:
    assert "token=" not in setup_token.link()
    settings.PRODUCTION = True
    assert setup_token.link() == f"{django_settings.ENDPOINT}/console/setup?token={setup_token.current()}"
    assert setup_token.matches(setup_token.current())
    assert not setup_token.matches("")
