"""Messages that must go out: written in the transaction of what they carry, gone once a provider took them.

Whoever tries to send one holds it for LEASE: the process that wrote it first, then whichever background worker claims it
when that time is over or when it was handed over. A claim is one guarded UPDATE, and there are two at most, the first of
them the writing itself; nothing is tried after `expires_at`. So a message goes out at most twice, and twice only when
nobody can know whether the first one did.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.translation import get_language

from connectors.ports import ConnectorType
from idp.lib import bell
from idp.messaging.models import PendingMessage

LEASE = PendingMessage.LEASE
PAUSE = timedelta(seconds=5)  # before the second attempt, when the first came back without success


def write(
    *,
    type: ConnectorType,
    to: str,
    usage_type: str,
    variables: Mapping[str, object],
    expires_at: datetime,
    reference: str,
) -> PendingMessage:
    """Held by this process, which is expected to send it in a moment; in the language of the moment. `to` is an E.164 number
    with its plus, or an email address; `reference` names what the message carries (the id of a one-time code).
    """
    body = {"to": to, "variables": dict(variables), "language": get_language() or "en"}
    row = PendingMessage(
        type=str(type), usage_type=usage_type, reference=reference, body=body, expires_at=expires_at, attempts=1,
        next_attempt_at=timezone.now() + LEASE,
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def claim(row: PendingMessage) -> bool:
    """Take it for one more attempt; False when somebody else did, or its time is over."""
    now = timezone.now()
    free = PendingMessage.objects.due(now).filter(pk=row.pk, attempts=row.attempts)
    if not free.update(attempts=F("attempts") + 1, next_attempt_at=now + LEASE):
        return False
    row.attempts += 1
    return True


def hold_on(row: PendingMessage) -> bool:
    """The attempt goes on with another provider; False when it took too long and somebody else has begun another."""
    return bool(_held(row).update(next_attempt_at=timezone.now() + LEASE))


def hand_over(row: PendingMessage) -> None:
    """The attempt has not begun: a background worker makes it, now."""
    if _held(row).update(attempts=F("attempts") - 1, next_attempt_at=timezone.now()):
        bell.ring()


def try_again(row: PendingMessage) -> bool:
    """The attempt failed, and another may pass; False when there is none left."""
    now = timezone.now()
    if row.attempts >= row.ATTEMPTS or row.expires_at <= now + PAUSE:
        return False
    return bool(_held(row).update(next_attempt_at=now + PAUSE))


def give_up(row: PendingMessage) -> bool:
    """No further attempt; False when that was not ours to decide any more."""
    return bool(_held(row).delete()[0])


def allow_another(row: PendingMessage) -> bool:
    """One more attempt, now, by a background worker, unless its time is over, or somebody is at it."""
    now = timezone.now()
    attempts = Least(F("attempts"), row.ATTEMPTS - 1)
    if not PendingMessage.objects.unheld(now).filter(pk=row.pk).update(attempts=attempts, next_attempt_at=now):
        return False
    bell.ring_on_commit()
    return True


def done(row: PendingMessage) -> None:
    """A provider has taken it, whoever else may be trying."""
    PendingMessage.objects.filter(pk=row.pk).delete()


def withdraw(*, reference: str) -> None:
    """What carries this is not wanted any more: no further attempt."""
    PendingMessage.objects.filter(reference=reference).delete()


def _held(row: PendingMessage) -> QuerySet[PendingMessage]:
    """The row, as long as this attempt is the last that was begun."""
    return PendingMessage.objects.filter(pk=row.pk, attempts=row.attempts)
