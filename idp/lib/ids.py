"""Identifiers and secrets, in the forms that Logto's SDKs and APIs know."""

import hashlib
import hmac
import secrets
import string

_ID_ALPHABET = string.digits + string.ascii_lowercase
_SECRET_ALPHABET = string.ascii_letters + string.digits
API_KEY_PREFIX = "lk_"
_USER_CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels: no words, and nothing that looks like a digit


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def standard_id() -> str:
    """21 characters of [0-9a-z]: applications, resources, interactions."""
    return _random(_ID_ALPHABET, 21)


def short_id() -> str:
    """12 characters of [0-9a-z]: users, connectors."""
    return _random(_ID_ALPHABET, 12)


def client_secret() -> str:
    """32 letters and digits, so that a client may send it by Basic without URL-encoding it (RFC 6749 section 2.3.1)."""
    return _random(_SECRET_ALPHABET, 32)


def user_code() -> str:
    """`WDJB-MJHT`, for people to type: 20^8 possibilities (RFC 8628 section 6.1)."""
    letters = _random(_USER_CODE_ALPHABET, 8)
    return f"{letters[:4]}-{letters[4:]}"


def subject_token() -> str:
    return f"sub_{_random(_SECRET_ALPHABET, 21)}"


def personal_access_token() -> str:
    return f"pat_{_random(_SECRET_ALPHABET, 32)}"


def api_key(identifier: str) -> str:
    """`lk_`, the id of its row, and 32 characters that nobody knows but its owner."""
    return f"{API_KEY_PREFIX}{identifier}{_random(_SECRET_ALPHABET, 32)}"


def opaque_token() -> str:
    """43 characters of base64url, 256 bits: access tokens, refresh tokens, authorization codes, session ids."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """SHA-256 of a high-entropy secret, as stored in the database; no slow hash is needed at 190 bits and more."""
    return hashlib.sha256(token.encode()).hexdigest()


def same_digest(token: str, stored: str) -> bool:
    return hmac.compare_digest(digest(token), stored)
