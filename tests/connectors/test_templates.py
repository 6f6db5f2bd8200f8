import html

import pytest

from connectors.errors import ConnectorError, ErrorCategory
from connectors.ports import Message, UsageType
from connectors.templates import choose, render

MESSAGE = Message("a@example.com", UsageType.SIGN_IN, {"code": "042", "user": {"name": "Zoë <3", "avatar": None}})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{code}} and {{ code }}", "042 and 042"),
        ("Hi {{user.name}}", "Hi Zoë <3"),
        ("[{{user.phone}}] [{{user.avatar}}] [{{user.name.first}}] [{{user}}] [{{code.x}}]", "[] [] [] [] []"),
        ("{{link}} {{ other.key }}", "{{link}} {{ other.key }}"),
        ("{code} {{co de}} {{}}", "{code} {{co de}} {{}}"),
    ],
)
def test_placeholders(text: str, expected: str) -> None:
    assert render(text, MESSAGE) == expected


def test_a_value_is_not_read_as_a_template() -> None:
    message = Message("a@example.com", UsageType.SIGN_IN, {"code": "1", "name": "{{code}}"})
    assert render("{{name}}", message) == "{{code}}"


def test_values_can_be_escaped() -> None:
    assert render("<b>{{user.name}}</b>", MESSAGE, escape=html.escape) == "<b>Zoë &lt;3</b>"


def test_the_choice() -> None:
    templates = [{"usageType": "Generic", "content": "g"}, {"usageType": "SignIn", "content": "s"}]
    assert choose(templates, UsageType.SIGN_IN)["content"] == "s"
    assert choose(templates, UsageType.BIND_MFA)["content"] == "g"


def test_no_choice() -> None:
    with pytest.raises(ConnectorError, match="no message template for BindMfa") as caught:
        choose([{"usageType": "SignIn", "content": "s"}], UsageType.BIND_MFA)
    assert caught.value.category is ErrorCategory.CONFIGURATION


def test_a_message_does_not_show_its_code() -> None:
    assert "042" not in repr(MESSAGE)
