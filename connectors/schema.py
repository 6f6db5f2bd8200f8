"""What a connector asks for, as JSON Schema: hints for an editor, taken from the form that the connector describes itself."""

from collections.abc import Iterable

from connectors.forms import FormItem, FormItemType

_TYPES = {
    FormItemType.TEXT: "string",
    FormItemType.MULTILINE_TEXT: "string",
    FormItemType.SELECT: "string",
    FormItemType.NUMBER: "integer",
    FormItemType.SWITCH: "boolean",
    FormItemType.MULTI_SELECT: "array",
}


def schema_of(items: Iterable[FormItem]) -> dict[str, object]:
    """Required is what must be there whatever else is chosen; a switch that is left out is off."""
    items = tuple(items)
    return {
        "type": "object",
        "properties": {item.key: _property(item) for item in items},
        "required": [item.key for item in items if is_required(item)],
        "additionalProperties": False,
    }


def is_required(item: FormItem) -> bool:
    return item.required and not item.show_conditions and item.type is not FormItemType.SWITCH


def _property(item: FormItem) -> dict[str, object]:
    words: dict[str, object] = {"title": item.label, **({"description": item.description} if item.description else {})}
    if item.type is FormItemType.JSON:
        return {**item.schema, **words}
    offered: dict[str, object] = {"enum": [option.value for option in item.select_items]} if item.select_items else {}
    if item.type is FormItemType.MULTI_SELECT:
        return {"type": "array", "items": {"type": "string", **offered}, **words}
    return {"type": _TYPES[item.type], **offered, **words}
