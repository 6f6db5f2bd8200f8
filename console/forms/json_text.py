"""A form field for JSON as people type it, with the line and column of every mistake."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from connectors.json_text import JsonTextError, locate, parse_json


class JsonTextField(forms.CharField):
    """Cleans to the parsed value, or None when empty. Drawn as an editor by static/js/json-editor.js."""

    widget = forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.template_name = "console/_json_field.html"

    def prepare_value(self, value: Any) -> Any:
        """Text that was typed stays as it is; a stored value becomes text."""
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        if not text.strip():
            return None
        try:
            return parse_json(text)
        except JsonTextError as error:
            raise place_error(error.line, error.column, error.message) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class JsonObjectField(JsonTextField):
    """A JSON object; nothing typed is the empty object."""

    def to_python(self, value: Any) -> Any:
        parsed = super().to_python(value)
        if parsed is None:
            return {}
        if not isinstance(parsed, dict):
            raise place_error(1, 1, "Write an object: { … }.")
        return parsed


def problem_at(text: str, path: str, message: str) -> ValidationError:
    """An error about the value at a JSON path of a text that parses; `$` is the whole text and needs no place."""
    if path == "$" or not text.strip():
        return ValidationError(_literal(message))
    return place_error(*locate(text, path), message)


def place_error(line: int, column: int, message: str) -> ValidationError:
    return ValidationError(
        f"Line %(line)d, column %(column)d: {_literal(message)}",
        code="json",
        params={"line": line, "column": column},
    )


def _literal(message: str) -> str:
    return message.replace("%", "%%")
