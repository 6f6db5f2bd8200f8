"""What reaches the people of the journeys: new numbers and addresses, and the codes sent to them."""

import itertools
import random
import re
from dataclasses import dataclass

from tests.support.smtp_server import SmtpServer
from tests.support.twilio_emulator import ReceivedMessage, TwilioEmulator

_serial = itertools.count(random.randrange(1000, 5000))
_CODE = re.compile(r"\b\d{6}\b")


@dataclass
class Inbox:
    twilio: TwilioEmulator
    smtp: SmtpServer

    def new_phone_number(self) -> str:
        """National digits of a number in the United States that nobody has used here."""
        return f"206555{next(_serial):04d}"

    def new_email_address(self) -> str:
        return f"ada.{next(_serial)}@example.com"

    def new_username(self) -> str:
        return f"ada_{next(_serial)}"

    def texts_to(self, number: str) -> list[ReceivedMessage]:
        return [message for message in self.twilio.messages if message.to == f"+1{number}"]

    def code_texted_to(self, number: str) -> str:
        return _code_in(self.texts_to(number)[-1].body)

    def code_mailed_to(self, address: str) -> str:
        mails = [
            message
            for message, (_, recipients) in zip(self.smtp.messages, self.smtp.envelopes, strict=True)
            if address in recipients
        ]
        return _code_in(mails[-1].get_content())


def wrong(code: str) -> str:
    """Six digits that are not the code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def _code_in(text: str) -> str:
    found = _CODE.search(text)
    assert found, f"No six digits in: {text}"
    return found.group()
