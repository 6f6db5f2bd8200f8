"""SMS through Twilio: a Messaging Service picks the sender."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.config import check_fields
from connectors.default_templates import sms_templates
from connectors.errors import ConfigError, ConfigProblem
from connectors.ports import ConnectorKind, ConnectorType, FormItem, FormItemType, Message, Receipt, StatusReport
from connectors.template_rules import check_templates, templates_schema
from connectors.templates import choose, render

FORM = (
    FormItem(
        type=FormItemType.TEXT,
        key="accountSID",
        label="Account SID",
        placeholder="AC…",
        required=True,
        description="On the first page of the Twilio Console, under Account Info.",
    ),
    FormItem(
        type=FormItemType.TEXT,
        key="authToken",
        label="Auth Token",
        required=True,
        is_confidential=True,
        description="Beside the Account SID.",
    ),
    FormItem(
        type=FormItemType.TEXT,
        key="fromMessagingServiceSID",
        label="From Messaging Service SID",
        placeholder="MG…",
        required=True,
        description="In the Twilio Console under Messaging > Services.",
    ),
    FormItem(
        type=FormItemType.SWITCH,
        key="disableRiskCheck",
        label="Disable risk check",
        default_value=False,
        description="Twilio holds back messages that look like SMS pumping. Turn this on to send them all the same.",
    ),
    FormItem(
        type=FormItemType.SWITCH,
        key="webOtp",
        label="Let browsers fill in the code",
        default_value=False,
        description="Adds a last line such as @id.example.com #123456. It may make the message a segment longer.",
    ),
    FormItem(
        type=FormItemType.TEXT,
        key="androidAppHash",
        label="Android app hash",
        placeholder="FA+9qCX9VSu",
        description="For an app that reads the code with the SMS Retriever API: eleven characters, one app.",
    ),
    FormItem(
        type=FormItemType.TEXT,
        key="region",
        label="Region",
        placeholder="ie1",
        description="Only for accounts outside the United States region.",
    ),
    FormItem(
        type=FormItemType.TEXT,
        key="edge",
        label="Edge",
        placeholder="dublin",
        description="Twilio's door nearest to this server. Needs a region.",
    ),
    FormItem(
        type=FormItemType.JSON,
        key="templates",
        label="Templates",
        required=True,
        default_value=sms_templates(),
        schema=templates_schema(ConnectorType.SMS),
        description="One text for each use. {{code}} is where the code goes.",
    ),
)

# Patterns are loose on purpose: test credentials are not always hexadecimal. They do keep URLs and headers intact.
FORMATS = (
    ("accountSID", r"AC\w+", "An Account SID begins with AC. Find it on the first page of the Twilio Console."),
    ("authToken", r"[!-~]+", "An auth token has no spaces or special letters. Copy it again from the Twilio Console."),
    (
        "fromMessagingServiceSID",
        r"MG\w+",
        "A messaging service SID begins with MG. Find it in the Twilio Console under Messaging > Services.",
    ),
    ("androidAppHash", r"[A-Za-z0-9+/]{11}", "An app hash has eleven letters, digits, plus signs and slashes."),
    ("region", r"[a-z0-9-]+", "A region is a short word such as us1, ie1 or au1."),
    ("edge", r"[a-z0-9-]+", "An edge is a short word such as dublin or ashburn."),
)


def validate(config: Mapping[str, Any]) -> dict[str, Any]:
    clean, problems = check_fields(config, FORM)
    for key, pattern, sentence in FORMATS:
        if key in clean and not re.fullmatch(pattern, clean[key], re.ASCII):
            problems.append(ConfigProblem(f"$.{key}", sentence))
    if "edge" in clean and "region" not in clean:
        problems.append(ConfigProblem("$.edge", "An edge needs a region beside it, for example us1."))
    if "templates" in clean:
        problems += check_templates(clean["templates"], ConnectorType.SMS)
    if problems:
        raise ConfigError(problems)
    return clean


class TwilioSmsSender:
    def __init__(self, config: Mapping[str, Any]) -> None:
        from connectors.twilio_api import create_message  # noqa: PLC0415 - the SDK takes most of a second to import

        self._config, self._create = config, create_message

    def send(self, message: Message) -> Receipt:
        body = render(choose(self._config["templates"], message.usage_type, message.language)["content"], message)
        body = "\n".join([body, *_lines_for_machines(self._config, message)])
        to = f"+{message.to.removeprefix('+')}"
        return self._create(self._config, to=to, body=body, status_url=message.status_url)


def _lines_for_machines(config: Mapping[str, Any], message: Message) -> list[str]:
    """Below the sentence for people: the app that may read the message (Android's SMS Retriever), and last the page that the
    code belongs to (https://wicg.github.io/sms-one-time-codes/).
    """
    code, lines = message.variables.get("code"), []
    if code and config.get("androidAppHash"):
        lines.append(config["androidAppHash"])
    if code and config.get("webOtp") and message.domain:
        lines.append(f"@{message.domain} #{code}")
    return ["", *lines] if lines else []


def _read_status(
    config: Mapping[str, Any], url: str, fields: Mapping[str, str], headers: Mapping[str, str]
) -> StatusReport:
    from connectors.twilio_status import read_status  # noqa: PLC0415 - as above

    return read_status(config, url, fields, headers)


def _fetch_receipt(config: Mapping[str, Any], provider_id: str) -> Receipt:
    from connectors.twilio_api import fetch_message  # noqa: PLC0415 - as above

    return fetch_message(config, provider_id)


TWILIO_SMS = ConnectorKind(
    id="twilio-short-message-service",
    target="twilio-sms",
    type=ConnectorType.SMS,
    name="Twilio SMS",
    description="Sends text messages all over the world through your own Twilio account.",
    icon="sms",
    guide=Path(__file__).with_name("guides") / "twilio_sms.md",
    form_items=FORM,
    validate=validate,
    build=TwilioSmsSender,
    identified_by=("fromMessagingServiceSID",),
    read_status=_read_status,
    fetch_receipt=_fetch_receipt,
)
