"""What a list of message templates must look like."""

import re
from collections.abc import Mapping
from typing import Any

from connectors.config import child
from connectors.errors import ConfigProblem
from connectors.ports import ConnectorType, UsageType
from connectors.templates import placeholders

REQUIRED_USAGES = (UsageType.REGISTER, UsageType.SIGN_IN, UsageType.FORGOT_PASSWORD, UsageType.GENERIC)
LANGUAGE = "language"  # a key that a template may have: whose readers it is for
CONTENT_TYPES = ("text/plain", "text/html")
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47
KEYS = {
    ConnectorType.SMS: ("usageType", "content"),
    ConnectorType.EMAIL: ("usageType", "contentType", "subject", "content"),
}


def templates_schema(type: ConnectorType) -> dict[str, object]:
    """The same as JSON Schema, as far as it can be said: what an editor shows while somebody writes them."""
    keys: dict[str, dict[str, object]] = {
        "usageType": {
            "type": "string",
            "examples": [str(usage) for usage in UsageType],
            "description": "When it is sent.",
        },
        "contentType": {"type": "string", "enum": list(CONTENT_TYPES)},
        "subject": {"type": "string", "description": "On one line."},
        "content": {"type": "string", "description": "Holds {{code}}; an invitation by mail holds {{link}}."},
        LANGUAGE: {"type": "string", "description": "Only for readers of this language, such as de or pt-BR."},
    }
    known = {key: keys[key] for key in (*KEYS[type], LANGUAGE)}
    entry = {"type": "object", "properties": known, "required": list(KEYS[type]), "additionalProperties": False}
    return {"type": "array", "items": entry}


def check_templates(value: object, type: ConnectorType, path: str = "$.templates") -> list[ConfigProblem]:
    if not isinstance(value, list):
        return [ConfigProblem(path, "Write the templates as a list: [ … ].")]
    problems: list[ConfigProblem] = []
    seen: set[tuple[str, str]] = set()
    for index, entry in enumerate(value):
        place = f"{path}[{index}]"
        if not isinstance(entry, Mapping):
            problems.append(ConfigProblem(place, "Write each template as an object: { … }."))
            continue
        problems += _check_entry(entry, type, place) + _check_repeated(entry, seen, place)
    return problems + _check_complete(seen, path)


def _check_entry(entry: Mapping[str, Any], type: ConnectorType, place: str) -> list[ConfigProblem]:
    problems = [
        ConfigProblem(child(place, key), f"A template has no such key. It has: {', '.join(KEYS[type])}.")
        for key in entry
        if key not in (*KEYS[type], LANGUAGE)
    ]
    if LANGUAGE in entry and not _is_tag(entry[LANGUAGE]):
        problems.append(ConfigProblem(child(place, LANGUAGE), "Give the tag of a language, such as de or pt-BR."))
    for key in KEYS[type]:
        if key not in entry:
            problems.append(ConfigProblem(place, f"This template lacks its {key}."))
        elif not isinstance(entry[key], str) or not entry[key].strip():
            problems.append(ConfigProblem(child(place, key), f"The {key} must be text and not empty."))
        elif key in _VALUE_RULES and (sentence := _VALUE_RULES[key](entry, type)):
            problems.append(ConfigProblem(child(place, key), sentence))
    return problems


def _check_repeated(entry: Mapping[str, Any], seen: set[tuple[str, str]], place: str) -> list[ConfigProblem]:
    usage, language = entry.get("usageType"), entry.get(LANGUAGE, "")
    if not isinstance(usage, str) or not isinstance(language, str):
        return []
    if (usage, language.lower()) in seen:
        named = f"{usage} in {language}" if language else usage
        return [ConfigProblem(child(place, "usageType"), f"There is already a template for {named}.")]
    seen.add((usage, language.lower()))
    return []


def _is_tag(value: object) -> bool:
    return isinstance(value, str) and bool(_TAG.fullmatch(value))


def _check_complete(seen: set[tuple[str, str]], path: str) -> list[ConfigProblem]:
    """Those that are for every language: a reader of another one must not be left without a message."""
    missing = [usage for usage in REQUIRED_USAGES if (usage, "") not in seen]
    return [ConfigProblem(path, f"Add a template for: {', '.join(missing)}.")] if missing else []


def _content_rule(entry: Mapping[str, Any], type: ConnectorType) -> str:
    variable = carried_variable(entry.get("usageType"), type)
    if variable and variable not in placeholders(entry["content"]):
        return f"The content must hold {{{{{variable}}}}}; without it the message is of no use to its reader."
    return ""


def _content_type_rule(entry: Mapping[str, Any], type: ConnectorType) -> str:
    return "" if entry["contentType"] in CONTENT_TYPES else f"Use one of: {', '.join(CONTENT_TYPES)}."


def _subject_rule(entry: Mapping[str, Any], type: ConnectorType) -> str:
    # A line break here would begin a mail header of the writer's choice.
    return "Keep the subject on one line." if len(entry["subject"].splitlines()) > 1 else ""


_VALUE_RULES = {"content": _content_rule, "contentType": _content_type_rule, "subject": _subject_rule}


def carried_variable(usage: object, type: ConnectorType) -> str:
    """What a template of this use exists to deliver; empty for a use of the administrator's own invention."""
    if usage not in list(UsageType):
        return ""
    invitations = (UsageType.ORGANIZATION_INVITATION, UsageType.ADMINISTRATOR_INVITATION)
    if usage in invitations and type is ConnectorType.EMAIL:
        return "link"
    return "code"
