"""E-mail through any mail server that speaks SMTP."""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from connectors.errors import ConnectorError, ErrorCategory
from connectors.html_text import html_to_text
from connectors.ports import ConnectorKind, ConnectorType, Message
from connectors.smtp_errors import explained
from connectors.smtp_form import FORM, is_address, validate
from connectors.templates import choose, render

TIMEOUT_SECONDS = 10


class SmtpSender:
    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config

    def send(self, message: Message) -> None:
        if not is_address(message.to):
            raise _bad_header("recipient", ErrorCategory.RECIPIENT)
        mail = compose(self._config, message)
        auth = self._config.get("auth", {})
        try:
            # As a context manager the backend closes a connection that failed half-way, too.
            with _backend(self._config) as backend:
                backend.send_messages([mail])
        except BadHeaderError as error:
            raise _bad_header("subject", ErrorCategory.CONFIGURATION) from error
        except OSError as error:
            raise explained(error, [auth.get("pass", "")]) from error


def compose(config: Mapping[str, Any], message: Message) -> EmailMultiAlternatives:
    template = choose(config["templates"], message.usage_type, message.language)
    is_html = template["contentType"] == "text/html"
    content = render(template["content"], message, escape=html.escape if is_html else str)
    mail = EmailMultiAlternatives(
        subject=render(template["subject"], message),
        body=html_to_text(content) if is_html else content,
        from_email=config["fromEmail"],
        to=[message.to],
        reply_to=[config["replyTo"]] if "replyTo" in config else None,
        # Out-of-office replies to a code help nobody.
        headers={"Auto-Submitted": "auto-generated"},
    )
    if is_html:
        mail.attach_alternative(content, "text/html")
    return mail


def _backend(config: Mapping[str, Any]) -> EmailBackend:
    # Every argument is given: whatever is left out, Django takes from its own EMAIL_* settings.
    auth = config.get("auth", {})
    return EmailBackend(
        host=config["host"],
        port=config["port"],
        username=auth.get("user", ""),
        password=auth.get("pass", ""),
        use_ssl=config["secure"],
        use_tls=config["requireTLS"] and not config["secure"],
        timeout=TIMEOUT_SECONDS,
        ssl_certfile="",
        ssl_keyfile="",
    )


def _bad_header(what: str, category: ErrorCategory) -> ConnectorError:
    return ConnectorError(
        category=category,
        provider_code="header",
        meaning=f"The {what} of the mail is not allowed in a mail header.",
        advice="It must be one line; a recipient must be a single e-mail address.",
    )


SMTP = ConnectorKind(
    id="simple-mail-transfer-protocol",
    target="smtp",
    type=ConnectorType.EMAIL,
    name="SMTP",
    description="Sends email through your own mail server, or any provider that offers SMTP.",
    icon="mail",
    guide=Path(__file__).with_name("guides") / "smtp.md",
    form_items=FORM,
    validate=validate,
    build=SmtpSender,
    identified_by=("host", "fromEmail"),
)
