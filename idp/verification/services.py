"""Send one-time codes and check them."""

import hmac
import math
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from connectors.ports import ConnectorType, ErrorCategory
from idp.audit.services import record
from idp.lib import phones
from idp.messaging import delivery_log, pending, sending
from idp.messaging.errors import ConnectorMissing, DeliveryFailed
from idp.messaging.models import PendingMessage
from idp.verification import budget, fraud, origin, pace
from idp.verification.errors import (
    CodeExpired,
    CodeMismatch,
    CodeNotFound,
    RecipientMismatch,
    ResendTooSoon,
    SendingRefused,
    TooManySends,
    TooManyTries,
)
from idp.verification.models import VerificationCode
from idp.verification.policy import CodePolicy

RESEND_AFTER = timedelta(seconds=60)
SEND_WINDOW = timedelta(minutes=10)
SENDS_PER_RECIPIENT = 10
CONNECTOR_TYPES = {"phone": ConnectorType.SMS, "email": ConnectorType.EMAIL}


def send_code(
    *, interaction_id: str, channel: str, recipient: str, purpose: str, policy: CodePolicy, deliver: bool = True
) -> VerificationCode:
    """Send six digits to a phone (digits) or email address, for one purpose inside one interaction.

    With `deliver=False` everything looks and takes as long as usual but nothing is sent: for recipients that must not be
    told apart from known ones. A code sent before stays valid until its own end. The message is stored with the code; what the
    provider has not answered in a moment goes on by itself (messaging.sending).
    Raises ResendTooSoon, TooManySends, NumberNotServed, SendingRefused, ConnectorMissing, DeliveryFailed; a send that failed
    or was refused does not count.
    """
    _refuse_resend(interaction_id, channel, recipient)
    if channel == "phone":
        fraud.require_served(recipient, policy.sms)
    digits = f"{secrets.randbelow(10**6):06}"
    row = _new_row(interaction_id, channel, recipient, purpose, policy)
    row.digest, row.delivered = _digest(row.pk, digits), deliver
    with transaction.atomic():
        row.save(force_insert=True)
        message = _write(row, digits) if deliver else None
    _refuse_too_many(row, policy)
    started = time.monotonic()
    if message is None:
        pace.wait_as_long_as_usual(channel)
        return row
    try:
        sending.send(message)
    except (DeliveryFailed, ConnectorMissing):
        _uncount(row)
        if channel == "phone":
            fraud.give_back(row, policy.sms)
        record("verification.send_failed", target=f"interaction:{interaction_id}", succeeded=False, channel=channel)
        raise
    pace.remember(channel, time.monotonic() - started)
    record("verification.code_sent", target=f"interaction:{interaction_id}", channel=channel, purpose=purpose)
    return row


def _new_row(interaction_id: str, channel: str, recipient: str, purpose: str, policy: CodePolicy) -> VerificationCode:
    return VerificationCode(
        interaction_id=interaction_id, channel=channel, recipient=recipient, purpose=purpose,
        address=origin.address(), device=origin.device(),
        prefix=phones.prefix(recipient) if channel == "phone" else "",
        cost=budget.estimate(recipient, policy.sms) if channel == "phone" and policy.sms.enabled else 0,
        max_tries=policy.max_tries, expires_at=timezone.now() + policy.lifetime,
    )  # fmt: skip


def check_code(
    *, interaction_id: str, verification_id: str, channel: str, recipient: str, digits: str, prove: Callable[[], None]
) -> None:
    """Use up the code, once, or say why not; `prove` writes down what it proves, in the same transaction.

    Raises CodeNotFound, RecipientMismatch, CodeExpired, TooManyTries, CodeMismatch. A failed try must be remembered although
    this raises, so never call it inside a transaction.
    """
    row = VerificationCode.objects.filter(pk=verification_id, interaction_id=interaction_id).first()
    if row is None or row.consumed_at is not None:
        raise CodeNotFound
    if (row.channel, row.recipient) != (channel, recipient):
        raise RecipientMismatch(channel)
    now = timezone.now()
    # One statement takes a try, so parallel guesses cannot share one.
    live = VerificationCode.objects.filter(pk=row.pk, consumed_at=None, tries__lt=row.max_tries, expires_at__gt=now)
    if not live.update(tries=models.F("tries") + 1):
        raise _why_dead(row, now)
    if not hmac.compare_digest(row.digest, _digest(row.pk, digits)):
        row.refresh_from_db(fields=["tries"])
        record("verification.wrong_code", target=f"interaction:{interaction_id}", succeeded=False, tries=row.tries)
        raise CodeMismatch(row.max_tries - row.tries) if row.tries < row.max_tries else TooManyTries()
    with transaction.atomic():
        if not VerificationCode.objects.filter(pk=row.pk, consumed_at=None).update(consumed_at=now):
            raise CodeNotFound
        pending.withdraw(reference=row.pk)  # it has arrived, whatever the provider's answer was
        delivery_log.note_verified(reference=row.pk)
        prove()


def seconds_until_resend(interaction_id: str, channel: str, recipient: str) -> int:
    """How long the person must wait before another code may be asked for; 0 when now."""
    last = _last_sent(interaction_id, channel, recipient)
    return 0 if last is None else _wait_after(last)


def was_lost(verification_id: str) -> bool:
    """Did the provider report that the message with this code did not arrive?"""
    sent = delivery_log.status_of(verification_id) if verification_id else None
    return sent is not None and sent.status in (sent.Status.FAILED, sent.Status.REFUSED)


def _last_sent(interaction_id: str, channel: str, recipient: str) -> VerificationCode | None:
    sent = VerificationCode.objects.filter(
        interaction_id=interaction_id, channel=channel, recipient=recipient, counts_as_send=True
    )
    return sent.order_by("-created_at").first()


def _wait_after(last: VerificationCode) -> int:
    """Nobody waits for a moment that lies ahead because the clock was put back."""
    wait = last.created_at + RESEND_AFTER - timezone.now()
    return max(0, math.ceil(wait.total_seconds())) if wait <= 2 * RESEND_AFTER else 0


def _refuse_resend(interaction_id: str, channel: str, recipient: str) -> None:
    last = _last_sent(interaction_id, channel, recipient)
    if last is not None and (seconds := _wait_after(last)):
        raise ResendTooSoon(seconds, last.pk, last.purpose)


def _refuse_too_many(row: VerificationCode, policy: CodePolicy) -> None:
    """Count after the insert: two requests at once see each other, and at the limit both are refused, never both let in."""
    recent = VerificationCode.objects.filter(counts_as_send=True, created_at__gt=timezone.now() - SEND_WINDOW)
    if recent.filter(recipient=row.recipient).count() > SENDS_PER_RECIPIENT:
        raise _refused(row, "recipient")
    if row.address and recent.filter(address=row.address).count() > settings.SENDS_PER_ADDRESS:
        raise _refused(row, "address")
    if row.device and recent.filter(device=row.device).count() > settings.SENDS_PER_DEVICE:
        raise _refused(row, "device")
    if row.channel == "phone":
        try:
            fraud.admit(row, policy.sms)
        except SendingRefused as error:
            _refused(row, error.limit)
            raise


def _refused(row: VerificationCode, limit: str) -> TooManySends:
    _uncount(row)
    pending.withdraw(reference=row.pk)
    target = f"interaction:{row.interaction_id}"
    record("verification.rate_limited", target=target, succeeded=False, channel=row.channel, limit=limit)
    return TooManySends()


def _uncount(row: VerificationCode) -> None:
    """A code that nobody received: it neither counts nor opens anything."""
    VerificationCode.objects.filter(pk=row.pk).update(counts_as_send=False, delivered=False, expires_at=timezone.now())


def _write(row: VerificationCode, digits: str) -> PendingMessage:
    to = phones.e164(row.recipient) if row.channel == "phone" else row.recipient
    return pending.write(
        type=CONNECTOR_TYPES[row.channel], to=to, usage_type=row.purpose, variables={"code": digits},
        expires_at=row.expires_at, reference=row.pk,
    )  # fmt: skip


def note_lost(*, reference: str, category: str, **_: Any) -> None:
    """A message that had gone on by itself was not sent: its code does not count. It opens nothing either, unless nobody can
    know whether it arrived (`retry`: the provider did not answer).
    """
    row = VerificationCode.objects.filter(pk=reference).first()
    if row is None:
        return
    facts: dict[str, object] = {"counts_as_send": False, "delivered": False}
    if category != ErrorCategory.RETRY:
        facts["expires_at"] = timezone.now()
    with transaction.atomic():
        waiting = VerificationCode.objects.filter(pk=row.pk, counts_as_send=True, consumed_at=None)
        if not waiting.update(**facts):
            return
        if row.channel == "phone":
            budget.give_back(row)
        target = f"interaction:{row.interaction_id}"
        record("verification.send_failed", target=target, succeeded=False, channel=row.channel)


def _why_dead(row: VerificationCode, now: datetime) -> CodeNotFound | CodeExpired | TooManyTries:
    row.refresh_from_db()
    if row.consumed_at is not None:
        return CodeNotFound()
    return CodeExpired() if row.expires_at <= now else TooManyTries()


def _digest(row_id: str, digits: str) -> str:
    return salted_hmac("idp.verification.code", f"{row_id}:{digits}", algorithm="sha256").hexdigest()
