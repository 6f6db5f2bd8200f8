"""What Twilio's answers mean, and what to do about them.

Twilio splits codes over time, so nothing may hang on a single one: what is not listed is sorted by its range.
"""

from typing import NamedTuple

from connectors.errors import ConnectorError, ErrorCategory


class Explanation(NamedTuple):
    category: ErrorCategory
    meaning: str
    advice: str


_NUMBER_ADVICE = "Check the number, with its country code, or use another one."
_PAUSE_ADVICE = "Wait a little and try again. If it keeps happening, ask Twilio for a higher limit."
_GEO_ADVICE = "Allow the country in the Twilio Console under Messaging > Settings > Geo permissions."
_SERVICE_ADVICE = "Copy the Sid (MG…) again from the Twilio Console, Messaging > Services, of the same account."

EXPLANATIONS = {
    20003: Explanation(
        ErrorCategory.CONFIGURATION,
        "Twilio does not accept the Account SID and auth token.",
        "Copy both again from the account's page in the Twilio Console. A rotated token has to be replaced here too.",
    ),
    20005: Explanation(
        ErrorCategory.CONFIGURATION, "The Twilio account is not active.", "Sign in to the Twilio Console; it says why."
    ),
    20008: Explanation(
        ErrorCategory.CONFIGURATION,
        "These are Twilio's test credentials, which cannot use a messaging service.",
        "Use the live credentials from the first page of the Twilio Console.",
    ),
    20404: Explanation(
        ErrorCategory.CONFIGURATION,
        "Twilio does not know this account, or not in this region.",
        "Check the Account SID, and that region and edge match where the account lives.",
    ),
    20429: Explanation(ErrorCategory.RETRY, "Twilio received too many requests at once.", _PAUSE_ADVICE),
    21211: Explanation(ErrorCategory.RECIPIENT, "The recipient's phone number does not exist.", _NUMBER_ADVICE),
    21212: Explanation(
        ErrorCategory.CONFIGURATION,
        "The sender's number is not valid.",
        "Check the senders of the messaging service in the Twilio Console.",
    ),
    21408: Explanation(
        ErrorCategory.CONFIGURATION, "The account may not send to the recipient's country.", _GEO_ADVICE
    ),
    21604: Explanation(
        ErrorCategory.CONFIGURATION, "The request named no recipient.", "Report this as a fault of the server."
    ),
    21606: Explanation(
        ErrorCategory.CONFIGURATION,
        "The sender's number is not the account's, or cannot send text messages.",
        "Give the messaging service a number of this account that can send SMS.",
    ),
    21608: Explanation(
        ErrorCategory.CONFIGURATION,
        "A trial account may only write to numbers verified with Twilio.",
        "Verify the recipient under Phone Numbers > Verified Caller IDs, or upgrade the account.",
    ),
    21610: Explanation(
        ErrorCategory.RECIPIENT,
        "The recipient has opted out of messages from this sender.",
        "They can write START to the sender's number, or use another way to sign in.",
    ),
    21611: Explanation(
        ErrorCategory.RETRY, "The sender has too many messages waiting.", "Try again later, or add senders."
    ),
    21612: Explanation(
        ErrorCategory.RECIPIENT,
        "Twilio knows no route from the sender to this recipient.",
        "Add a sender to the messaging service that can reach the recipient's country.",
    ),
    21614: Explanation(
        ErrorCategory.RECIPIENT, "The recipient's number is not a mobile number.", "Use a mobile number."
    ),
    21617: Explanation(
        ErrorCategory.CONFIGURATION, "The text is longer than 1600 characters.", "Shorten the template."
    ),
    21701: Explanation(
        ErrorCategory.CONFIGURATION, "The messaging service does not exist in this account.", _SERVICE_ADVICE
    ),
    21703: Explanation(
        ErrorCategory.CONFIGURATION,
        "The messaging service has no sender.",
        "Add a phone number to it in the Twilio Console under Messaging > Services > Sender Pool.",
    ),
    21705: Explanation(ErrorCategory.CONFIGURATION, "The messaging service SID is not valid.", _SERVICE_ADVICE),
    30002: Explanation(
        ErrorCategory.CONFIGURATION, "The Twilio account is suspended.", "Sign in to the Twilio Console; it says why."
    ),
    30003: Explanation(
        ErrorCategory.DELIVERY, "The handset could not be reached.", "It may be off or out of range; try again."
    ),
    30005: Explanation(ErrorCategory.RECIPIENT, "The recipient's number is unknown to its network.", _NUMBER_ADVICE),
    30006: Explanation(
        ErrorCategory.RECIPIENT, "The recipient's number cannot take text messages.", "Use a mobile number."
    ),
    30007: Explanation(
        ErrorCategory.DELIVERY,
        "A carrier filtered the message as unwanted.",
        "Use plain wording without links, and register the sender where the country asks for it.",
    ),
    30024: Explanation(
        ErrorCategory.CONFIGURATION,
        "The carrier does not know the sender.",
        "Finish the sender's registration in the Twilio Console.",
    ),
    30034: Explanation(
        ErrorCategory.CONFIGURATION,
        "The sender's number is not registered for A2P 10DLC in the United States.",
        "Register a brand and a campaign in the Twilio Console, and add the messaging service to the campaign.",
    ),
    30450: Explanation(
        ErrorCategory.FRAUD,
        "Twilio blocked the message as likely SMS pumping.",
        "Look for a wave of codes to the same prefix. If the recipient is genuine, turn the risk check off.",
    ),
    63038: Explanation(
        ErrorCategory.RETRY,
        "The account has sent all the messages it may send today.",
        "Ask Twilio for a higher limit.",
    ),
    60410: Explanation(
        ErrorCategory.FRAUD, "Twilio blocks this number range for suspected fraud.", "Try again in twelve hours."
    ),
    60605: Explanation(ErrorCategory.FRAUD, "Twilio blocks this country for the account.", _GEO_ADVICE),
}

_UNKNOWN_RECIPIENT = Explanation(ErrorCategory.RECIPIENT, "Twilio cannot send to this recipient.", _NUMBER_ADVICE)
_UNKNOWN_DELIVERY = Explanation(
    ErrorCategory.DELIVERY, "The message was not delivered.", "See the message's log in the Twilio Console."
)
_UNKNOWN_OUTAGE = Explanation(
    ErrorCategory.RETRY, "Twilio is having trouble.", "Try again soon; status.twilio.com tells more."
)
_UNKNOWN_REFUSAL = Explanation(
    ErrorCategory.CONFIGURATION,
    "Twilio refused the request.",
    "Look the code up in Twilio's error dictionary, and check the settings.",
)


def explain(code: int, status: int) -> Explanation:
    if code in EXPLANATIONS:
        return EXPLANATIONS[code]
    if 21000 <= code < 22000:
        return _UNKNOWN_RECIPIENT
    if 30000 <= code < 31000:
        return _UNKNOWN_DELIVERY
    if status == 429:
        return EXPLANATIONS[20429]
    return _UNKNOWN_OUTAGE if status >= 500 else _UNKNOWN_REFUSAL


def refused(code: int, status: int, message: str) -> ConnectorError:
    return ConnectorError(**explain(code, status)._asdict(), provider_code=str(code), provider_message=message)


def timed_out(message: str) -> ConnectorError:
    return ConnectorError(
        category=ErrorCategory.RETRY,
        provider_code="timeout",
        provider_message=message,
        meaning="Twilio did not answer in time.",
        advice="Try again. If it keeps happening, check the server's way out to the internet.",
    )


def unreachable(message: str) -> ConnectorError:
    return ConnectorError(
        category=ErrorCategory.RETRY,
        provider_code="network",
        provider_message=message,
        meaning="Twilio could not be reached.",
        advice="Check that the server may open HTTPS connections to api.twilio.com, and its name resolution.",
    )


def unreadable(message: str) -> ConnectorError:
    return ConnectorError(
        category=ErrorCategory.RETRY,
        provider_code="unreadable",
        provider_message=message,
        meaning="The answer did not come from Twilio as we know it.",
        advice="Check for a proxy in between, and the base URL if one is set.",
    )
