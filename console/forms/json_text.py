"""A form field for JSON as people type it, with the line and column of every mistake."""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from connectors.json_text import JsonTextError, locate, parse_json
from idp.lib.storable import REFUSED, is_storable

_INITIAL: Any = object()
_KINDS = {
    "string": "text", "integer": "whole number", "boolean": "true or false", "array": "list", "object": "object",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is known, as it is explained below the editor."""

    name: str
    kind: str
    is_required: bool
    text: str


class JsonBoundField(forms.BoundField):
    """What the editor needs beside the text: its schema, and the texts that it can be compared with."""

    field: "JsonTextField"

    @property
    def saved_text(self) -> str:
        return self._text(self.initial if self.field.saved is _INITIAL else self.field.saved)

    @property
    def default_text(self) -> str:
        return self._text(self.field.default)

    @property
    def schema_text(self) -> str:
        return json.dumps(self.field.schema, ensure_ascii=False) if self.field.schema else ""

    @property
    def keys(self) -> list[Key]:
        """Of the object that is asked for, or of each object in the list."""
        described = self.field.schema.get("items", self.field.schema)
        required = described.get("required", ())
        return [_key(name, one, name in required) for name, one in described.get("properties", {}).items()]

    def _text(self, value: Any) -> str:
        return "" if value in (None, "", {}) else str(self.field.prepare_value(value))


def _key(name: str, schema: dict[str, Any], is_required: bool) -> Key:
    offered = schema.get("enum") or schema.get("items", {}).get("enum") or []
    text = " ".join(filter(None, [schema.get("description", ""), f"One of: {', '.join(offered)}." if offered else ""]))
    return Key(name, _KINDS.get(schema.get("type", ""), "any JSON"), is_required, text)


class JsonTextField(forms.CharField):
    """Cleans to the parsed value, or None when empty. Drawn as an editor by static/js/json-editor.js.

    `schema` (JSON Schema, as much as js/json-schema.js knows) is for hints. The text can be compared with what is saved, the
    initial value unless something else is given as `saved`, and with `default`.
    """

    widget = forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"})

    bound_field_class = JsonBoundField

    def __init__(
        self, *, schema: dict[str, Any] | None = None, saved: Any = _INITIAL, default: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(strip=False, **kwargs)
        self.schema, self.saved, self.default = schema or {}, saved, default
        self.template_name = "_components/json_editor.html"

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
            parsed = parse_json(text)
        except JsonTextError as error:
            raise place_error(error.line, error.column, error.message) from error
        if not is_storable(parsed):
            raise ValidationError(REFUSED, code="json")
        return parsed

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
