"""Encryption of a stream with a passphrase: what was cut off, changed or put in another order does not open.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, 2015) as `age` uses it: chunks of 64 KiB, each sealed with
ChaCha20-Poly1305 under a key of this file alone; the nonce is the number of the chunk (88 bits) and one byte that is 1 in the
last chunk only. The key comes from the passphrase by scrypt with a random salt (RFC 7914). The head of the file is authenticated
with every chunk.
"""

import io
import os
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from idp.deployment.transfer.errors import TransferError

MAGIC = b"latchkey-sealed 1\n"
CHUNK = 64 * 1024
_TAG = 16
_SALT = 16
_COST = 16  # N = 2^16, r = 8: 64 MiB and a fraction of a second for each guess


def _cipher(passphrase: str, salt: bytes, cost: int) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(Scrypt(salt=salt, length=32, n=2**cost, r=8, p=1).derive(passphrase.encode()))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


class Sealer(io.RawIOBase):
    """Write to it; `close` seals the last chunk. The file beneath stays open."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        salt = os.urandom(_SALT)
        self._head = MAGIC + bytes([_COST]) + salt
        self._cipher = _cipher(passphrase, salt, _COST)
        self._file = file
        self._waiting = bytearray()
        self._number = 0
        file.write(self._head)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # of bytes alone
        self._waiting += data
        while len(self._waiting) > CHUNK:  # the last one is known by `close` alone
            self._seal(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Without it the file has no end, and cannot be opened: an error on the way must not look like an end."""
        self._seal(bytes(self._waiting), is_last=True)

    def _seal(self, chunk: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), chunk, self._head))
        self._number += 1


class Opener(io.RawIOBase):
    """Read from it, up to the end that was sealed. Raises TransferError for anything else."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        self._head = file.read(len(MAGIC) + 1 + _SALT)
        cost = self._head[len(MAGIC)] if len(self._head) == len(MAGIC) + 1 + _SALT else 0
        if not self._head.startswith(MAGIC) or not 1 <= cost <= 20:
            raise TransferError("This is no encrypted backup, or its beginning is damaged.")
        self._cipher = _cipher(passphrase, self._head[len(MAGIC) + 1 :], cost)
        self._file = file
        self._ahead = file.read(CHUNK + _TAG)
        self._open = b""
        self._number = 0
        self._at_end = False
        self._next()  # a wrong passphrase is told at once

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._open and not self._at_end:
            self._next()
        taken = self._open[: len(buffer)]
        buffer[: len(taken)] = taken
        self._open = self._open[len(taken) :]
        return len(taken)

    def _next(self) -> None:
        chunk, self._ahead = self._ahead, self._file.read(CHUNK + _TAG)
        is_last = not self._ahead
        try:
            self._open = self._cipher.decrypt(_nonce(self._number, is_last=is_last), chunk, self._head)
        except InvalidTag as error:
            raise TransferError(self._reason()) from error
        self._number += 1
        self._at_end = is_last

    def _reason(self) -> str:
        if self._number == 0:
            return "The passphrase is wrong, or the backup is damaged."
        return "The backup is damaged, or its end is missing."
