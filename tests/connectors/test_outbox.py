import logging

import pytest

from connectors.ports import ConnectorType, Message, OutboxEntry, UsageType
from connectors.registry import outbox


def test_a_text_message_is_shown_and_recorded(caplog: pytest.LogCaptureFixture) -> None:
    entries: list[OutboxEntry] = []
    with caplog.at_level(logging.INFO, logger="latchkey.outbox"):
        outbox(entries.append).send(Message("+14155550100", UsageType.GENERIC, {"code": "000000"}))
    [entry] = entries
    assert (entry.type, entry.to, entry.subject) == (ConnectorType.SMS, "+14155550100", "")
    assert entry.text == "000000 is your verification code. It is valid for 10 minutes."
    [record] = caplog.records
    assert record.getMessage() == f"To +14155550100: {entry.text}"


def test_a_mail_has_a_subject() -> None:
    entries: list[OutboxEntry] = []
    message = Message("a@example.com", UsageType.ORGANIZATION_INVITATION, {"link": "https://example.com/i/1"})
    outbox(entries.append).send(message)
    assert entries[0].type is ConnectorType.EMAIL
    assert entries[0].subject == "Your invitation to an organization"
    assert "https://example.com/i/1" in entries[0].text
