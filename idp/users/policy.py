"""What a password must be (Logto section 4.5). Each rule says why it refuses; the breach look-up fails open."""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connectors.registry import breaches
from idp.users.models import User


@dataclass(frozen=True)
class Issue:
    """`code` is Logto's (`password_rejected.too_short`), `message` for people."""

    code: str
    message: str


@dataclass(frozen=True)
class PasswordPolicy:
    """The defaults are those of a new installation."""

    min_length: int = 8
    max_length: int = 256
    character_types: int = 1
    reject_breached: bool = True
    reject_repetition: bool = True
    reject_user_info: bool = True
    reject_words: tuple[str, ...] = field(default=())

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "PasswordPolicy":
        """From Logto's shape: {length: {min, max}, characterTypes: {min}, rejects: {pwned, repetitionAndSequence, …}}."""
        length, rejects = value.get("length", {}), value.get("rejects", {})
        return cls(
            min_length=length.get("min", cls.min_length),
            max_length=length.get("max", cls.max_length),
            character_types=value.get("characterTypes", {}).get("min", cls.character_types),
            reject_breached=rejects.get("pwned", True),
            reject_repetition=rejects.get("repetitionAndSequence", True),
            reject_user_info=rejects.get("userInfo", True),
            reject_words=tuple(rejects.get("words", ())),
        )

    @property
    def rules(self) -> list[tuple[str, int, str]]:
        """What people are told before they choose: (`length` or `kinds`, the least that is needed, in words)."""
        length = ngettext("At least %(count)d character", "At least %(count)d characters", self.min_length)
        rules = [("length", self.min_length, length % {"count": self.min_length})]
        if self.character_types > 1:
            kinds = _("At least %(count)d of: lower case, upper case, digits, others")
            rules.append(("kinds", self.character_types, kinds % {"count": self.character_types}))
        return rules


def issues(password: str, policy: PasswordPolicy, user: User | None = None) -> list[Issue]:
    """Everything that is wrong with a new password; the breach look-up is asked last, when nothing else is."""
    found = [issue for rule in _RULES for issue in rule(password, policy, user)]
    return found or list(_breached(password, policy))


_Rule = Callable[[str, PasswordPolicy, User | None], Iterator[Issue]]


def _length(password: str, policy: PasswordPolicy, _user: User | None) -> Iterator[Issue]:
    if len(password) < policy.min_length:
        message = ngettext(
            "This password is too short. Use at least %(count)d character.",
            "This password is too short. Use at least %(count)d characters.",
            policy.min_length,
        )
        yield Issue("password_rejected.too_short", message % {"count": policy.min_length})
    if len(password) > policy.max_length:
        message = ngettext(
            "This password is too long. Use at most %(count)d character.",
            "This password is too long. Use at most %(count)d characters.",
            policy.max_length,
        )
        yield Issue("password_rejected.too_long", message % {"count": policy.max_length})


def _character_types(password: str, policy: PasswordPolicy, _user: User | None) -> Iterator[Issue]:
    kinds = sum(bool(re.search(pattern, password)) for pattern in (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z\d]"))
    if kinds < policy.character_types:
        message = _("Mix at least %(count)d of: lower case, upper case, digits, other characters.")
        yield Issue("password_rejected.character_types", message % {"count": policy.character_types})


def _repetition(password: str, policy: PasswordPolicy, _user: User | None) -> Iterator[Issue]:
    if not policy.reject_repetition:
        return
    lower = password.lower()
    if re.search(r"(.)\1{3,}", lower) or len(set(lower)) < 3:
        yield Issue("password_rejected.restricted.repetition", _("Do not repeat one character many times."))
    if _longest_sequence(lower) >= max(5, len(lower) // 2 + 1):
        yield Issue("password_rejected.restricted.sequence", _("Do not use sequences such as 12345 or abcde."))


def _longest_sequence(text: str) -> int:
    longest = run = 1
    for before, after in itertools.pairwise(text):
        run = run + 1 if ord(after) - ord(before) == 1 else 1
        longest = max(longest, run)
    return longest


def _user_info(password: str, policy: PasswordPolicy, user: User | None) -> Iterator[Issue]:
    if not policy.reject_user_info or user is None:
        return
    email_name = (user.primary_email or "").partition("@")[0]
    words = [user.username, email_name, user.primary_phone, *(user.name or "").split()]
    if _is_mostly(password, [word for word in words if word and len(word) >= 3]):
        yield Issue("password_rejected.restricted.user_info", _("Do not use your name, email or phone number."))


def _words(password: str, policy: PasswordPolicy, _user: User | None) -> Iterator[Issue]:
    if _is_mostly(password, [word for word in policy.reject_words if word]):
        yield Issue("password_rejected.restricted.words", _("Do not use the name of this product or company."))


def _is_mostly(password: str, words: list[str]) -> bool:
    """A word with fewer than three characters of its own around it."""
    lower = password.lower()
    return any(word.lower() in lower and len(lower) - len(word) < 3 for word in words)


@lru_cache(maxsize=1)
def _common_passwords() -> CommonPasswordValidator:
    """Django's list of 20 000, read once: that takes 15 ms."""
    return CommonPasswordValidator()


def _breached(password: str, policy: PasswordPolicy) -> Iterator[Issue]:
    """First the list that comes with Django, then the look-up by the first five characters of the hash."""
    if not policy.reject_breached:
        return
    try:
        _common_passwords().validate(password)
        known = breaches().contains(password)
    except ValidationError:
        known = True
    if known:
        yield Issue("password_rejected.pwned", _("This password is known from data breaches. Choose another one."))


_RULES: tuple[_Rule, ...] = (_length, _character_types, _repetition, _user_info, _words)
