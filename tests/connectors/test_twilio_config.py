from typing import Any

import pytest

from connectors.errors import ConfigError, ConfigProblem
from connectors.ports import FormItemType
from connectors.twilio_sms import TWILIO_SMS


def problems(config: dict[str, Any]) -> tuple[ConfigProblem, ...]:
    with pytest.raises(ConfigError) as caught:
        TWILIO_SMS.validate(config)
    return caught.value.problems


def test_the_normal_form(twilio_config: dict[str, Any]) -> None:
    given = twilio_config | {"accountSID": " ACemulator\n", "region": "", "edge": None}
    assert TWILIO_SMS.validate(given) == twilio_config | {"disableRiskCheck": False, "webOtp": False}


def test_the_form_offers_defaults_that_pass(twilio_config: dict[str, Any]) -> None:
    defaults = {item.key: item.default_value for item in TWILIO_SMS.form_items if item.default_value is not None}
    assert TWILIO_SMS.validate(twilio_config | defaults)


def test_only_the_token_is_confidential() -> None:
    assert [item.key for item in TWILIO_SMS.form_items if item.is_confidential] == ["authToken"]
    assert [item.key for item in TWILIO_SMS.form_items if item.type is FormItemType.JSON] == ["templates"]


def test_all_problems_are_told_at_once() -> None:
    found = problems({"accountSID": "123", "authToken": 7, "colour": "red", "odd key": 1, "disableRiskCheck": "no"})
    assert {problem.path for problem in found} == {
        "$.colour",
        '$["odd key"]',
        "$.accountSID",
        "$.authToken",
        "$.fromMessagingServiceSID",
        "$.disableRiskCheck",
        "$.templates",
    }


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"accountSID": "AC/../x"}, "$.accountSID", "begins with AC"),
        ({"fromMessagingServiceSID": "+14155550100"}, "$.fromMessagingServiceSID", "Messaging > Services"),
        ({"authToken": "two words"}, "$.authToken", "no spaces"),
        ({"region": "evil.example/#"}, "$.region", "short word"),
        ({"edge": "dublin"}, "$.edge", "needs a region"),
    ],
)
def test_a_wrong_value(twilio_config: dict[str, Any], change: dict[str, str], path: str, words: str) -> None:
    [problem] = problems(twilio_config | change)
    assert problem.path == path
    assert words in problem.message


def test_a_problem_inside_the_templates(twilio_config: dict[str, Any]) -> None:
    twilio_config["templates"][2]["content"] = "No code here."
    [problem] = problems(twilio_config)
    assert problem.path == "$.templates[2].content"
    assert (problem.key, problem.inner_path) == ("templates", "$[2].content")
    assert "{{code}}" in problem.message
