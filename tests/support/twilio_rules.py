"""What the emulated Twilio says to a request: an error, or nothing."""

import re
from collections.abc import Mapping

ERRORS = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    21211: (400, "Invalid 'To' Phone Number"),
    21212: (400, "Invalid From Number (caller ID)"),
    21408: (400, "Permission to send an SMS has not been enabled for the region"),
    21602: (400, "Message body is required"),
    21603: (400, "A 'From' phone number is required"),
    21604: (400, "A 'To' phone number is required"),
    21606: (400, "The 'From' phone number is not a valid message-capable number for this account"),
    21608: (400, "The number is unverified. Trial accounts cannot send messages to unverified numbers"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (429, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "Message cannot be sent with the current combination of 'To' and 'From'"),
    21614: (400, "'To' number is not a valid mobile number"),
    21701: (404, "The Messaging Service resource does not exist"),
    21703: (400, "The Messaging Service does not have a phone number available to send a message"),
    21705: (400, "The Messaging Service SID is invalid"),
}

# Twilio promises these answers to test credentials.
MAGIC_TO = {"0001": 21211, "0002": 21612, "0003": 21408, "0004": 21610, "0009": 21614}
MAGIC_FROM = {"0001": 21212, "0007": 21606, "0008": 21611}
MAGIC_PREFIX = "+1500555"


def error_in(form: Mapping[str, str], services: frozenset[str]) -> int | None:
    return _sender_error(form, services) or _recipient_error(form.get("To", "")) or _body_error(form)


def _recipient_error(to: str) -> int | None:
    if not to:
        return 21604
    if to.startswith(MAGIC_PREFIX) and to.removeprefix(MAGIC_PREFIX) in MAGIC_TO:
        return MAGIC_TO[to.removeprefix(MAGIC_PREFIX)]
    return None if re.fullmatch(r"\+[1-9][0-9]{6,14}", to) else 21211


def _sender_error(form: Mapping[str, str], services: frozenset[str]) -> int | None:
    service, sender = form.get("MessagingServiceSid", ""), form.get("From", "")
    if service:
        if not service.startswith("MG"):
            return 21705
        return None if service in services else 21701
    if not sender:
        return 21603
    return MAGIC_FROM.get(sender.removeprefix(MAGIC_PREFIX)) if sender.startswith(MAGIC_PREFIX) else None


def _body_error(form: Mapping[str, str]) -> int | None:
    return None if form.get("Body") else 21602
