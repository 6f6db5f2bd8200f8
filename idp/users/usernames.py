"""What a username must be (Logto section 4.1): a policy beside the form that every username has (users.identifiers)."""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from idp.users.errors import InvalidIdentifier

_CLASSES = {"lowercase": "a-z", "uppercase": "A-Z", "numbers": "0-9", "underscore": "_"}


@dataclass(frozen=True)
class UsernamePolicy:
    """The defaults are those of a new installation. `allowed` names kinds of characters, in the order of `_CLASSES`."""

    case_sensitive: bool = True
    min_length: int = 1
    max_length: int = 128
    allowed: tuple[str, ...] = tuple(_CLASSES)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "UsernamePolicy":
        """From Logto's shape: {caseSensitive, minLength, maxLength, allowedChars: {lowercase, uppercase, …}}."""
        switches = value.get("allowedChars", {})
        return cls(
            case_sensitive=value.get("caseSensitive", cls.case_sensitive),
            min_length=value.get("minLength", cls.min_length),
            max_length=value.get("maxLength", cls.max_length),
            allowed=tuple(name for name in _CLASSES if switches.get(name, True)),
        )

    @property
    def sentence(self) -> str:
        """What people are told before they choose."""
        facts = [_("Use %(kinds)s.") % {"kinds": self._kinds()}]
        if self.min_length > 1:
            facts.append(_("At least %(number)s characters.") % {"number": self.min_length})
        return " ".join(facts)

    def check(self, username: str) -> str:
        """The username as it is stored: in lower case where case does not matter, so that two spellings cannot both be taken.

        Raises InvalidIdentifier.
        """
        if not self.case_sensitive:
            username = username.lower()
        allowed = "".join(_CLASSES[name] for name in self.allowed)
        if not allowed or not re.fullmatch(f"[{allowed}]*", username):
            raise InvalidIdentifier("username", _("Use %(kinds)s only.") % {"kinds": self._kinds()})
        if len(username) < self.min_length:
            message = ngettext(
                "A username has at least %(number)s character.", "A username has at least %(number)s characters.",
                self.min_length,
            )  # fmt: skip
            raise InvalidIdentifier("username", message % {"number": self.min_length})
        if len(username) > self.max_length:
            message = ngettext(
                "A username has at most %(number)s character.", "A username has at most %(number)s characters.",
                self.max_length,
            )  # fmt: skip
            raise InvalidIdentifier("username", message % {"number": self.max_length})
        return username

    def _kinds(self) -> str:
        names = {
            "lowercase": _("lower-case letters"), "uppercase": _("capital letters"), "numbers": _("digits"),
            "underscore": _("underscores"),
        }  # fmt: skip
        kinds = [names[name] for name in self.allowed]
        if self.allowed[:2] == ("lowercase", "uppercase"):
            kinds = [_("letters"), *kinds[2:]]
        if len(kinds) < 2:
            return "".join(kinds)
        return _("%(first)s and %(last)s") % {"first": ", ".join(kinds[:-1]), "last": kinds[-1]}
