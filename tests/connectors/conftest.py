from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from connectors.default_templates import email_templates, sms_templates
from tests.support.smtp_server import SmtpServer
from tests.support.twilio_emulator import ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID, TwilioEmulator


@pytest.fixture
def twilio(settings: Settings) -> Iterator[TwilioEmulator]:
    with TwilioEmulator() as emulator:
        settings.TWILIO_API_BASE_URL = emulator.base_url
        yield emulator


@pytest.fixture
def twilio_config() -> dict[str, Any]:
    return {
        "accountSID": ACCOUNT_SID,
        "authToken": AUTH_TOKEN,
        "fromMessagingServiceSID": SERVICE_SID,
        "templates": sms_templates(),
    }


@pytest.fixture
def mail_server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def smtp_config(port: int, **changes: Any) -> dict[str, Any]:
    return {
        "host": "127.0.0.1",
        "port": port,
        "fromEmail": "Example <no-reply@example.com>",
        "templates": email_templates(),
        **changes,
    }
