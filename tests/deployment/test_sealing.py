"""What was sealed opens as it was, or not at all."""

import io

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from idp.deployment.transfer import sealing
from idp.deployment.transfer.errors import TransferError
from idp.deployment.transfer.sealing import CHUNK, MAGIC, Opener, Sealer

HEAD = len(MAGIC) + 17
SEALED_CHUNK = CHUNK + 16


@pytest.fixture(autouse=True, scope="module")
def _cheap() -> None:
    patch = pytest.MonkeyPatch()
    patch.setattr(sealing, "_COST", 1)


def seal(data: bytes, passphrase: str = "p") -> bytes:
    file = io.BytesIO()
    sealer = Sealer(file, passphrase)
    for start in range(0, len(data), 10_000):
        sealer.write(data[start : start + 10_000])
    sealer.finish()
    return file.getvalue()


def unseal(sealed: bytes, passphrase: str = "p") -> bytes:
    return io.BufferedReader(Opener(io.BytesIO(sealed), passphrase)).read()


@given(st.integers(0, 3 * CHUNK), st.integers(0, 255))
@example(0, 0)
@example(CHUNK - 1, 1)
@example(CHUNK, 1)
@example(CHUNK + 1, 1)
@example(2 * CHUNK, 1)
@settings(max_examples=20)
def test_it_opens_as_it_was(length: int, value: int) -> None:
    data = bytes([value]) * length
    assert unseal(seal(data)) == data


@given(st.data())
@settings(max_examples=60)
def test_no_byte_can_be_changed(draw: st.DataObject) -> None:
    sealed = bytearray(seal(b"x" * 100_000))
    place = draw.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= draw.draw(st.integers(1, 255))
    if place == len(MAGIC) and sealed[place] > 12:
        return  # a higher cost only takes longer
    with pytest.raises(TransferError):
        unseal(bytes(sealed))


@given(st.integers(0, HEAD + 2 * SEALED_CHUNK - 1))
@example(HEAD + SEALED_CHUNK)
@example(HEAD)
@settings(max_examples=40)
def test_nothing_can_be_cut_off(length: int) -> None:
    sealed = seal(b"x" * (2 * CHUNK))
    assert len(sealed) == HEAD + 2 * SEALED_CHUNK
    with pytest.raises(TransferError):
        unseal(sealed[:length])


def test_chunks_keep_their_order_and_number() -> None:
    sealed = seal(b"a" * CHUNK + b"b" * CHUNK + b"c" * CHUNK)
    head, first, second, third = (
        sealed[:HEAD], sealed[HEAD : HEAD + SEALED_CHUNK], sealed[HEAD + SEALED_CHUNK : HEAD + 2 * SEALED_CHUNK],
        sealed[HEAD + 2 * SEALED_CHUNK :],
    )  # fmt: skip
    for wrong in (
        second + first + third,
        first + third,
        first + second + second + third,
        first + second + third + third,
    ):
        with pytest.raises(TransferError):
            unseal(head + wrong)
    assert unseal(head + first + second + third) == b"a" * CHUNK + b"b" * CHUNK + b"c" * CHUNK


def test_each_file_has_a_key_of_its_own() -> None:
    assert seal(b"x")[HEAD:] != seal(b"x")[HEAD:]
    with pytest.raises(TransferError, match="passphrase is wrong"):
        unseal(seal(b"x"), "another")
