"""Checks a configuration against its form: known keys, required keys, types, defaults."""

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from connectors.errors import ConfigProblem
from connectors.forms import FormItem, FormItemType

TYPE_CHECKS: dict[FormItemType, tuple[type, str]] = {
    FormItemType.TEXT: (str, "Write this as text."),
    FormItemType.MULTILINE_TEXT: (str, "Write this as text."),
    FormItemType.SELECT: (str, "Choose one of the offered values."),
    FormItemType.NUMBER: (int, "Write this as a whole number."),
    FormItemType.SWITCH: (bool, "Use true or false."),
    FormItemType.MULTI_SELECT: (list, "Write this as a list."),
}


def check_fields(config: Mapping[str, Any], items: tuple[FormItem, ...]) -> tuple[dict[str, Any], list[ConfigProblem]]:
    """Optional keys left empty are absent from the result, or hold their default."""
    known = {item.key for item in items}
    problems = [
        ConfigProblem(child("$", key), f"This connector has no such setting. {_advice(key, known)}")
        for key in config
        if key not in known
    ]
    clean: dict[str, Any] = {}
    for item in items:
        value = _normal(config.get(item.key), item)
        if value is None:
            problems += _missing(item, config)
        elif problem := _wrong_type(value, item):
            problems.append(problem)
        else:
            clean[item.key] = value
    return clean, problems


def _advice(key: str, known: set[str]) -> str:
    lower = {name.lower(): name for name in sorted(known)}
    near = get_close_matches(key.lower(), lower, n=1)
    return f"Did you mean {lower[near[0]]}?" if near else "Remove it, or check the spelling."


def child(path: str, key: str) -> str:
    """Extend a JSON path; a key that is no plain word goes in brackets."""
    if re.fullmatch(r"[^\W\d]\w*", key):
        return f"{path}.{key}"
    return f"{path}[{json.dumps(key, ensure_ascii=False)}]"


def _normal(value: Any, item: FormItem) -> Any:
    if isinstance(value, str) and item.type is not FormItemType.MULTILINE_TEXT:
        value = value.strip()
    # Number inputs of a browser arrive as text.
    if item.type is FormItemType.NUMBER and isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        return int(value)
    if value is None or value == "":
        return None if item.required else item.default_value
    return value


def _missing(item: FormItem, config: Mapping[str, Any]) -> list[ConfigProblem]:
    if item.required and item.is_shown(config):
        return [ConfigProblem(child("$", item.key), f"Fill in: {item.label}.")]
    return []


def _wrong_type(value: Any, item: FormItem) -> ConfigProblem | None:
    expected, sentence = TYPE_CHECKS.get(item.type, (object, ""))
    # bool is an int to Python, not to JSON.
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        return ConfigProblem(child("$", item.key), sentence)
    offered = {option.value for option in item.select_items}
    chosen: list[Any] = value if isinstance(value, list) else [value]
    if offered and not all(isinstance(one, str) and one in offered for one in chosen):
        return ConfigProblem(child("$", item.key), "Choose from: " + ", ".join(sorted(offered)) + ".")
    return None
