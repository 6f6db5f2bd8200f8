"""When a secret was last used. Known to the hour, so that a busy client does not cost a write at each request."""

import time
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from idp.applications.models import ApplicationSecret
from idp.lib.ids import digest

PRECISION = timedelta(hours=1)
_noted: dict[tuple[str, str], float] = {}  # (client, digest of a secret) to time.monotonic()


def note_use(client_id: str, secrets: Iterable[str]) -> None:
    """One of these secrets was accepted just now: at most one statement an hour for each secret and process."""
    now = time.monotonic()
    for key in [(client_id, digest(secret)) for secret in secrets]:
        if now - _noted.get(key, float("-inf")) < PRECISION.total_seconds():
            continue
        _noted[key] = now
        at = timezone.now()
        stale = Q(last_used_at=None) | Q(last_used_at__lt=at - PRECISION)
        ApplicationSecret.objects.filter(stale, application=client_id, digest=key[1]).update(last_used_at=at)
