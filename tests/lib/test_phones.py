import pytest

from idp.lib import phones


@pytest.mark.parametrize(
    ("typed", "region", "digits"),
    [
        ("+1 555-123-4567", None, "15551234567"),
        ("(555) 123-4567", "US", "15551234567"),
        ("0151 12345678", "DE", "4915112345678"),
        ("+49 (0) 151 12345678", "US", "4915112345678"),
        ("15551234567", None, "15551234567"),
        ("0412 345 678", "AU", "61412345678"),
    ],
)
def test_what_people_type(typed: str, region: str | None, digits: str) -> None:
    assert phones.parse(typed, region) == digits


@pytest.mark.parametrize("typed", ["", "hello", "12", "+1", "+999 123456789", "+1 555 123 4567 ext. 9", "1" * 40])
def test_what_is_no_number(typed: str) -> None:
    with pytest.raises(phones.InvalidPhoneNumber):
        phones.parse(typed, "US")


def test_a_trunk_zero_is_another_spelling() -> None:
    assert phones.spellings("61412345678") == ["61412345678", "610412345678"]
    assert "61412345678" in phones.spellings("610412345678")


def test_readable() -> None:
    assert phones.readable("15551234567") == "+1 555-123-4567"
