"""A person's second factors as the card on their page shows them."""

from typing import Any

from django import template
from django.db.models import Count, Max, Min, Q

from idp.lib.browsers import browser_in_words
from idp.mfa.models import BackupCode, TotpDevice, TrustedDevice
from idp.mfa.passkeys import passkeys_of
from idp.mfa.trust import live_devices
from idp.users.models import User

register = template.Library()


@register.simple_tag
def trusted_devices(user: User) -> list[tuple[TrustedDevice, str]]:
    """Each with the browser that it is, in words."""
    return [(device, browser_in_words(device.agent)) for device in live_devices(user)]


@register.simple_tag
def second_factors(user: User) -> list[dict[str, Any]]:
    """Name, slug, since when, last used, and how many codes are left."""
    rows = [
        {
            "name": passkey.name, "slug": "passkey", "passkey": passkey.pk, "since": passkey.created_at,
            "used": passkey.last_used_at, "note": "Passkey",
        }
        for passkey in passkeys_of(user)
    ]  # fmt: skip
    rows += [
        {"name": "Authenticator app", "slug": "totp", "since": device.created_at, "used": device.last_used_at}
        for device in TotpDevice.objects.filter(user=user)
    ]
    codes = BackupCode.objects.filter(user=user).aggregate(
        all=Count("pk"), left=Count("pk", filter=Q(used_at=None)), since=Min("created_at"), used=Max("used_at")
    )
    if codes["all"]:
        rows.append({"name": "Backup codes", "slug": "backup-codes", "note": f"{codes['left']} left", **codes})
    return rows
