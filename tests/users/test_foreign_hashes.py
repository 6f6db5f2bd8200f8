"""Password hashes from elsewhere: verified once more, then replaced."""

import base64
import hashlib
import json

import bcrypt
import pytest
from argon2 import PasswordHasher, Type

from idp.users import foreign_hashes, passwords
from idp.users.errors import InvalidPasswordDigest
from idp.users.models import User
from idp.users.services import create_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct hörse battery"
SALT = b"\x00salt$"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


DIGESTS = {
    "Argon2i": PasswordHasher(time_cost=1, memory_cost=64, parallelism=1, type=Type.I).hash(PASSWORD),
    "Argon2id": PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD),
    "Argon2d": PasswordHasher(time_cost=1, memory_cost=64, parallelism=1, type=Type.D).hash(PASSWORD),
    "Bcrypt": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(),
    "SHA1": hashlib.sha1(PASSWORD.encode()).hexdigest(),
    "SHA256": hashlib.sha256(PASSWORD.encode()).hexdigest().upper(),
    "MD5": hashlib.md5(PASSWORD.encode()).hexdigest(),
    "PBKDF2": f"sha512$1000${b64(SALT)}${b64(hashlib.pbkdf2_hmac('sha512', PASSWORD.encode(), SALT, 1000))}",
    "Scrypt": f"1024$8$1${b64(SALT)}${b64(hashlib.scrypt(PASSWORD.encode(), salt=SALT, n=1024, r=8, p=1))}",
    "Legacy": json.dumps(
        ["sha512", ["salt", "@", "pepper"], hashlib.sha512(f"salt{PASSWORD}pepper".encode()).hexdigest()]
    ),
}
PBKDF2_OF_LEGACY = json.dumps(
    [
        "pbkdf2",
        ["salt", "1000", "20", "sha512", "@"],
        hashlib.pbkdf2_hmac("sha512", PASSWORD.encode(), b"salt", 1000, 20).hex(),
    ]
)


def test_every_method_has_an_example() -> None:
    assert tuple(DIGESTS) == foreign_hashes.METHODS


@pytest.mark.parametrize("example", [*DIGESTS, "Legacy with PBKDF2"])  # by name: digests hold salts of chance
def test_verified_and_replaced_by_our_own(example: str) -> None:
    method, digest = example.partition(" ")[0], DIGESTS.get(example, PBKDF2_OF_LEGACY)
    user = create_user(by="", username="ada", password_hash=foreign_hashes.encode(method, digest))
    before = user.password
    assert not passwords.verify(user, "wrong")
    assert passwords.verify(user, PASSWORD)
    stored = User.objects.get(pk=user.pk).password
    assert stored != before
    assert stored.startswith("argon2$argon2id$v=19$")
    assert passwords.verify(User.objects.get(pk=user.pk), PASSWORD)


def test_bcrypt_reads_72_bytes_of_a_long_password() -> None:
    digest = bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()
    user = create_user(by="", username="ada", password_hash=foreign_hashes.encode("Bcrypt", digest))
    assert passwords.verify(user, "x" * 100)


@pytest.mark.parametrize(
    ("method", "digest"),
    [
        ("SHA256", "ab" * 31), ("SHA256", "zz" * 32), ("MD5", ""), ("Bcrypt", "$2b$04$short"), ("Argon2id", "$argon2id$"),
        ("PBKDF2", "sha256$0$c2FsdA==$a2V5"), ("PBKDF2", "nohash$10$c2FsdA==$a2V5"), ("PBKDF2", "sha256$10$c2FsdA==$"),
        ("Scrypt", "1000$8$1$c2FsdA==$a2V5"), ("Scrypt", "1073741824$8$1$c2FsdA==$a2V5"), ("Legacy", "{}"), ("Legacy", "no"),
        ("Legacy", '["sha1", ["@"]]'), ("Whirlpool", "00"),
    ],
)  # fmt: skip
def test_what_nothing_could_verify_is_refused(method: str, digest: str) -> None:
    with pytest.raises(InvalidPasswordDigest):
        foreign_hashes.encode(method, digest)
