"""What a mail server's answers mean, and what to do about them."""

import smtplib
import socket
import ssl
from collections.abc import Sequence
from typing import Any, NamedTuple

from connectors.errors import ConnectorError, ErrorCategory, redact


class Explanation(NamedTuple):
    error: type[OSError]
    category: ErrorCategory
    meaning: str
    advice: str


# Read from the top: the first class that fits explains the error. All of them are OSError, most are SMTPException.
EXPLANATIONS = (
    Explanation(
        smtplib.SMTPAuthenticationError,
        ErrorCategory.CONFIGURATION,
        "The mail server does not accept the user name and password.",
        "Check both. Many providers ask for an app password or an API key instead of the account's password.",
    ),
    Explanation(
        smtplib.SMTPRecipientsRefused,
        ErrorCategory.RECIPIENT,
        "The mail server does not accept the recipient.",
        "Check the address. If every recipient is refused, the server may want a log-in before it relays.",
    ),
    Explanation(
        smtplib.SMTPSenderRefused,
        ErrorCategory.CONFIGURATION,
        "The mail server does not let this account send from the configured address.",
        "Use a From address that the mail provider has verified for this account.",
    ),
    Explanation(
        smtplib.SMTPDataError,
        ErrorCategory.DELIVERY,
        "The mail server refused the message itself.",
        "Its own words say why: often a missing SPF or DKIM record, or a limit of the account.",
    ),
    Explanation(
        smtplib.SMTPNotSupportedError,
        ErrorCategory.CONFIGURATION,
        "The mail server does not offer what the settings ask for.",
        "Turn off STARTTLS or the log-in, or use the port where the server offers them (usually 587).",
    ),
    Explanation(
        smtplib.SMTPServerDisconnected,
        ErrorCategory.RETRY,
        "The mail server closed the connection.",
        "Try again. If it happens each time, port and encryption may not match: 465 with TLS, 587 with STARTTLS.",
    ),
    Explanation(
        smtplib.SMTPResponseException,
        ErrorCategory.DELIVERY,
        "The mail server answered with an error.",
        "Its own words say why.",
    ),
    Explanation(
        smtplib.SMTPException,
        ErrorCategory.CONFIGURATION,
        "The mail server and this connector share no way to log in.",
        "Leave the log-in empty if the server needs none, or use the port where it offers one (usually 587).",
    ),
    Explanation(
        ssl.SSLCertVerificationError,
        ErrorCategory.CONFIGURATION,
        "The mail server's certificate cannot be trusted for this host name.",
        "Use the host name the certificate was issued for, and a certificate from a known authority.",
    ),
    Explanation(
        ssl.SSLError,
        ErrorCategory.CONFIGURATION,
        "No encrypted connection to the mail server came about.",
        "Port and encryption may not match: 465 with TLS from the start, 587 with STARTTLS.",
    ),
    Explanation(
        TimeoutError,
        ErrorCategory.RETRY,
        "The mail server did not answer in time.",
        "Check host and port. Port 465 needs TLS from the start; many networks block port 25.",
    ),
    Explanation(
        socket.gaierror,
        ErrorCategory.CONFIGURATION,
        "The mail server's host name cannot be found.",
        "Check the host name, and the name resolution of this server.",
    ),
    Explanation(
        OSError,
        ErrorCategory.RETRY,
        "The mail server could not be reached.",
        "Check host and port, and that a firewall lets the connection out.",
    ),
)


def explained(error: OSError, secrets: Sequence[str]) -> ConnectorError:
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, TimeoutError):
        # smtplib calls it a closed connection when a reply does not come in time.
        error = error.__context__
    code, words = _answer(error)
    explanation = next(each for each in EXPLANATIONS if isinstance(error, each.error))
    category = explanation.category
    if 400 <= code < 500 and category is not ErrorCategory.CONFIGURATION:
        # By the protocol's own rule, a 4xx answer invites another attempt.
        category = ErrorCategory.RETRY
    return ConnectorError(
        category=category,
        provider_code=str(code) if code else type(error).__name__,
        provider_message=redact(words, secrets),
        meaning=explanation.meaning,
        advice=explanation.advice,
    )


def _answer(error: OSError) -> tuple[int, str]:
    """The reply code and text, where there was a reply."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return code, _text(words)
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, _text(error.smtp_error)
    return 0, str(error)


def _text(words: Any) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
