"""A provider that hangs does not take every thread."""

import threading
from typing import Any

import pytest

from connectors.ports import Message, UsageType
from idp.messaging import sending
from idp.messaging.errors import DeliveryFailed


class Hanging:
    def __init__(self) -> None:
        self.release, self.entered = threading.Event(), threading.Semaphore(0)

    def send(self, _: Message) -> None:
        self.entered.release()
        assert self.release.wait(10)


def test_the_fifth_message_is_refused_while_four_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_WAIT", 0.05)
    provider: Any = Hanging()
    message = Message(to="+15551234567", usage_type=UsageType.SIGN_IN, variables={"code": "1"})
    threads = [threading.Thread(target=sending.deliver, args=(provider, message)) for _ in range(4)]
    for thread in threads:
        thread.start()
        assert provider.entered.acquire(timeout=5)
    with pytest.raises(DeliveryFailed):
        sending.deliver(provider, message)
    provider.release.set()
    for thread in threads:
        thread.join()
    sending.deliver(provider, message)
