"""Is this sign-in like those before it? What adaptive MFA goes by; nothing here needs a database of places.

A browser is known by a secret in a cookie, its SHA-256 here, for each person who signed in in it.
"""

from datetime import timedelta

from django.utils import timezone

from idp.lib.ids import digest
from idp.mfa.models import KnownBrowser
from idp.users.models import User

INACTIVITY = timedelta(days=30)
MEMORY = timedelta(days=180)  # how long a browser or a country is remembered


def triggers(*, user: User, secret: str, country: str) -> list[str]:
    """What is unusual: `new_device`, `new_country` (two letters, "" when it is not known), `inactivity`."""
    recent = KnownBrowser.objects.filter(user=user, seen_at__gt=timezone.now() - MEMORY)
    facts = {
        "new_device": not secret or not recent.filter(digest=digest(secret)).exists(),
        "new_country": bool(country) and not recent.filter(country=country).exists(),
        "inactivity": user.last_sign_in_at is not None and user.last_sign_in_at < timezone.now() - INACTIVITY,
    }
    return [name for name, is_so in facts.items() if is_so]


def remember_browser(*, user_id: str, secret: str, country: str) -> None:
    """This person has signed in in this browser, from there."""
    KnownBrowser.objects.update_or_create(
        user_id=user_id, digest=digest(secret), country=country, defaults={"seen_at": timezone.now()}
    )
