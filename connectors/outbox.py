"""Delivers nowhere: the message appears on the terminal, and goes to whoever records it. For development."""

import logging
from collections.abc import Callable

from connectors.default_templates import email_templates, sms_templates
from connectors.ports import ConnectorType, Message, OutboxEntry
from connectors.templates import choose, render

logger = logging.getLogger("latchkey.outbox")


class Outbox:
    def __init__(self, record: Callable[[OutboxEntry], None]) -> None:
        self._record = record

    def send(self, message: Message) -> None:
        is_email = "@" in message.to
        template = choose(email_templates() if is_email else sms_templates(), message.usage_type, message.language)
        entry = OutboxEntry(
            type=ConnectorType.EMAIL if is_email else ConnectorType.SMS,
            to=message.to,
            usage_type=message.usage_type,
            subject=template.get("subject", ""),
            text=render(template["content"], message),
            variables=message.variables,
        )
        logger.info("To %s: %s", entry.to, entry.text)
        self._record(entry)
