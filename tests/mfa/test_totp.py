"""RFC 6238, with the vectors of its appendix B."""

import base64
import urllib.parse

import pytest
import time_machine

from idp.mfa import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)  # fmt: skip
def test_vectors(at: int, digits: str) -> None:
    with time_machine.travel(at, tick=False):
        assert totp.matching_step(SECRET, digits) == at // 30


@pytest.mark.parametrize(("drift", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_a_step(drift: int, accepted: bool) -> None:
    with time_machine.travel(1_800_000_000, tick=False):
        step = 1_800_000_000 // 30 + drift
        assert (totp.matching_step(SECRET, totp.code_at(SECRET, step)) == step) is accepted


@pytest.mark.parametrize("digits", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_no_code(digits: str) -> None:
    assert totp.matching_step(SECRET, digits) is None


def test_a_secret_has_twenty_bytes_and_is_new_each_time() -> None:
    assert len(base64.b32decode(totp.new_secret())) == 20
    assert totp.new_secret() != totp.new_secret()


def test_the_address_that_apps_scan() -> None:
    uri = totp.otpauth_uri(SECRET, issuer="id.example.com", account="ada & co@example.com")
    parts = urllib.parse.urlsplit(uri)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert urllib.parse.unquote(parts.path) == "/id.example.com:ada & co@example.com"
    assert urllib.parse.parse_qs(parts.query) == {"secret": [SECRET], "issuer": ["id.example.com"]}


def test_the_picture_is_svg_in_a_data_address() -> None:
    assert totp.qr_code("otpauth://totp/x?secret=y").startswith("data:image/svg+xml")
