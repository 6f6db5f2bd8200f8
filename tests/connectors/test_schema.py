"""The hints for an editor, from the form that a connector describes itself."""

import pytest

from connectors.config import check_fields
from connectors.ports import ConnectorKind, FormItem, FormItemType, SelectItem, ShowCondition
from connectors.registry import kinds
from connectors.schema import schema_of

FORM = (
    FormItem(type=FormItemType.TEXT, key="host", label="Host", required=True, description="Where it is."),
    FormItem(type=FormItemType.NUMBER, key="port", label="Port"),
    FormItem(type=FormItemType.SWITCH, key="secure", label="TLS", required=True),
    FormItem(
        type=FormItemType.SELECT, key="region", label="Region", required=True,
        select_items=(SelectItem("eu", "Europe"), SelectItem("us", "States")),
        show_conditions=(ShowCondition("secure", True),),
    ),
)  # fmt: skip


def test_a_form_becomes_a_schema() -> None:
    assert schema_of(FORM) == {
        "type": "object",
        "properties": {
            "host": {"type": "string", "title": "Host", "description": "Where it is."},
            "port": {"type": "integer", "title": "Port"},
            "secure": {"type": "boolean", "title": "TLS"},
            "region": {"type": "string", "enum": ["eu", "us"], "title": "Region"},
        },
        "required": ["host"],  # a switch may be off, and the region is not always asked for
        "additionalProperties": False,
    }


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.id)
def test_every_json_parameter_says_what_it_holds(kind: ConnectorKind) -> None:
    described = [item.key for item in kind.form_items if item.type is FormItemType.JSON and item.schema]
    assert described == [item.key for item in kind.form_items if item.type is FormItemType.JSON]


@pytest.mark.parametrize(
    ("key", "advice"),
    [("hsot", "Did you mean host?"), ("PORT", "Did you mean port?"), ("colour", "Remove it, or check the spelling.")],
)
def test_the_nearest_name_is_told(key: str, advice: str) -> None:
    _, problems = check_fields({"host": "x", "secure": False, key: 1}, FORM)
    assert [problem.message for problem in problems] == [f"This connector has no such setting. {advice}"]
