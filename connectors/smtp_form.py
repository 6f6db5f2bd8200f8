"""What the SMTP connector asks for, and the rules for the answers."""

import ipaddress
import re
from collections.abc import Mapping
from email.utils import getaddresses
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from connectors.config import check_fields, child
from connectors.default_templates import email_templates
from connectors.errors import ConfigError, ConfigProblem
from connectors.ports import ConnectorType, FormItem, FormItemType
from connectors.template_rules import check_templates, templates_schema

FORM = (
    FormItem(
        type=FormItemType.TEXT,
        key="host",
        label="Host",
        placeholder="smtp.example.com",
        required=True,
        is_destination=True,
    ),
    FormItem(
        type=FormItemType.NUMBER,
        key="port",
        label="Port",
        placeholder="587",
        required=True,
        is_destination=True,
        description="587 with STARTTLS, 465 with TLS from the start.",
    ),
    FormItem(
        type=FormItemType.JSON,
        key="auth",
        label="Auth",
        placeholder='{"user": "…", "pass": "…"}',
        is_confidential=True,
        schema={
            "type": "object",
            "properties": {
                "type": {"type": "string", "enum": ["login"]},
                "user": {"type": "string"},
                "pass": {"type": "string"},
            },
            "required": ["user", "pass"],
            "additionalProperties": False,
        },
        description="User name and password. Leave empty for a server that asks for none.",
    ),
    FormItem(
        type=FormItemType.TEXT,
        key="fromEmail",
        label="From Email",
        placeholder="Example <no-reply@example.com>",
        required=True,
    ),
    FormItem(type=FormItemType.TEXT, key="replyTo", label="Reply To", placeholder="help@example.com"),
    FormItem(
        type=FormItemType.SWITCH,
        key="secure",
        label="TLS from the start",
        default_value=False,
        description="Usual on port 465.",
    ),
    FormItem(
        type=FormItemType.SWITCH,
        key="requireTLS",
        label="Require STARTTLS",
        default_value=False,
        description="Usual on port 587: nothing is sent before the connection is encrypted.",
    ),
    FormItem(
        type=FormItemType.JSON,
        key="templates",
        label="Templates",
        required=True,
        default_value=email_templates(),
        schema=templates_schema(ConnectorType.EMAIL),
        description="One mail for each use. {{code}} is where the code goes, {{link}} in an invitation.",
    ),
)
AUTH_KEYS = ("type", "user", "pass")


def validate(config: Mapping[str, Any]) -> dict[str, Any]:
    clean, problems = check_fields(config, FORM)
    if clean.get("auth") == {}:
        del clean["auth"]
    for rule in (_host, _port, _addresses, _auth, _encryption):
        problems += rule(clean)
    if "templates" in clean:
        problems += check_templates(clean["templates"], ConnectorType.EMAIL)
    if problems:
        raise ConfigError(problems)
    return clean


def _host(config: Mapping[str, Any]) -> list[ConfigProblem]:
    if re.fullmatch(r"[\w.:-]+", config.get("host", "x")):
        return []
    return [ConfigProblem("$.host", "Write a host name or an IP address, without a scheme, port or path.")]


def _port(config: Mapping[str, Any]) -> list[ConfigProblem]:
    if 1 <= config.get("port", 1) <= 65535:
        return []
    return [ConfigProblem("$.port", "A port lies between 1 and 65535.")]


def _addresses(config: Mapping[str, Any]) -> list[ConfigProblem]:
    return [
        ConfigProblem(f"$.{key}", "Write an e-mail address, alone or as: Name <name@example.com>.")
        for key in ("fromEmail", "replyTo")
        if key in config and not is_mailbox(config[key])
    ]


def _auth(config: Mapping[str, Any]) -> list[ConfigProblem]:
    auth = config.get("auth")
    if auth is None:
        return []
    if not isinstance(auth, Mapping):
        return [ConfigProblem("$.auth", 'Write an object: {"user": "…", "pass": "…"}.')]
    problems = [
        ConfigProblem(child("$.auth", key), "A log-in has no such key.") for key in auth if key not in AUTH_KEYS
    ]
    for key in ("user", "pass"):
        if not isinstance(auth.get(key), str) or not auth[key]:
            problems.append(ConfigProblem("$.auth", f"The log-in lacks its {key}, a text."))
        elif not auth[key].isascii():
            # smtplib logs in with ASCII only.
            problems.append(
                ConfigProblem(f"$.auth.{key}", "Only unaccented letters, digits and signs can be used here.")
            )
    if str(auth.get("type", "login")).lower() != "login":
        problems.append(ConfigProblem("$.auth.type", "Only the type login is offered."))
    return problems


def _encryption(config: Mapping[str, Any]) -> list[ConfigProblem]:
    if (
        not config.get("auth")
        or config.get("secure")
        or config.get("requireTLS")
        or _is_loopback(config.get("host", ""))
    ):
        return []
    sentence = "The password would travel unencrypted. Turn this on (port 587), or TLS from the start (port 465)."
    return [ConfigProblem("$.requireTLS", sentence)]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_mailbox(value: str) -> bool:
    """One address, with or without a name, and no line break that would start a header."""
    addresses = [address for _, address in getaddresses([value])]
    return len(value.splitlines()) == 1 and len(addresses) == 1 and is_address(addresses[0])


def is_address(value: str) -> bool:
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True
