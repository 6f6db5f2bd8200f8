"""Clients as the hot endpoints read them: kept in the process for a moment, so that a token request asks the database less.

A kept client is at most two seconds old; a change made in this process is seen at once, and one made in another process
at once too when they share a cache (CACHE_URL). Whoever is about to refuse a request because of a kept client must look
again with `fresh=True`: a new secret or redirect URI works from the first second.
"""

import time
from dataclasses import dataclass

from django.db import transaction

from idp.applications.models import Application
from idp.lib import versions
from idp.lib.ids import same_digest
from idp.lib.storable import is_storable

_MAX_AGE = 2.0  # seconds
_VERSION = "applications.version"


@dataclass(frozen=True)
class Client:
    """An application and what is needed to check its secret."""

    application: Application
    secrets: tuple[tuple[str, float], ...]  # (SHA-256 digest, expiry as a timestamp or infinity)
    version: int | None  # None is nobody's: the cache did not answer
    loaded_at: float

    def accepts_secret(self, secret: str) -> bool:
        """Constant-time comparison with every secret, the first match does not end it; expired ones do not count."""
        now = time.time()
        return any([same_digest(secret, digest) and now < expiry for digest, expiry in self.secrets])  # noqa: C419

    def knows_expired_secret(self, secret: str) -> bool:
        return any([same_digest(secret, digest) for digest, _ in self.secrets])  # noqa: C419


_clients: dict[str, Client] = {}


def get(client_id: str, *, fresh: bool = False) -> Client | None:
    """The client with this id, or None. With `fresh`, straight from the database."""
    version = versions.current(_VERSION)
    kept = _clients.get(client_id)
    if (
        not fresh
        and kept
        and version is not None
        and kept.version == version
        and time.monotonic() - kept.loaded_at < _MAX_AGE
    ):
        return kept
    client = _load(client_id, version)
    if client is None:
        _clients.pop(client_id, None)
    else:
        _clients[client_id] = client
    return client


def forget(client_id: str) -> None:
    """Drop a changed client everywhere, once the change is committed."""

    def drop() -> None:
        _clients.pop(client_id, None)
        versions.bump(_VERSION)

    transaction.on_commit(drop)


def _load(client_id: str, version: int | None) -> Client | None:
    if not is_storable(client_id):  # whatever was decoded to get it
        return None
    rows = list(Application.objects.filter(pk=client_id).with_secrets())
    if not rows:
        return None
    secrets = tuple((row.secret_digest, _timestamp(row)) for row in rows if row.secret_digest)
    return Client(rows[0], secrets, version, time.monotonic())


def _timestamp(row: Application) -> float:
    return row.secret_expires_at.timestamp() if row.secret_expires_at else float("inf")
