"""Through Django's real SMTP backend, against a loopback server."""

import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.mail.utils import DNS_NAME

from connectors import smtp
from connectors.default_templates import email_templates
from connectors.errors import ConnectorError, ErrorCategory
from connectors.ports import Message, UsageType
from connectors.smtp import SMTP
from tests.connectors.conftest import smtp_config
from tests.support.smtp_server import SmtpServer

LOGIN = {"user": "mailer", "pass": "pass-phrase"}
LINK = "https://example.com/?a=1&b=2"


@pytest.fixture(autouse=True)
def no_name_lookup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DNS_NAME, "_fqdn", "localhost", raising=False)


def send(config: dict[str, Any], to: str = "reader@example.com", usage: UsageType = UsageType.SIGN_IN) -> None:
    message = Message(to, usage, {"code": "123456", "link": LINK, "user": {"name": "<b>Zoë</b>"}})
    SMTP.build(SMTP.validate(config)).send(message)


def failure(config: dict[str, Any], to: str = "reader@example.com") -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        send(config, to)
    return caught.value


def test_a_mail_arrives(mail_server: SmtpServer) -> None:
    send(smtp_config(mail_server.port, replyTo="Help <help@example.com>"))
    [mail] = mail_server.messages
    assert mail_server.envelopes == [("no-reply@example.com", ["reader@example.com"])]
    assert mail["From"] == "Example <no-reply@example.com>"
    assert mail["To"] == "reader@example.com"
    assert mail["Reply-To"] == "Help <help@example.com>"
    assert mail["Subject"] == "Your sign-in code"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert "\n    123456\n" in mail.get_content().replace("\r\n", "\n")


def test_html_has_a_text_alternative_and_escaped_values(mail_server: SmtpServer) -> None:
    templates = email_templates()
    html = '<style>p{}</style><p>Dear {{user.name}},</p>\n<p>your <a href="{{link}}">link</a>:<br>{{code}}</p>'
    templates[0] |= {"contentType": "text/html", "content": html, "subject": "Grüße, {{code}}"}
    send(smtp_config(mail_server.port, templates=templates))
    [mail] = mail_server.messages
    plain, rich = mail.iter_parts()
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["Subject"] == "Grüße, 123456"
    assert plain.get_content().split() == ["Dear", "<b>Zoë</b>,", "your", "link", f"({LINK}):", "123456"]
    assert "<p>Dear &lt;b&gt;Zoë&lt;/b&gt;,</p>" in rich.get_content()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_log_in() -> None:
    with SmtpServer(user="mailer", password="pass-phrase") as server:
        send(smtp_config(server.port, auth=LOGIN))
        error = failure(smtp_config(server.port, auth=LOGIN | {"pass": "wrong-phrase"}))
    assert len(server.messages) == 1
    assert (error.provider_code, error.category, error.permanent) == ("535", ErrorCategory.CONFIGURATION, True)
    assert "wrong-phrase" not in f"{error!s} {error!r} {error.provider_message}"


def test_a_log_in_the_server_does_not_offer(mail_server: SmtpServer) -> None:
    error = failure(smtp_config(mail_server.port, auth=LOGIN))
    assert (error.provider_code, error.category) == ("SMTPException", ErrorCategory.CONFIGURATION)


@pytest.mark.parametrize(
    ("command", "reply", "category", "words"),
    [
        ("RCPT", "550 No such mailbox", ErrorCategory.RECIPIENT, "recipient"),
        ("RCPT", "451 Greylisted", ErrorCategory.RETRY, "recipient"),
        ("MAIL", "553 Not your address", ErrorCategory.CONFIGURATION, "send from"),
        ("DATA", "554 Looks like spam", ErrorCategory.DELIVERY, "message itself"),
        ("DATA", "452 Mailbox full", ErrorCategory.RETRY, "message itself"),
    ],
)
def test_replies_of_the_server(command: str, reply: str, category: ErrorCategory, words: str) -> None:
    with SmtpServer(refuse={command: reply}) as server:
        error = failure(smtp_config(server.port))
    code, _, text = reply.partition(" ")
    assert (error.provider_code, error.provider_message) == (code, text)
    assert error.category is category
    assert error.permanent is (category is not ErrorCategory.RETRY)
    assert words in error.meaning


def test_nobody_listening() -> None:
    with SmtpServer() as server:
        config = smtp_config(server.port)
    error = failure(config)
    assert (error.provider_code, error.category) == ("ConnectionRefusedError", ErrorCategory.RETRY)


@pytest.mark.parametrize("secure", [False, True])
def test_a_silent_server_is_given_up(monkeypatch: pytest.MonkeyPatch, secure: bool) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        error = failure(smtp_config(silent.getsockname()[1], secure=secure))
    assert time.monotonic() - started < 2
    assert (error.provider_code, error.permanent) == ("TimeoutError", False)


def test_a_server_that_hangs_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:
        thread = threading.Thread(target=lambda: rude.accept()[0].close())
        thread.start()
        error = failure(smtp_config(rude.getsockname()[1]))
        thread.join()
    assert error.category is ErrorCategory.RETRY


def test_an_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*args: object, **options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "create_connection", nowhere)
    assert failure(smtp_config(25, host="mail.invalid")).category is ErrorCategory.CONFIGURATION


def test_starttls_is_required(mail_server: SmtpServer) -> None:
    error = failure(smtp_config(mail_server.port, requireTLS=True))
    assert (error.provider_code, error.category) == ("SMTPNotSupportedError", ErrorCategory.CONFIGURATION)
    assert mail_server.messages == []


def test_starttls_checks_the_certificate(tmp_path: Path) -> None:
    with SmtpServer(tls=self_signed(tmp_path)) as server:
        error = failure(smtp_config(server.port, requireTLS=True))
    assert (error.provider_code, error.category) == ("SSLCertVerificationError", ErrorCategory.CONFIGURATION)


def test_tls_from_the_start_on_a_plain_port(mail_server: SmtpServer) -> None:
    error = failure(smtp_config(mail_server.port, secure=True))
    assert error.category is ErrorCategory.CONFIGURATION
    assert "465" in error.advice


@pytest.mark.parametrize("to", ["a@example.com\nBcc: b@example.com", "a@example.com, b@example.com", "nobody", ""])
def test_a_recipient_that_would_write_headers(mail_server: SmtpServer, to: str) -> None:
    assert failure(smtp_config(mail_server.port), to).category is ErrorCategory.RECIPIENT
    assert mail_server.messages == []


def test_a_subject_that_would_write_headers(mail_server: SmtpServer) -> None:
    templates = email_templates()
    templates[0]["subject"] = "{{code}}"
    sender = SMTP.build(SMTP.validate(smtp_config(mail_server.port, templates=templates)))
    with pytest.raises(ConnectorError, match="subject of the mail"):
        sender.send(Message("a@example.com", UsageType.SIGN_IN, {"code": "1\nBcc: b@example.com"}))
    assert mail_server.messages == []


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *plain) + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    return context
