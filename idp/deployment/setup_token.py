"""The key to the first-administrator page in production: printed once by `serve`, worthless once there is an administrator.

Derived from SECRET_KEY, so that every worker knows it and nothing is stored.
"""

import hmac

from django.conf import settings
from django.utils.crypto import salted_hmac


def current() -> str:
    return salted_hmac("idp.deployment.setup_token", "first administrator", algorithm="sha256").hexdigest()[:43]


def matches(value: str) -> bool:
    return hmac.compare_digest(value.encode(), current().encode())


def link() -> str:
    """The address of the page that creates the first administrator."""
    query = f"?token={current()}" if settings.PRODUCTION else ""
    return f"{settings.ENDPOINT}/console/setup{query}"
