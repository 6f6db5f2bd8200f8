"""What people are asked about themselves: the fields, what may be answered, and where an answer is kept (section 4.3)."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from idp.audit.services import record
from idp.lib.http import is_web_url
from idp.users.errors import ProfileFieldInvalid, ProfileFieldTaken, ProfileValueInvalid
from idp.users.models import ProfileField, User

COLUMNS = ("name", "avatar")
PROFILE_KEYS = (
    "familyName", "givenName", "middleName", "nickname", "profile", "website", "gender", "birthdate", "zoneinfo", "locale",
)  # fmt: skip
COMPOSED = {"fullname": "Fullname", "address": "Address"}
PARTS = {
    "Fullname": ("givenName", "middleName", "familyName"),
    "Address": ("formatted", "streetAddress", "locality", "region", "postalCode", "country"),
}
DATE_FORMATS = ("yyyy-MM-dd", "dd/MM/yyyy", "MM/dd/yyyy")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_MOST = 2048  # characters of an answer without a limit of its own
_CONFIG: dict[str, dict[str, type | tuple[type, ...]]] = {
    "Text": {"placeholder": str, "minLength": int, "maxLength": int, "defaultValue": str},
    "Number": {"placeholder": str, "minValue": (int, float), "maxValue": (int, float), "defaultValue": (int, float)},
    "Date": {"placeholder": str, "format": str, "customFormat": str, "defaultValue": str},
    "Checkbox": {"defaultValue": bool},
    "Select": {"placeholder": str, "options": list, "defaultValue": str},
    "Url": {"placeholder": str, "defaultValue": str},
    "Regex": {"placeholder": str, "format": str, "defaultValue": str},
    "Address": {"parts": list},
    "Fullname": {"parts": list},
}


# --- The fields themselves


def create_field(
    *, by: str, name: str, type: str, label: str, place: int | None = None, **details: Any
) -> ProfileField:
    """Ask for something new, after everything else or at a `place`; `details` are labels, description, required and config.

    Raises ProfileFieldInvalid, ProfileFieldTaken.
    """
    if place is None:
        last = ProfileField.objects.order_by("-sie_order").first()
        place = last.sie_order + 1 if last else 0
    field = ProfileField(name=name, type=type, label=label, sie_order=place, **details)
    _check(field)
    try:
        with transaction.atomic():
            field.save(force_insert=True)
            record("profile_field.created", by=by, target=f"profile-field:{name}")
    except IntegrityError as error:
        raise ProfileFieldTaken from error
    return field


@transaction.atomic
def update_field(*, by: str, field: ProfileField, **changes: Any) -> ProfileField:
    """Change label, labels, description, required or config. Answers that were given stay. Raises ProfileFieldInvalid."""
    for name, value in changes.items():
        setattr(field, name, value)
    _check(field)
    field.save(update_fields=list(changes))
    record("profile_field.updated", by=by, target=f"profile-field:{field.pk}", fields=sorted(changes))
    return field


@transaction.atomic
def delete_field(*, by: str, field: ProfileField) -> None:
    """Nobody is asked any more; what people answered stays with them."""
    name = field.pk
    field.delete()
    record("profile_field.deleted", by=by, target=f"profile-field:{name}")


@transaction.atomic
def order_fields(*, by: str, names: list[str]) -> None:
    """Ask in this order; fields that are not named come last, as they were."""
    fields = {field.pk: field for field in ProfileField.objects.select_for_update()}
    known = [name for name in names if name in fields]
    for place, name in enumerate([*known, *(name for name in fields if name not in known)]):
        ProfileField.objects.filter(pk=name).update(sie_order=place)
    record("profile_field.ordered", by=by, target="profile-fields", names=names)


def _check(field: ProfileField) -> None:
    if not _NAME.fullmatch(field.name):
        raise ProfileFieldInvalid("name", "Use letters, digits, _ and -, beginning with a letter.")
    if field.type not in ProfileField.Type.values:
        raise ProfileFieldInvalid("type", f"Types are {', '.join(ProfileField.Type.values)}.")
    composed = COMPOSED.get(field.name)
    if composed != field.type and (composed or field.type in COMPOSED.values()):
        raise ProfileFieldInvalid("name", "An address is called address, a full name fullname; nothing else is.")
    if not field.label.strip():
        raise ProfileFieldInvalid("label", "Say what people are asked for.")
    for name, most in (("label", 128), ("description", 256)):
        if len(getattr(field, name)) > most:
            raise ProfileFieldInvalid(name, f"Use at most {most} characters.")
    texts = field.labels.items() if isinstance(field.labels, dict) else [(0, 0)]
    if not all(isinstance(language, str) and isinstance(label, str) for language, label in texts):
        raise ProfileFieldInvalid("labels", "Give a label for each language.")
    _check_config(field)


def _check_config(field: ProfileField) -> None:
    known = _CONFIG[field.type]
    for name, value in field.config.items():
        is_number_by_mistake = isinstance(value, bool) and known.get(name) is not bool
        if name not in known or not isinstance(value, known[name]) or is_number_by_mistake:
            raise ProfileFieldInvalid("config", f"{name} is not known for this type, or not of the right kind.")
    if rule := _CONFIG_RULES.get(field.type):
        rule(field.config)
    for low, high in (("minLength", "maxLength"), ("minValue", "maxValue")):
        if low in field.config and high in field.config and field.config[low] > field.config[high]:
            raise ProfileFieldInvalid("config", "The least is more than the most.")
    names = [part.get("name") for part in field.config.get("parts", []) if isinstance(part, dict)]
    if field.config.get("parts") and (not set(names) <= set(PARTS[field.type]) or len(set(names)) < len(names)):
        raise ProfileFieldInvalid("config", f"Parts are {', '.join(PARTS[field.type])}, each once.")


def _check_options(config: dict[str, Any]) -> None:
    options = config.get("options") or []
    if not options or not all(isinstance(one, dict) and one.get("value") for one in options):
        raise ProfileFieldInvalid("config", "Give the choices, each with a value.")


def _check_pattern(config: dict[str, Any]) -> None:
    try:
        re.compile(config.get("format", ""))
    except re.error as error:
        raise ProfileFieldInvalid("config", "This is not a regular expression.") from error
    if not config.get("format"):
        raise ProfileFieldInvalid("config", "Give the regular expression.")


def _check_date_format(config: dict[str, Any]) -> None:
    pattern = date_format(config)
    if not all(pattern.count(token) == 1 for token in ("yyyy", "MM", "dd")):
        raise ProfileFieldInvalid("config", "A format of dates has yyyy, MM and dd.")


_CONFIG_RULES: dict[str, Callable[[dict[str, Any]], None]] = {
    "Select": _check_options, "Regex": _check_pattern, "Date": _check_date_format,
}  # fmt: skip


def date_format(config: dict[str, Any]) -> str:
    """As it is written in the settings: `dd/MM/yyyy`."""
    chosen = str(config.get("format") or DATE_FORMATS[0])
    return str(config.get("customFormat", "")) if chosen == "custom" else chosen


# --- Answers


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
    return (user.profile if field.name in (*PROFILE_KEYS, "address") else user.custom_data).get(field.name)


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
        (profile if name in (*PROFILE_KEYS, "address") else custom_data).pop(name, None)
    for name, value in answers.items():
        if name in COLUMNS:
            changes[name] = value
        elif name == "fullname":
            profile |= value
            if not (user and user.name):
                changes.setdefault("name", " ".join(value[part] for part in PARTS["Fullname"] if part in value)[:128])
        else:
            (profile if name in (*PROFILE_KEYS, "address") else custom_data)[name] = value
    if profile != (user.profile if user else {}):
        changes["profile"] = profile
    if custom_data != (user.custom_data if user else {}):
        changes["custom_data"] = custom_data
    return changes


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
        number = float("nan")
    if isinstance(value, bool) or number != number or number in (float("inf"), float("-inf")):
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
