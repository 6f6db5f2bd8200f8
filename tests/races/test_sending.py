"""A message that a killed worker left behind is sent by one other, however many look at the same moment."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connectors.ports import ConnectorType, Message
from idp.messaging import lanes, pending, sending
from idp.messaging.models import Connector, PendingMessage

AtOnce = Callable[..., list[Any]]


def left_behind(count: int) -> None:
    now = timezone.now()
    for number in range(count):
        pending.write(
            type=ConnectorType.SMS, to=f"+1555123{number:04}", usage_type="SignIn", variables={"code": "123456"},
            reference=str(number), expires_at=now + timedelta(minutes=1),
        )  # fmt: skip
    PendingMessage.objects.update(next_attempt_at=now - timedelta(seconds=1))


def test_one_claims_it(at_once: AtOnce, db: Any) -> None:
    left_behind(1)
    answers = at_once(lambda _: pending.claim(PendingMessage.objects.get()))
    assert sorted(answers) == [False] * 11 + [True]
    assert PendingMessage.objects.get().attempts == 2


def test_each_is_sent_once(at_once: AtOnce, db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    class Provider:
        def send(self, message: Message) -> None:
            sent.append(message.to)

    monkeypatch.setattr(sending, "_sender", lambda connector: Provider())
    Connector.objects.create(type="Sms", connector_id="twilio-short-message-service", config={})
    left_behind(20)
    while PendingMessage.objects.exists():
        answers = at_once(lambda _: sending.send_due(), times=4)
        assert all(isinstance(answer, int) for answer in answers), answers
        for _ in range(lanes.LANES):
            assert lanes.reserve(wait=10)
        for _ in range(lanes.LANES):
            lanes.release()
    assert sorted(sent) == sorted({*sent})
    assert len(sent) == 20
