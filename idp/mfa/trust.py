"""Devices on which a person is not asked for a second factor for a while: a secret in a cookie, its SHA-256 here."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

from idp.audit import caller
from idp.audit.services import record
from idp.lib.ids import digest, opaque_token
from idp.mfa.models import TrustedDevice
from idp.users.models import User


@transaction.atomic
def trust_device(*, by: str, user: User, days: int) -> str:
    """Trust the device that is calling; returns the secret for its cookie."""
    secret, now = opaque_token(), caller.current()
    TrustedDevice.objects.create(
        user=user, digest=digest(secret), expires_at=timezone.now() + timedelta(days=days), agent=now.user_agent[:400],
        address=now.address,
    )  # fmt: skip
    record("user.device_trusted", by=by, target=user.audit_name, days=days)
    return secret


def is_trusted(*, user: User, secret: str) -> bool:
    """Is this the secret of a device that the person trusts? Notes that it was used."""
    found = live_devices(user).filter(digest=digest(secret)) if secret else None
    return bool(found is not None and found.update(last_used_at=timezone.now()))


def live_devices(user: User) -> models.QuerySet[TrustedDevice]:
    """The latest first."""
    return TrustedDevice.objects.filter(user=user, expires_at__gt=timezone.now()).order_by("-created_at", "-pk")


@transaction.atomic
def forget_device(*, by: str, user: User, device_id: int) -> bool:
    """False when it is not trusted any more."""
    forgotten = bool(TrustedDevice.objects.filter(user=user, pk=device_id).delete()[0])
    if forgotten:
        record("user.device_forgotten", by=by, target=user.audit_name)
    return forgotten


@transaction.atomic
def forget_all_devices(*, by: str, user: User) -> None:
    """Whatever made a device worth trusting is over: a new password, for one."""
    forgotten = TrustedDevice.objects.filter(user=user).delete()[0]
    if forgotten:
        record("user.device_forgotten", by=by, target=user.audit_name, devices=forgotten)
