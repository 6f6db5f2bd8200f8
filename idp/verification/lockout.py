"""Identifier lockout: guessing stops, whichever of password, code and second factor is guessed (Logto section 4.5).

Failures count per identifier in a sliding hour, and with more patience per client address and per device, so that one password
cannot be tried on everybody. An attempt is written down before it is judged and taken back when it
succeeds, so parallel guesses all see each other.
"""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from idp.audit.services import record
from idp.lib.ids import digest
from idp.verification import origin
from idp.verification.errors import Blocked
from idp.verification.models import Attempt, Lockout

WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class LockoutPolicy:
    max_attempts: int = 100
    duration: timedelta = timedelta(minutes=60)


@contextmanager
def guarded(kind: str, value: str, policy: LockoutPolicy) -> Iterator[None]:
    """Run one attempt to prove this identifier; one that raises counts as failed. Raises Blocked instead of trying.

    Never inside a transaction: a failure must be remembered although it raises.
    """
    target = _target(kind, value)
    _refuse_locked(target)
    attempt = Attempt.objects.create(target=target, address=origin.address(), device=origin.device())
    _refuse_origin(attempt)
    if Attempt.objects.filter(target=target, created_at__gt=timezone.now() - WINDOW).count() > policy.max_attempts:
        _lock(target, policy)
        _refuse_locked(target)
    yield
    attempt.delete()


def unblock(*, by: str, identifiers: Iterable[tuple[str, str]], whose: str = "") -> None:
    """Forget the failures of these identifiers (kind and value)."""
    unblock_targets(by=by, targets=[_target(kind, value) for kind, value in identifiers], whose=whose)


@transaction.atomic
def unblock_targets(*, by: str, targets: list[str], whose: str = "") -> None:
    """The same by what the lockouts call them."""
    Attempt.objects.filter(target__in=targets).delete()
    if Lockout.objects.filter(target__in=targets).delete()[0]:
        record("identifier.unblocked", by=by, target=whose)


def is_blocked(kind: str, value: str) -> bool:
    return Lockout.objects.filter(target=_target(kind, value), until__gt=timezone.now()).exists()


def _target(kind: str, value: str) -> str:
    return digest(f"{kind}:{value.lower()}")


def _refuse_locked(target: str) -> None:
    lockout = Lockout.objects.filter(target=target, until__gt=timezone.now()).first()
    if lockout is not None:
        raise Blocked(math.ceil((lockout.until - timezone.now()).total_seconds() / 60))


def _refuse_origin(attempt: Attempt) -> None:
    """Refused, it was no try: it does not count."""
    for column, limit in (("address", settings.FAILURES_PER_ADDRESS), ("device", settings.FAILURES_PER_DEVICE)):
        value = getattr(attempt, column)
        if not value:
            continue
        since = timezone.now() - WINDOW
        tries = Attempt.objects.filter(**{column: value}, created_at__gt=since)
        if tries.count() > limit:
            oldest = tries.order_by("created_at").values_list("created_at", flat=True)[0]
            attempt.delete()
            record("attempts.limited", succeeded=False, limit=column)
            raise Blocked(math.ceil((oldest - since).total_seconds() / 60))


@transaction.atomic
def _lock(target: str, policy: LockoutPolicy) -> None:
    until = timezone.now() + policy.duration
    _, created = Lockout.objects.update_or_create(target=target, defaults={"until": until})
    if created:
        record("identifier.locked_out", succeeded=False, until=until.isoformat())
