"""What must happen without anybody asking: `manage.py work` runs each task when its time has come."""

import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session as StaffBrowser
from django.db import models
from django.utils import timezone

from idp.audit.models import Event, EventFilter
from idp.deployment import erasure
from idp.deployment.models import Heartbeat
from idp.messaging import prices, sending
from idp.messaging.models import OutboxMessage, PendingMessage, SentMessage
from idp.mfa.models import Ceremony, KnownBrowser, TrustedDevice
from idp.mfa.risk import MEMORY
from idp.signin.models import Interaction, Session
from idp.statistics import counting
from idp.tokens import logout, rotation
from idp.tokens.models import (
    AccessToken,
    AuthorizationCode,
    DeviceCode,
    Grant,
    LogoutNotice,
    PushedRequest,
    RefreshToken,
    SubjectToken,
    UsedAssertion,
)
from idp.users import importing
from idp.users.models import ApiKey, Invitation, StaffSession, UserImport
from idp.users.staff_sessions import IDLE
from idp.verification.models import (
    AddressProof,
    Attempt,
    Lockout,
    OneTimeToken,
    PersonProof,
    SmsAlert,
    SmsBudget,
    UsedChallenge,
    VerificationCode,
)

logger = logging.getLogger(__name__)
BATCH = 1000  # rows deleted in one statement, so that nobody waits long for a lock
BATCHES = 5  # of one table in one run


@dataclass
class Task:
    name: str
    every: float  # seconds
    run: Callable[[], int]
    next_run: float = 0.0


# Model, the column that says when a row is over, and how long it is kept beyond that.
_KEPT: tuple[tuple[type[models.Model], str, timedelta], ...] = (
    (Interaction, "expires_at", timedelta(hours=1)),
    (VerificationCode, "expires_at", timedelta(days=1)),
    (PersonProof, "expires_at", timedelta()),
    (AddressProof, "expires_at", timedelta()),
    (OneTimeToken, "expires_at", timedelta(days=7)),
    (Invitation, "expires_at", timedelta(days=7)),
    (ApiKey, "expires_at", timedelta(days=30)),
    (StaffSession, "last_used_at", IDLE + timedelta(hours=1)),
    (StaffBrowser, "expire_date", timedelta()),
    (Ceremony, "expires_at", timedelta()),
    (TrustedDevice, "expires_at", timedelta()),
    (KnownBrowser, "seen_at", MEMORY),
    (Attempt, "created_at", timedelta(hours=2)),
    (Lockout, "until", timedelta()),
    (SmsBudget, "ends_at", timedelta(days=1)),
    (SmsAlert, "until", timedelta(days=30)),
    (UsedChallenge, "expires_at", timedelta()),
    (Session, "expires_at", timedelta()),
    (AuthorizationCode, "expires", timedelta(days=1)),
    (AccessToken, "expires", timedelta()),
    (RefreshToken, "expires", timedelta(days=1)),
    (DeviceCode, "expires", timedelta(days=1)),
    (PushedRequest, "expires_at", timedelta(hours=2)),  # a sign-in that began in time may end after it
    (UsedAssertion, "expires_at", timedelta()),
    (SubjectToken, "expires_at", timedelta(days=1)),
    (Grant, "expires_at", timedelta(days=1)),
    (LogoutNotice, "created_at", timedelta(days=30)),
    (PendingMessage, "expires_at", timedelta()),
    (Heartbeat, "seen_at", timedelta(hours=1)),
    (OutboxMessage, "created_at", timedelta(days=7)),
    (SentMessage, "created_at", timedelta(days=settings.DELIVERY_RETENTION_DAYS)),
    (UserImport, "created_at", timedelta(days=30)),
)


def purge() -> int:
    """Delete what is over, in batches; returns how many rows."""
    now = timezone.now()
    return sum(_purge(model, column, now - kept) for model, column, kept in _KEPT)


def _purge(model: type[models.Model], column: str, before: object) -> int:
    """Some thousand rows at most: other tasks wait meanwhile, and the next run goes on."""
    rows = model._default_manager.filter(**{f"{column}__lt": before})
    return _delete_some(rows)


def _delete_some(rows: "models.QuerySet[Any]") -> int:
    """Each batch is a transaction of its own."""
    total = 0
    for _ in range(BATCHES):
        batch = list(rows.values_list("pk", flat=True)[:BATCH])
        rows.model._default_manager.filter(pk__in=batch).delete()
        total += len(batch)
        if len(batch) < BATCH:
            break
    return total


def purge_events() -> int:
    """Delete events older than AUDIT_RETENTION_DAYS; returns how many. Each outcome has an index by time."""
    if not settings.AUDIT_RETENTION_DAYS:
        return 0
    before = timezone.now() - timedelta(days=settings.AUDIT_RETENTION_DAYS)
    return sum(_delete_some(part.filter(created_at__lt=before)) for part in Event.objects.streams(EventFilter()))


def beat() -> int:
    """Show that this worker lives (/readyz)."""
    Heartbeat.objects.update_or_create(
        pk=f"{socket.gethostname()[:80]}:{os.getpid()}", defaults={"seen_at": timezone.now()}
    )
    return 1


def tasks() -> list[Task]:
    return [
        Task("show that the worker lives", 10, beat),
        Task("send messages", 1, sending.send_due),
        Task("deliver logout notices", 1, logout.deliver_due),
        Task("promote signing keys", 20, rotation.promote_due),
        Task("import people", 2, importing.advance),
        Task("ask what messages cost", 60, prices.ask_due),
        Task("count for the dashboard", 30, counting.advance),
        Task("purge what is over", 60, purge),
        Task("purge old events", 10, purge_events),
        Task("remove traces of people who left", 10, erasure.advance),
    ]


def hurry(todo: list[Task]) -> None:
    """The bell rang: look now for what others are waiting for."""
    for task in todo:
        if task.every <= 1:
            task.next_run = 0.0


def run_due(todo: list[Task], now: float) -> None:
    """Run every task whose time has come. One that fails is logged and comes again; the others run all the same."""
    for task in todo:
        if now >= task.next_run:
            task.next_run = now + task.every
            try:
                task.run()
            except Exception:
                logger.exception("Could not %s", task.name)
