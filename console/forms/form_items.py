"""Form fields for the parameters that a connector asks for (connectors.forms.FormItem)."""

import json
from collections.abc import Callable
from typing import Any

from django import forms

from connectors.ports import FormItem, FormItemType
from connectors.schema import is_required
from console.forms.json_text import JsonTextField


def field_for(item: FormItem) -> forms.Field:
    field = _FIELDS[item.type](item)
    field.label, field.help_text = item.label, item.description
    # An item that depends on another is only required while it is shown; the connector's own check knows when.
    field.required = is_required(item)
    field.widget.is_required = field.required
    field.error_messages["required"] = f"Fill in: {item.label}."
    if item.placeholder:
        field.widget.attrs["placeholder"] = item.placeholder
    if item.show_conditions:
        conditions = {one.target_key: one.expect_value for one in item.show_conditions}
        field.widget.attrs["data-show-when"] = json.dumps(conditions)
    return field


def _text(item: FormItem) -> forms.Field:
    if item.is_confidential:
        # Rendered because what is in it is a mask, or what this administrator has just typed; never the stored secret.
        return forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=True))
    return forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))


def _multiline(item: FormItem) -> forms.Field:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), strip=False)


def _choices(item: FormItem) -> list[tuple[str, str]]:
    return [(option.value, option.title) for option in item.select_items]


def _select(item: FormItem) -> forms.Field:
    return forms.ChoiceField(choices=[("", "Choose…"), *_choices(item)])


def _multi_select(item: FormItem) -> forms.Field:
    return forms.MultipleChoiceField(choices=_choices(item), widget=forms.CheckboxSelectMultiple)


def _switch(item: FormItem) -> forms.Field:
    return forms.BooleanField(widget=forms.CheckboxInput(attrs={"role": "switch"}))


_FIELDS: dict[FormItemType, Callable[[FormItem], forms.Field]] = {
    FormItemType.TEXT: _text,
    FormItemType.NUMBER: lambda item: forms.IntegerField(),
    FormItemType.MULTILINE_TEXT: _multiline,
    FormItemType.SWITCH: _switch,
    FormItemType.SELECT: _select,
    FormItemType.MULTI_SELECT: _multi_select,
    FormItemType.JSON: lambda item: JsonTextField(schema=dict(item.schema), default=item.default_value),
}


def starting_values(items: tuple[FormItem, ...]) -> dict[str, Any]:
    return {item.key: item.default_value for item in items}
