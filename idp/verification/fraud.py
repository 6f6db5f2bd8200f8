"""The SMS fraud guard: nobody runs up the bill with codes that no person asked for ("SMS pumping").

Rules about the number itself are asked first and cost nothing. The rest is counted, always by an insert or a guarded update
that comes before the look, so that requests at the same moment see each other and a limit is never passed. All counts are in
the database, which every worker shares. A person who is refused learns that it did not work, not which limit it was.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone

from idp.audit.services import record
from idp.lib import phones
from idp.verification import budget
from idp.verification.errors import NumberNotServed, SendingRefused
from idp.verification.models import SmsAlert, VerificationCode
from idp.verification.policy import SmsGuardPolicy

WINDOW = timedelta(hours=1)
# A code that went out a moment ago says nothing yet about whether anybody will type it.
SETTLES_AFTER = timedelta(minutes=2)


def require_served(digits: str, policy: SmsGuardPolicy) -> None:
    """Raises NumberNotServed for a country that is not allowed and for numbers that cost extra or reach no person."""
    if not policy.enabled:
        return
    if policy.countries and phones.country(digits) not in policy.countries:
        raise NumberNotServed(detail="country")
    if policy.block_special_numbers and phones.is_special(digits):
        raise NumberNotServed(detail="kind of number")


def admit(row: VerificationCode, policy: SmsGuardPolicy) -> None:
    """Count this message, which is stored already, against every limit; raises SendingRefused at the first one passed.

    A message that only looks as if it were sent is held to the same limits, and takes nothing from the budget.
    """
    if not policy.enabled:
        return
    for name, is_over in _LIMITS:
        if is_over(row, policy):
            raise SendingRefused(name)


def give_back(row: VerificationCode, policy: SmsGuardPolicy) -> None:
    """The message was not sent after all."""
    if policy.enabled:
        budget.give_back(row)


def alerts() -> "models.QuerySet[SmsAlert]":
    """What an administrator has not dismissed, and every prefix that is stopped; the newest first."""
    stopped = Q(kind=SmsAlert.Kind.PREFIX, until__gt=timezone.now())
    return SmsAlert.objects.filter(Q(dismissed_at=None) | stopped).order_by("-created_at")


@transaction.atomic
def dismiss(*, by: str, alert: SmsAlert) -> None:
    """Seen. What it stopped stays stopped until its time."""
    if SmsAlert.objects.filter(pk=alert.pk, dismissed_at=None).update(dismissed_at=timezone.now()):
        record("sms.alert_dismissed", by=by, target=f"sms:{alert.kind}", subject=alert.subject)


@transaction.atomic
def unblock(*, by: str, alert: SmsAlert) -> None:
    """Let messages go to this prefix again; it is judged anew, by what is sent from now on."""
    now = timezone.now()
    stopped = SmsAlert.objects.filter(pk=alert.pk, kind=SmsAlert.Kind.PREFIX, until__gt=now)
    if stopped.update(until=now, dismissed_at=now):
        record("sms.prefix_unblocked", by=by, target="sms:prefix", subject=alert.subject)


# --- the limits


def _over_address(row: VerificationCode, policy: SmsGuardPolicy) -> bool:
    if not row.address:
        return False
    asked = VerificationCode.objects.filter(
        address=row.address, channel="phone", counts_as_send=True, created_at__gt=row.created_at - WINDOW
    )
    return bool(asked.aggregate(numbers=Count("recipient", distinct=True))["numbers"] > policy.numbers_per_address)


def _over_prefix(row: VerificationCode, policy: SmsGuardPolicy) -> bool:
    """Stopped, asked for too widely, or typed in again too rarely."""
    stop = SmsAlert.objects.filter(kind=SmsAlert.Kind.PREFIX, subject=row.prefix).first()
    if stop is not None and stop.until > row.created_at:
        return True
    settled = Q(created_at__lte=row.created_at - SETTLES_AFTER) | Q(consumed_at__isnull=False)
    since = row.created_at - WINDOW if stop is None else max(stop.until, row.created_at - WINDOW)
    found = VerificationCode.objects.filter(prefix=row.prefix, counts_as_send=True, created_at__gt=since).aggregate(
        numbers=Count("recipient", distinct=True),
        sent=Count("pk", filter=Q(delivered=True) & settled),
        verified=Count("pk", filter=Q(delivered=True, consumed_at__isnull=False)),
    )
    if found["sent"] >= policy.min_sends and found["verified"] * 100 < found["sent"] * policy.min_verified_percent:
        _stop_prefix(row.prefix, policy, sent=found["sent"], verified=found["verified"])
        return True
    return bool(found["numbers"] > policy.numbers_per_prefix)


def _over_budget(row: VerificationCode, policy: SmsGuardPolicy) -> bool:
    if not row.delivered:
        return budget.is_used_up(row, policy)
    return not budget.take(row, policy)


_LIMITS: tuple[tuple[str, Callable[[VerificationCode, SmsGuardPolicy], bool]], ...] = (
    ("numbers per address", _over_address),
    ("prefix", _over_prefix),
    ("installation", _over_budget),
)


@transaction.atomic
def _stop_prefix(prefix: str, policy: SmsGuardPolicy, *, sent: int, verified: int) -> None:
    """Once, however many requests find it out at the same moment."""
    now = timezone.now()
    facts = {
        "until": now + timedelta(hours=policy.block_hours), "sent": sent, "verified": verified, "created_at": now,
        "dismissed_at": None,
    }  # fmt: skip
    new = SmsAlert(kind=SmsAlert.Kind.PREFIX, subject=prefix, **{**facts, "until": now})
    SmsAlert.objects.bulk_create([new], ignore_conflicts=True)
    if SmsAlert.objects.filter(kind=SmsAlert.Kind.PREFIX, subject=prefix, until__lte=now).update(**facts):
        record("sms.prefix_blocked", target="sms:prefix", succeeded=False, subject=prefix, sent=sent, verified=verified)
