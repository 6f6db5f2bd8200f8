"""Sending a test message with what the form says, before it is saved, through the real Twilio SDK."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from idp.messaging.models import Connector
from idp.messaging.secrets import MASK
from idp.messaging.services import save_connector
from tests.console.connector_forms import SMTP, TEMPLATES, TWILIO, posted, twilio_config
from tests.console.pages import page
from tests.console.people import staff_client
from tests.support.smtp_server import SmtpServer
from tests.support.twilio_emulator import ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID, TwilioEmulator

pytestmark = pytest.mark.django_db
URL = f"/console/connectors/setup/{TWILIO}/test"
NUMBER = "+1 (555) 123-4567"


@pytest.fixture
def twilio(settings: Any) -> Iterator[TwilioEmulator]:
    with TwilioEmulator() as emulator:
        settings.TWILIO_API_BASE_URL = emulator.base_url
        yield emulator


@pytest.fixture
def client(db: None) -> Client:
    return staff_client()


def form(**changes: Any) -> dict[str, str]:
    values = {"accountSID": ACCOUNT_SID, "authToken": AUTH_TOKEN, "fromMessagingServiceSID": SERVICE_SID}
    return posted(**(values | changes)) | {"test-to": NUMBER}


def test_it_sends_with_parameters_that_are_not_saved(client: Client, twilio: TwilioEmulator) -> None:
    text = page(client.post(URL, form()))
    assert "Test message sent" in text
    assert [(message.to, message.body) for message in twilio.messages] == [("+15551234567", "Generic: 000000")]
    assert not Connector.objects.exists()


def test_what_is_typed_stays_in_the_form(client: Client, twilio: TwilioEmulator) -> None:
    text = page(client.post(URL, form(region="ie1")))
    for typed in (ACCOUNT_SID, SERVICE_SID, "ie1", NUMBER):
        assert f'value="{typed}"' in text


def test_htmx_gets_the_form_alone_and_everybody_else_the_page(client: Client, twilio: TwilioEmulator) -> None:
    part = page(client.post(URL, form(), headers={"HX-Request": "true"}))
    assert part.lstrip().startswith('<div class="stack" id="connector-fields">')
    assert "<html" in page(client.post(URL, form()))


def test_the_stored_secret_is_used_when_the_dots_are_left(client: Client, twilio: TwilioEmulator) -> None:
    config = twilio_config(accountSID=ACCOUNT_SID, authToken=AUTH_TOKEN, fromMessagingServiceSID=SERVICE_SID)
    stored = save_connector(by="test", connector_id=TWILIO, config=config)
    text = page(client.post(f"{URL}?connector={stored.pk}", form(authToken=MASK)))
    assert "Test message sent" in text
    assert AUTH_TOKEN not in text


@pytest.mark.parametrize(
    ("code", "meaning", "advice"),
    [
        (21211, "phone number does not exist", "Check the number"),
        (21408, "may not send to the recipient&#x27;s country", "Geo permissions"),
        (21610, "opted out", "START"),
        (20429, "too many requests", "Wait a little"),
    ],
)
def test_the_providers_refusal_is_explained(
    client: Client, twilio: TwilioEmulator, code: int, meaning: str, advice: str
) -> None:
    twilio.fail_next(code)
    text = page(client.post(URL, form()))
    assert f"Error <code>{code}</code>" in text
    assert meaning in text
    assert advice in text
    assert "Test message sent" not in text


def test_wrong_credentials(client: Client, twilio: TwilioEmulator) -> None:
    text = page(client.post(URL, form(authToken="wrong")))
    assert "Error <code>20003</code>" in text
    assert "What to do:" in text


def test_a_provider_that_is_down(client: Client, settings: Any) -> None:
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:9"
    text = page(client.post(URL, form()))
    assert "did not take the message for +15551234567" in text


def test_a_wrong_parameter_and_a_wrong_number_are_shown_at_once(client: Client, twilio: TwilioEmulator) -> None:
    text = page(client.post(URL, form(accountSID="") | {"test-to": "555"}))
    assert 'id="id_config-accountSID_error"' in text
    assert "This is not a phone number." in text
    assert not twilio.messages


def test_problems_of_the_configuration_stand_at_their_fields(client: Client, twilio: TwilioEmulator) -> None:
    text = page(client.post(URL, form(templates="[{}]", edge="dublin")))
    assert 'data-line="1" data-column="2">Line 1, column 2: This template lacks its usageType.' in text
    assert "An edge needs a region" in text.split('id="id_config-edge_error"')[1]
    assert not twilio.messages


def test_without_a_recipient_it_asks_for_one(client: Client, twilio: TwilioEmulator) -> None:
    assert "Say where the test message should go." in page(client.post(URL, form() | {"test-to": ""}))


def test_an_email_through_a_mail_server(client: Client) -> None:
    templates = [entry | {"contentType": "text/plain", "subject": "{{code}}"} for entry in TEMPLATES]
    with SmtpServer(user="shop", password="mail-s3cret") as server:
        data = {
            "config-host": server.host,
            "config-port": str(server.port),
            "config-auth": json.dumps({"user": "shop", "pass": "mail-s3cret"}),
            "config-fromEmail": "Shop <shop@example.com>",
            "config-templates": json.dumps(templates),
            "test-to": "Reader@Example.com",
        }
        url = f"/console/connectors/setup/{SMTP}/test"
        assert "Test message sent" in page(client.post(url, data))
        assert [recipients for _, recipients in server.envelopes] == [["reader@example.com"]]
        refused = page(client.post(url, data | {"config-auth": '{"user": "shop", "pass": "wrong"}'}))
        assert "did not take the message for reader@example.com" in refused
        assert "What to do:" in refused
    assert "This is not an email address." in page(client.post(url, data | {"test-to": "reader"}))
    assert "did not take the message" in page(client.post(url, data))


def test_it_answers_posts_only(client: Client) -> None:
    assert client.get(URL).status_code == 405
