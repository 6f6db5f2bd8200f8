from typing import Any

import pytest

from connectors.default_templates import STAFF_EMAIL, email_templates, sms_templates
from connectors.errors import ConfigProblem
from connectors.ports import ConnectorType, UsageType
from connectors.template_rules import check_templates

SMS, EMAIL = ConnectorType.SMS, ConnectorType.EMAIL


def paths(problems: list[ConfigProblem]) -> list[str]:
    return [problem.path for problem in problems]


def test_the_defaults_pass_and_cover_every_use() -> None:
    for templates, type in ((sms_templates(), SMS), (email_templates(), EMAIL)):
        assert check_templates(templates, type) == []
        own = set(UsageType) - set(STAFF_EMAIL)
        assert [template["usageType"] for template in templates] == [usage for usage in UsageType if usage in own]


def test_the_default_texts() -> None:
    for template in sms_templates():
        assert "10 minutes" in template["content"]
        assert len(template["content"]) <= 160
        assert template["content"].isascii()
    for template in email_templates():
        is_invitation = template["usageType"] == "OrganizationInvitation"
        assert ("10 minutes" in template["content"]) is not is_invitation


@pytest.mark.parametrize("value", [None, {}, "text", 3])
def test_no_list(value: object) -> None:
    assert paths(check_templates(value, SMS)) == ["$.templates"]


def test_the_required_uses() -> None:
    [problem] = check_templates([{"usageType": "Generic", "content": "{{code}}"}], SMS)
    assert problem == ConfigProblem("$.templates", "Add a template for: Register, SignIn, ForgotPassword.")


@pytest.mark.parametrize(
    ("entry", "path"),
    [
        ("text", "$.templates[9]"),
        ({"usageType": "Extra"}, "$.templates[9]"),
        ({"usageType": "", "content": "x"}, "$.templates[9].usageType"),
        ({"usageType": 4, "content": "x"}, "$.templates[9].usageType"),
        ({"usageType": ["SignIn"], "content": "x"}, "$.templates[9].usageType"),
        ({"usageType": "Extra", "content": " "}, "$.templates[9].content"),
        ({"usageType": "Extra", "content": "x", "subject": "y"}, "$.templates[9].subject"),
        ({"usageType": "Extra", "content": "x", "a b": "y"}, '$.templates[9]["a b"]'),
        ({"usageType": "SignIn", "content": "{{code}}"}, "$.templates[9].usageType"),
    ],
)
def test_a_wrong_entry(entry: Any, path: str) -> None:
    assert paths(check_templates([*sms_templates(), entry], SMS)) == [path]


def test_a_use_of_ones_own_invention_needs_no_code() -> None:
    assert check_templates([*sms_templates(), {"usageType": "Reminder", "content": "Hi"}], SMS) == []


@pytest.mark.parametrize(
    ("type", "usage", "content", "accepted"),
    [
        (SMS, "OrganizationInvitation", "{{ code }}", True),
        (SMS, "OrganizationInvitation", "{{link}}", False),
        (EMAIL, "OrganizationInvitation", "{{link}}", True),
        (EMAIL, "OrganizationInvitation", "{{code}}", False),
        (EMAIL, "BindMfa", "{{code}}", True),
        (EMAIL, "BindMfa", "{code}", False),
    ],
)
def test_the_variable_a_template_must_carry(type: ConnectorType, usage: str, content: str, accepted: bool) -> None:
    templates = sms_templates() if type is SMS else email_templates()
    index = [template["usageType"] for template in templates].index(usage)
    templates[index]["content"] = content
    assert paths(check_templates(templates, type)) == ([] if accepted else [f"$.templates[{index}].content"])


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"contentType": "text/rtf"}, "$.templates[0].contentType"),
        ({"subject": "One\nBcc: all@example.com"}, "$.templates[0].subject"),
        ({"subject": "One\u2028Two"}, "$.templates[0].subject"),
    ],
)
def test_a_wrong_mail(change: dict[str, str], path: str) -> None:
    templates = email_templates()
    templates[0].update(change)
    assert paths(check_templates(templates, EMAIL)) == [path]
