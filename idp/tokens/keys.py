"""The keys that sign tokens: made, read, published.

Private keys are encrypted in the database. Parsed ones are kept in the process for half a minute, so a rotation reaches
every worker without a restart.
"""

import base64
import json
import threading
import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from jwcrypto import jwk, jws
from jwcrypto.common import JWException

from idp.audit.services import record
from idp.lib.ids import digest
from idp.tokens.models import SigningKey

ALGORITHMS = ("ES384", "RS256")
_MAX_AGE = 30.0  # seconds
_read: "dict[str, Signer]" = {}  # by the digest of its PEM


@dataclass(frozen=True)
class Signer:
    """One private key, ready to sign. `public` is its JWK with kid, use and alg."""

    algorithm: str
    kid: str
    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    public: dict[str, str]

    def sign(self, claims: dict[str, Any], *, typ: str = "") -> str:
        """Compact JWS of the claims (RFC 7515). `typ` is left out of the header when empty."""
        header = {"alg": self.algorithm, **({"typ": typ} if typ else {}), "kid": self.kid}
        payload = _base64url(_json(header)) + b"." + _base64url(_json(claims))
        return (payload + b"." + _base64url(self._signature(payload))).decode()

    def _signature(self, payload: bytes) -> bytes:
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(payload, padding.PKCS1v15(), hashes.SHA256())
        # JWS wants r and s side by side (RFC 7518 section 3.4), cryptography gives DER.
        r, s = decode_dss_signature(self.private.sign(payload, ec.ECDSA(hashes.SHA384())))
        return r.to_bytes(48, "big") + s.to_bytes(48, "big")

    def half_hash(self, text: str) -> str:
        """`at_hash` and `c_hash` (OpenID Connect Core 3.1.3.6): left half, hash function of the signature algorithm."""
        chosen = hashes.Hash(hashes.SHA384() if self.algorithm == "ES384" else hashes.SHA256())
        chosen.update(text.encode())
        full = chosen.finalize()
        return _base64url(full[: len(full) // 2]).decode()


@dataclass(frozen=True)
class KeyStore:
    current: dict[str, Signer]
    jwks: bytes
    loaded_at: float

    def signer(self, algorithm: str) -> Signer:
        try:
            return self.current[algorithm]
        except KeyError:
            raise ImproperlyConfigured(f"There is no current {algorithm} key. Run `manage.py migrate`.") from None


_store: KeyStore | None = None
_lock = threading.Lock()


def keystore() -> KeyStore:
    """The keys of this server as of at most 30 seconds ago."""
    global _store
    kept = _store
    if kept is not None and time.monotonic() - kept.loaded_at < _MAX_AGE:
        return kept
    with _lock:
        if _store is None or _store is kept:  # whoever waited takes what was read meanwhile
            _store = _load()
        return _store


def forget() -> None:
    """Read the keys again at the next use."""
    global _store
    _store = None


def ensure_keys(*, by: str = "") -> list[SigningKey]:
    """Make a current key for every algorithm that has none; returns the new ones. Safe to run in parallel."""
    made = []
    for algorithm in ALGORITHMS:
        if SigningKey.objects.filter(algorithm=algorithm, status=SigningKey.Status.CURRENT).exists():
            continue
        key = SigningKey(algorithm=algorithm, pem=new_pem(algorithm))
        try:
            with transaction.atomic():
                key.save(force_insert=True)
                record("signing_key.created", by=by, target=f"signing-key:{key.pk}", algorithm=algorithm)
        except IntegrityError:
            continue  # another process made one at the same moment
        made.append(key)
    forget()
    return made


def read_own_token(token: str, *, typ: str = "") -> dict[str, Any] | None:
    """The claims of a JWT that this server signed with a key it still publishes, whether expired or not; else None.

    With `typ`, only of that type (RFC 8725 section 3.11): an ID token is no access token.
    """
    for public in json.loads(keystore().jwks)["keys"]:
        parsed = jws.JWS()
        try:
            parsed.deserialize(token)
            parsed.allowed_algs = [public["alg"]]
            parsed.verify(jwk.JWK(**public), alg=public["alg"])
            claims = json.loads(parsed.payload)
        except (JWException, ValueError):
            continue  # another key may fit
        if typ and parsed.jose_header.get("typ") != typ:
            return None
        if isinstance(claims, dict) and claims.get("iss") == settings.ISSUER:
            return claims
    return None


def new_pem(algorithm: str) -> str:
    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    if algorithm == "ES384":
        private = ec.generate_private_key(ec.SECP384R1())
    else:
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _load() -> KeyStore:
    rows = list(SigningKey.objects.order_by("-created_at"))
    signers = {row.pk: _signer(row) for row in rows}
    for mark in _read.keys() - {digest(row.pem) for row in rows}:
        _read.pop(mark, None)  # a key that is gone is not kept either
    current = {row.algorithm: signers[row.pk] for row in rows if row.status == SigningKey.Status.CURRENT}
    published = [signers[row.pk].public for row in sorted(rows, key=lambda row: row.algorithm not in ALGORITHMS[:1])]
    return KeyStore(current, _json({"keys": published}), time.monotonic())


def key_id(row: SigningKey) -> str:
    """The `kid` of a key in the key set and in the tokens that it signs."""
    return _signer(row).kid


def _kid(key: jwk.JWK) -> str:
    return str(key.thumbprint())  # RFC 7638


def _signer(row: SigningKey) -> Signer:
    """Read once in each process: to read an RSA key is to check it, some 40 ms, and somebody would wait for it every half minute."""
    mark = digest(row.pem)
    found = _read.get(mark)
    if found is None:
        found = _read[mark] = _read_key(row)
    return found


def _read_key(row: SigningKey) -> Signer:
    key = jwk.JWK.from_pem(row.pem.encode())
    kid = _kid(key)
    public = {**json.loads(key.export_public()), "kid": kid, "use": "sig", "alg": row.algorithm}
    private: Any = serialization.load_pem_private_key(row.pem.encode(), password=None)
    return Signer(row.algorithm, kid, private, public)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
