"""Phone numbers: what people type, and the one form we store.

Stored and sent on the wire as digits with the country code and no plus (`15551234567`), as Logto does.
"""

import phonenumbers

_LANGUAGE_REGIONS = {
    "en": "US", "zh": "CN", "ja": "JP", "ko": "KR", "da": "DK", "sv": "SE", "cs": "CZ", "uk": "UA", "ar": "SA", "hi": "IN",
    "vi": "VN", "el": "GR", "he": "IL", "fa": "IR",
}  # fmt: skip


_KINDS = phonenumbers.PhoneNumberType
# Numbers that cost the sender extra, or that no single person holds in their hand.
_SPECIAL_KINDS = {_KINDS.PREMIUM_RATE, _KINDS.SHARED_COST, _KINDS.UAN, _KINDS.VOICEMAIL, _KINDS.PAGER}
_PREFIX_LENGTH = 7


class InvalidPhoneNumber(ValueError):
    """The text is no phone number that could exist."""


def parse(text: str, region: str | None = None) -> str:
    """Digits of a number typed by a person, national or international; raises InvalidPhoneNumber.

    `region` is an ISO 3166 code that national numbers are read in; without one, plain digits are the stored form.
    """
    if region is None and text.isdecimal():
        text = f"+{text}"
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhoneNumber(text) from error
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise InvalidPhoneNumber(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]


def spellings(digits: str) -> list[str]:
    """The number itself first, then with and without a national trunk zero: 61412… and 610412… are one line."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return [digits]
    country, national = str(number.country_code), str(number.national_number)
    return list(dict.fromkeys([digits, f"{country}{national}", f"{country}0{national}"]))


def e164(digits: str) -> str:
    return f"+{digits}"


def readable(digits: str) -> str:
    """International format for people: `+1 555-123-4567`."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return f"+{digits}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def country(digits: str) -> str:
    """ISO 3166 code of the number's country; of a shared calling code (+1) the main one where the number is unassigned."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(
        number.country_code or 0
    )


def is_special(digits: str) -> bool:
    """Premium rate, shared cost, a company's access number, voicemail or a pager."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(f"+{digits}")) in _SPECIAL_KINDS
    except phonenumbers.NumberParseException:
        return False


def prefix(digits: str) -> str:
    """What neighbouring numbers share: the first seven digits."""
    return digits[:_PREFIX_LENGTH]


def region_for(tag: str) -> str | None:
    """The country that a language tag suggests: its region when it has one (`de-AT`), else the language's own."""
    language, _, rest = tag.strip().lower().partition("-")
    region = rest.rpartition("-")[2].upper()
    for guess in (region, _LANGUAGE_REGIONS.get(language, ""), language.upper()):
        if guess in phonenumbers.SUPPORTED_REGIONS:
            return guess
    return None


def is_region(code: str) -> bool:
    """Is this the ISO 3166 code of a country that has phone numbers?"""
    return code in phonenumbers.SUPPORTED_REGIONS


def countries() -> list[str]:
    """ISO 3166 codes of every country that has phone numbers."""
    return sorted(phonenumbers.SUPPORTED_REGIONS)


def calling_codes() -> list[tuple[str, int]]:
    """(region, calling code) of every country, by region."""
    return sorted((region, phonenumbers.country_code_for_region(region)) for region in phonenumbers.SUPPORTED_REGIONS)
