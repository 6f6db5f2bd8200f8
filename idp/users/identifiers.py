"""The three ways to name a person, and what counts as well-formed (Logto's rules)."""

import re

from django.utils.translation import gettext_noop as _

from idp.lib import phones
from idp.users.errors import InvalidIdentifier

COLUMNS = {"username": "username", "email": "primary_email", "phone": "primary_phone"}  # of User, by kind
KINDS = tuple(COLUMNS)
CODE_KINDS = ("email", "phone")  # those that a code reaches
_USERNAME = re.compile(r"[A-Z_a-z]\w*", re.ASCII)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def clean(kind: str, value: str, region: str | None = None) -> str:
    """The stored form of a username, email or phone; raises InvalidIdentifier. `region` reads national phone numbers."""
    return _CLEANERS[kind](value.strip(), region)


def guess_kind(value: str) -> str:
    """What a person typed into one field for all three."""
    if "@" in value:
        return "email"
    return "phone" if re.fullmatch(r"\+?[\d\s().\-/]+", value.strip()) else "username"


def _clean_username(value: str, _region: str | None) -> str:
    if not _USERNAME.fullmatch(value) or len(value) > 128:
        raise InvalidIdentifier("username", _("Use letters, digits and underscores, and do not start with a digit."))
    return value


def _clean_email(value: str, _region: str | None) -> str:
    if not _EMAIL.fullmatch(value) or len(value) > 254:
        raise InvalidIdentifier("email", _("This is not an email address."))
    return value.lower()


def _clean_phone(value: str, region: str | None) -> str:
    try:
        return phones.parse(value, region)
    except phones.InvalidPhoneNumber as error:
        raise InvalidIdentifier("phone", _("This is not a phone number.")) from error


_CLEANERS = {"username": _clean_username, "email": _clean_email, "phone": _clean_phone}
