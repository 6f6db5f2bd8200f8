"""Password hashes that people bring along from elsewhere. Each is verified once more, then replaced by our own.

The names of the methods and the forms of the digests are Logto's (`passwordAlgorithm`, `passwordDigest`), with PBKDF2 and
scrypt beside them, whose digests are `$`-separated: `sha256$27500$<salt>$<key>`, `16384$8$1$<salt>$<key>` (base64).
"""

import base64
import binascii
import hashlib
import json
import re
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher, BCryptPasswordHasher
from django.utils.crypto import constant_time_compare

from idp.users.errors import InvalidPasswordDigest

METHODS = ("Argon2i", "Argon2id", "Argon2d", "Bcrypt", "SHA1", "SHA256", "MD5", "PBKDF2", "Scrypt", "Legacy")
_DIGESTS = {"SHA1": ("sha1", 40), "SHA256": ("sha256", 64), "MD5": ("md5", 32)}
_BCRYPT = re.compile(r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}")
_ARGON2 = re.compile(r"\$argon2(i|d|id)\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+")
_MAX_ITERATIONS = 10_000_000
_MAX_MEMORY = 256 * 1024 * 1024  # bytes that one look at a scrypt hash may take


def encode(method: str, digest: str) -> str:
    """The stored form of a foreign hash. Raises InvalidPasswordDigest."""
    try:
        if method.startswith("Argon2") and _ARGON2.fullmatch(digest):
            return f"argon2{digest}"
        if method == "Bcrypt" and _BCRYPT.fullmatch(digest):
            return f"bcrypt${digest}"
        if method in _DIGESTS:
            return _plain(*_DIGESTS[method], digest)
        if method == "PBKDF2":
            return _pbkdf2(*digest.split("$"))
        if method == "Scrypt":
            return _scrypt(*digest.split("$"))
        if method == "Legacy":
            return _legacy(json.loads(digest))
    except (TypeError, ValueError, KeyError) as error:
        raise InvalidPasswordDigest from error
    raise InvalidPasswordDigest


class TruncatingBcrypt(BCryptPasswordHasher):
    """bcrypt reads 72 bytes; the library refuses longer passwords, which its other implementations cut."""

    def encode(self, password: str, salt: Any) -> str:
        return super().encode(password.encode()[:72].decode(errors="ignore"), salt)


class _Foreign(BasePasswordHasher):
    """Verifies only: nothing makes such a hash (the base class refuses to).

    `must_update` is not asked for: another algorithm than the preferred one is always replaced.
    """

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        return {"algorithm": self.algorithm}

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing is added: the next sign-in costs what everybody's does."""


class SaltedDigest(_Foreign):
    """`foreign_digest$<hash>$<before>$<after>$<hex>`: one round over salt, password, salt (base64)."""

    algorithm = "foreign_digest"

    def verify(self, password: str, encoded: str) -> bool:
        _, name, before, after, expected = encoded.split("$")
        text = base64.b64decode(before) + password.encode() + base64.b64decode(after)
        return constant_time_compare(hashlib.new(name, text, usedforsecurity=False).hexdigest(), expected)


class Pbkdf2(_Foreign):
    """`foreign_pbkdf2$<hash>$<iterations>$<salt>$<key>`: with any salt and length (RFC 8018 section 5.2)."""

    algorithm = "foreign_pbkdf2"

    def verify(self, password: str, encoded: str) -> bool:
        _, name, iterations, salt, key = encoded.split("$")
        expected = base64.b64decode(key)
        found = hashlib.pbkdf2_hmac(name, password.encode(), base64.b64decode(salt), int(iterations), len(expected))
        return constant_time_compare(found, expected)


class Scrypt(_Foreign):
    """`foreign_scrypt$<N>$<r>$<p>$<salt>$<key>` (RFC 7914)."""

    algorithm = "foreign_scrypt"

    def verify(self, password: str, encoded: str) -> bool:
        _, n, r, p, salt, key = encoded.split("$")
        expected = base64.b64decode(key)
        found = hashlib.scrypt(
            password.encode(), salt=base64.b64decode(salt), n=int(n), r=int(r), p=int(p), dklen=len(expected),
            maxmem=2 * _MAX_MEMORY,
        )  # fmt: skip
        return constant_time_compare(found, expected)


def _plain(name: str, length: int, digest: str, before: str = "", after: str = "") -> str:
    if len(digest) != length or not binascii.unhexlify(digest):
        raise ValueError(digest)
    return "$".join(("foreign_digest", name, _base64(before), _base64(after), digest.lower()))


def _pbkdf2(name: str, iterations: str, salt: str, key: str) -> str:
    hashlib.new(name)
    if not 1 <= int(iterations) <= _MAX_ITERATIONS or not _is_base64(salt) or not _is_base64(key):
        raise ValueError(iterations)
    return "$".join(("foreign_pbkdf2", name, str(int(iterations)), salt, key))


def _scrypt(n: str, r: str, p: str, salt: str, key: str) -> str:
    if int(n).bit_count() != 1 or int(n) < 2 or 128 * int(n) * int(r) > _MAX_MEMORY or not 1 <= int(p) <= 16:
        raise ValueError(n)
    if int(r) < 1 or not _is_base64(salt) or not _is_base64(key):
        raise ValueError(r)
    return "$".join(("foreign_scrypt", n, r, p, salt, key))


def _legacy(value: Any) -> str:
    """Logto's `[algorithm, arguments, hash]`, where the argument `@` stands for the password."""
    name, arguments, expected = value
    if name == "pbkdf2":
        salt, iterations, length, digest, _password = arguments
        key = binascii.unhexlify(expected)[: int(length)]
        return _pbkdf2(digest, iterations, _base64(salt), base64.b64encode(key).decode())
    before, _, after = "".join("\0" if argument == "@" else argument for argument in arguments).partition("\0")
    return _plain(name, 2 * hashlib.new(name, usedforsecurity=False).digest_size, expected, before, after)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _is_base64(text: str) -> bool:
    return bool(base64.b64decode(text, validate=True))
