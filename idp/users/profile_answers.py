"""What people answer about themselves (section 4.3): what will do, and where it is kept."""

import math
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from idp.lib.http import is_web_url
from idp.users.errors import ProfileValueInvalid
from idp.users.models import ProfileField, User
from idp.users.profile_fields import PARTS, PROFILE_KEYS, date_format

COLUMNS = ("name", "avatar")  # of User, which have an answer of their own
_MOST = 2048  # characters of an answer without a limit of its own


def validate(field: ProfileField, value: Any) -> Any:
    """The answer as it is kept; None when there is none. Raises ProfileValueInvalid with a sentence for the person."""
    if isinstance(value, str):
        value = value.strip()
    if value in (None, "", {}) or (value is False and field.type == "Checkbox"):
        if field.required:
            raise ProfileValueInvalid(
                field.name, _("Fill this in.") if field.type != "Checkbox" else _("Tick this box.")
            )
        return False if value is False else None
    return _VALIDATORS[field.type](field, value)


def validate_all(fields: Iterable[ProfileField], values: dict[str, Any]) -> dict[str, Any]:
    """Every answer as it is kept. Raises ProfileValueInvalid with the first that will not do, or that nobody asked for."""
    asked = {field.name: field for field in fields}
    for name in values:
        if name not in asked:
            raise ProfileValueInvalid(name, _("Nobody asked for this."))
    cleaned = {name: validate(field, values.get(name)) for name, field in asked.items()}
    return {name: value for name, value in cleaned.items() if value is not None}


def answer_of(user: User, field: ProfileField) -> Any:
    """What the person answered before, or None."""
    if field.name in COLUMNS:
        return getattr(user, field.name) or None
    if field.type == "Fullname":
        return {
            part["name"]: user.profile[part["name"]] for part in field.parts if user.profile.get(part["name"])
        } or None
    return (user.profile if _is_in_profile(field.name) else user.custom_data).get(field.name)


def is_answered(user: User, field: ProfileField) -> bool:
    """Is there an answer that would still do? One that was required later counts as missing."""
    try:
        return validate(field, answer_of(user, field)) is not None
    except ProfileValueInvalid:
        return False


def changes_for(user: User | None, answers: dict[str, Any], *, asked: Iterable[str] = ()) -> dict[str, Any]:
    """Answers as users.services takes them: name and avatar, and the whole profile and custom_data.

    Of what was `asked`, an answer that is not there any more is taken away.
    """
    profile, custom_data = dict(user.profile if user else {}), dict(user.custom_data if user else {})
    changes: dict[str, Any] = {}
    for name in set(asked) - set(answers) - set(COLUMNS):
        (profile if _is_in_profile(name) else custom_data).pop(name, None)
    for name, value in answers.items():
        if name in COLUMNS:
            changes[name] = value
        elif name == "fullname":
            profile |= value
            if not (user and user.name):
                changes.setdefault("name", " ".join(value[part] for part in PARTS["Fullname"] if part in value)[:128])
        else:
            (profile if _is_in_profile(name) else custom_data)[name] = value
    if profile != (user.profile if user else {}):
        changes["profile"] = profile
    if custom_data != (user.custom_data if user else {}):
        changes["custom_data"] = custom_data
    return changes


def _is_in_profile(name: str) -> bool:
    """Is it a standard claim, kept in `profile`? Everything else but COLUMNS is kept in `custom_data`."""
    return name in PROFILE_KEYS or name == "address"


def _text(field: ProfileField, value: Any) -> str:
    if not isinstance(value, str):
        raise ProfileValueInvalid(field.name, _("This is not a text."))
    config = field.config
    most = 128 if field.name == "name" else config.get("maxLength", _MOST)
    if len(value) < config.get("minLength", 0):
        raise ProfileValueInvalid(
            field.name, _("Use at least %(number)s characters.") % {"number": config["minLength"]}
        )
    if len(value) > most:
        raise ProfileValueInvalid(field.name, _("Use at most %(number)s characters.") % {"number": most})
    return value


def _number(field: ProfileField, value: Any) -> int | float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        raise ProfileValueInvalid(field.name, _("This is not a number."))
    config = field.config
    if number < config.get("minValue", number):
        raise ProfileValueInvalid(field.name, _("The least is %(number)s.") % {"number": config["minValue"]})
    if number > config.get("maxValue", number):
        raise ProfileValueInvalid(field.name, _("The most is %(number)s.") % {"number": config["maxValue"]})
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _date(field: ProfileField, value: Any) -> str:
    """In the format of the settings. A browser's own date field speaks ISO 8601, so that is read as well."""
    if isinstance(value, date):
        return value.strftime(_strftime(field))
    for pattern in (_strftime(field), "%Y-%m-%d"):
        try:
            return datetime.strptime(str(value), pattern).date().strftime(_strftime(field))
        except ValueError:
            continue
    raise ProfileValueInvalid(field.name, _("Give a date, such as %(example)s.") % {"example": _example_date(field)})


def _strftime(field: ProfileField) -> str:
    return date_format(field.config).replace("%", "%%").replace("yyyy", "%Y").replace("MM", "%m").replace("dd", "%d")


def _example_date(field: ProfileField) -> str:
    return date(1990, 12, 31).strftime(_strftime(field))


def _checkbox(field: ProfileField, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ProfileValueInvalid(field.name, _("This is yes or no."))
    return value


def _select(field: ProfileField, value: Any) -> str:
    if value not in [option["value"] for option in field.config["options"]]:
        raise ProfileValueInvalid(field.name, _("Choose one of the options."))
    return str(value)


def _url(field: ProfileField, value: Any) -> str:
    if not is_web_url(value):
        raise ProfileValueInvalid(field.name, _("Enter a web address, such as https://example.com."))
    return str(value)


def _regex(field: ProfileField, value: Any) -> str:
    text = _text(field, value)
    if len(text) > 256 or not re.fullmatch(field.config["format"], text):
        raise ProfileValueInvalid(field.name, _("This does not have the right form."))
    return text


def _composed(field: ProfileField, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not set(value) <= {part["name"] for part in field.parts}:
        raise ProfileValueInvalid(field.name, _("This does not have the right form."))
    found = {name: str(text).strip() for name, text in value.items() if text}
    for part in field.parts:
        if (part.get("required") or (field.required and field.type == "Fullname")) and not found.get(part["name"]):
            raise ProfileValueInvalid(field.name, _("Fill this in."), part=part["name"])
        if len(found.get(part["name"], "")) > 256:
            raise ProfileValueInvalid(
                field.name, _("Use at most %(number)s characters.") % {"number": 256}, part=part["name"]
            )
    return {name: text for name, text in found.items() if text}


_VALIDATORS: dict[str, Callable[[ProfileField, Any], Any]] = {
    "Text": _text, "Number": _number, "Date": _date, "Checkbox": _checkbox, "Select": _select, "Url": _url, "Regex": _regex,
    "Address": _composed, "Fullname": _composed,
}  # fmt: skip
