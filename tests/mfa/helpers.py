"""People with second factors."""

import time
from typing import Any

from idp.mfa import services, totp
from idp.mfa.models import TotpDevice
from idp.users.models import User

PASSWORD_METHODS = {
    "methods": [
        {"identifier": kind, "password": True, "verificationCode": False, "isPasswordPrimary": True}
        for kind in ("username", "email", "phone")
    ]
}


def mfa(*factors: str, policy: str = "NoPrompt") -> dict[str, Any]:
    """What update_experience takes: passwords first, and then these."""
    return {"sign_in": PASSWORD_METHODS, "mfa": {"factors": list(factors), "policy": policy}}


def now() -> int:
    return int(time.time()) // totp.STEP


def with_totp(user: User) -> str:
    """Bind an app whose codes were never used; returns its secret."""
    secret = services.start_totp()
    services.confirm_totp(by="test", user=user, secret=secret, step=now() - 100)
    return secret


def code(secret: str, drift: int = 0) -> str:
    return totp.code_at(secret, now() + drift)


def wrong(right: str) -> str:
    """Six digits that are surely not this code or a neighbour's."""
    return "".join(str((int(digit) + 5) % 10) for digit in right)


def forget_use(user: User) -> None:
    """As if the app's last code were long ago."""
    TotpDevice.objects.filter(user=user).update(last_step=0)
