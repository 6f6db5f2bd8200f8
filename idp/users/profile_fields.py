"""What people are asked about themselves (section 4.3): the fields, and what each may be. The answers: profile_answers."""

import re
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from idp.audit.services import record
from idp.users.errors import ProfileFieldInvalid, ProfileFieldTaken
from idp.users.models import ProfileField

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
