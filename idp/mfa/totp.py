"""Time-based codes (RFC 6238): six digits, steps of 30 seconds, SHA-1, as every authenticator app knows them."""

import base64
import hmac
import secrets
import time
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

import segno
from django.conf import settings
from django_otp.oath import hotp

STEP = 30  # seconds
DRIFT = 1  # steps by which the clocks may differ
_SECRET_BYTES = 20  # RFC 4226 section 4


@dataclass(frozen=True)
class NewApp:
    """An authenticator app that is being set up: its key in base32, for the app, for a camera and for people who type."""

    secret: str
    qr_code: str  # a data: URI
    in_groups: str  # four characters at a time


def new_secret() -> str:
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def matching_step(secret: str, digits: str) -> int | None:
    """The step that these digits belong to, the newest first, or None."""
    key, now = base64.b32decode(secret), int(time.time()) // STEP
    matches = [step for step in range(now + DRIFT, now - DRIFT - 1, -1) if _same(_code(key, step), digits)]
    return matches[0] if matches else None


def code_at(secret: str, step: int) -> str:
    return _code(base64.b32decode(secret), step)


def new_app(secret: str, *, account: str, issuer: str = "") -> NewApp:
    """What a person sets their app up with. It shows `account` beside the issuer: our host name, unless another is given."""
    uri = otpauth_uri(secret, issuer=issuer or urlsplit(settings.ENDPOINT).hostname or "Latchkey", account=account)
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    return NewApp(secret, qr_code(uri), " ".join(groups))


def otpauth_uri(secret: str, *, issuer: str, account: str) -> str:
    """What an authenticator app scans (Google's Key URI format)."""
    label = quote(f"{issuer}:{account}", safe=":@")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"


def qr_code(text: str) -> str:
    """An image as a data: URI, dark on white in every colour scheme: cameras want it so."""
    uri: str = segno.make_qr(text, error="m").svg_data_uri(scale=4, border=3, light="#fff", dark="#000")
    return uri


def _code(key: bytes, step: int) -> str:
    return f"{hotp(key, step):06}"


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
