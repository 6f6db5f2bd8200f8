"""Turns a template into the text of one message."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from connectors.default_templates import staff_template
from connectors.errors import ConnectorError, ErrorCategory
from connectors.ports import Message, UsageType

_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


def choose(templates: Sequence[Mapping[str, Any]], usage_type: UsageType, language: str = "en") -> Mapping[str, Any]:
    """The template made for this use, else the generic one (a message to administrators: ours); in this language, else
    without one.

    A template with a `language` (BCP 47) is for readers of that language. A text that is as it comes with Latchkey is
    said in the reader's language all the same.
    """
    found = {(template["usageType"], template.get("language", "").lower()): template for template in templates}
    tags = (language, language.partition("-")[0], "")
    for wanted in (usage_type, UsageType.GENERIC):
        for tag in tags:
            if (wanted, tag) in found:
                return _translated(found[wanted, tag], language)
        if own := staff_template(wanted):
            return own
    raise ConnectorError(
        category=ErrorCategory.CONFIGURATION,
        provider_code="template_not_found",
        meaning=f"The connector has no message template for {usage_type} and no generic one.",
        advice="Add a template with the usage type Generic to the connector.",
    )


def _translated(template: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """The texts of connectors.default_templates are sentences of the catalogs; texts of administrators are not."""
    if template.get("language"):
        return template
    with translation.override(language):
        said = {key: gettext(template[key]) for key in ("subject", "content") if template.get(key)}
    return {**template, **said}


def render(text: str, message: Message, *, escape: Callable[[str], str] = str) -> str:
    """Replace `{{code}}` and the like. `escape` makes a value safe for the text it lands in."""

    def replace(match: re.Match[str]) -> str:
        root, *steps = match[1].split(".")
        if root not in message.variables:
            # Braces that are not ours may mean something to the reader.
            return match[0]
        return escape(_follow(message.variables[root], steps))

    return _PLACEHOLDER.sub(replace, text)


def placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def _follow(value: object, steps: list[str]) -> str:
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return "" if value is None or isinstance(value, Mapping) else str(value)
