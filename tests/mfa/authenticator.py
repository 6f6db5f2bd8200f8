"""An authenticator in software: it makes passkeys and signs with them, as WebAuthn Level 3 section 6 has it."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

from idp.mfa import passkeys
from idp.mfa.models import Passkey
from idp.users.models import User

ORIGIN = "http://localhost:3001"
PRESENT, VERIFIED, ATTESTED, ELIGIBLE, BACKED_UP = 0x01, 0x04, 0x40, 0x08, 0x10


@dataclass
class Authenticator:
    """One passkey of one person. The fields say what it gets wrong."""

    origin: str = ORIGIN
    rp_id: str = "localhost"
    verifies: bool = True
    counts: bool = True
    synchronised: bool = False
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    user_handle: bytes = b""
    count: int = 0

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the browser answers to registration options."""
        self.user_handle = _bytes(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        key = encode_cbor({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        identity = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + key
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + identity}
        response = {
            "clientDataJSON": _text(self._client_data("webauthn.create", options["challenge"])),
            "attestationObject": _text(encode_cbor(attestation)),
            "transports": ["internal"],
        }
        return self._credential(response)

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the browser answers to request options."""
        if self.counts:
            self.count += 1
        client_data, data = self._client_data("webauthn.get", options["challenge"]), self._data()
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": client_data, "authenticatorData": data, "signature": signature}
        return self._credential(
            {**{name: _text(value) for name, value in response.items()}, "userHandle": _text(self.user_handle)}
        )

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        name = _text(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, more: int = 0) -> bytes:
        flags = PRESENT | more | (VERIFIED if self.verifies else 0)
        flags |= (ELIGIBLE | BACKED_UP) if self.synchronised else 0
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")


def with_passkey(user: User, **facts: Any) -> Authenticator:
    """A passkey that this person has bound."""
    authenticator = Authenticator(**facts)
    question = passkeys.begin_registration(user=user, holder="test", name="ada")
    answer = {"user": user, "holder": "test", "ceremony_id": question.id}
    passkeys.check_new_passkey(**answer, payload=authenticator.create(question.options))
    passkeys.bind_passkey(by="test", agent="", **answer)
    return authenticator


def stored(authenticator: Authenticator) -> Passkey:
    passkey: Passkey = Passkey.objects.get(credential_id=_text(authenticator.credential_id))
    return passkey


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
