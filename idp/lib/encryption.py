"""Encryption at rest: model fields whose column holds Fernet tokens (AES-128-CBC with HMAC-SHA256).

The keys come from ENCRYPTION_KEYS, newest first: the first encrypts, all decrypt, so a key is rotated by putting a new one
in front. A value that no key opens is an error, never returned as it stands.
"""

import json
from enum import Enum
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    return _box(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Open a stored value, or raise ImproperlyConfigured when no configured key fits it."""
    try:
        return _box(tuple(settings.ENCRYPTION_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise ImproperlyConfigured("No key in ENCRYPTION_KEYS opens a stored secret.") from error


class Age(Enum):
    """Which key opens a stored value."""

    NEWEST = "newest"
    OLDER = "older"
    LOST = "lost"  # none of ours


def age(token: str) -> Age:
    newest, *older = settings.ENCRYPTION_KEYS
    if _opens((newest,), token):
        return Age.NEWEST
    return Age.OLDER if older and _opens(tuple(older), token) else Age.LOST


def _opens(keys: tuple[str, ...], token: str) -> bool:
    try:
        _box(keys).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def renew(token: str) -> str:
    """The same value under the newest key."""
    return _box(tuple(settings.ENCRYPTION_KEYS)).rotate(token.encode()).decode()


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Text that is encrypted in the database and plain in Python. It cannot be searched."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else encrypt(self._to_text(value))

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return None if value is None else self._from_text(decrypt(value))

    def _to_text(self, value: Any) -> str:
        return str(value)

    def _from_text(self, text: str) -> Any:
        return text


class EncryptedJSONField(EncryptedTextField):
    """A JSON value that is encrypted in the database."""

    # For django-stubs: any JSON value goes in and comes out.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def _to_text(self, value: Any) -> str:
        return json.dumps(value)

    def _from_text(self, text: str) -> Any:
        return json.loads(text)
