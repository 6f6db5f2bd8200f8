"""Through Twilio's real SDK, against the emulator."""

import logging
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from connectors import twilio_api
from connectors.errors import ConnectorError, ErrorCategory
from connectors.ports import Message, UsageType
from connectors.twilio_errors import EXPLANATIONS
from connectors.twilio_sms import TWILIO_SMS
from tests.support.twilio_emulator import AUTH_TOKEN, SERVICE_SID, TwilioEmulator


def send(config: dict[str, Any], to: str = "+14155550100", usage: UsageType = UsageType.SIGN_IN) -> None:
    TWILIO_SMS.build(TWILIO_SMS.validate(config)).send(Message(to, usage, {"code": "123456"}))


def failure(config: dict[str, Any], to: str = "+14155550100") -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        send(config, to)
    return caught.value


def test_a_message_arrives(twilio: TwilioEmulator, twilio_config: dict[str, Any]) -> None:
    send(twilio_config)
    [message] = twilio.messages
    assert message.to == "+14155550100"
    assert message.body == "123456 is your sign-in code. Do not share it with anyone. It is valid for 10 minutes."
    assert message.messaging_service_sid == SERVICE_SID
    assert message.risk_check == "enable"
    assert message.host == "api.twilio.com"


def test_a_missing_plus_is_added(twilio: TwilioEmulator, twilio_config: dict[str, Any]) -> None:
    send(twilio_config, to="14155550100")
    assert twilio.messages[0].to == "+14155550100"


@pytest.mark.parametrize(
    ("options", "ending"),
    [
        ({}, "10 minutes."),
        ({"webOtp": True}, "10 minutes.\n\n@id.example.com #123456"),
        ({"androidAppHash": "FA+9qCX9VSu"}, "10 minutes.\n\nFA+9qCX9VSu"),
        ({"webOtp": True, "androidAppHash": "FA+9qCX9VSu"}, "10 minutes.\n\nFA+9qCX9VSu\n@id.example.com #123456"),
    ],
)
def test_lines_that_browsers_and_apps_read(
    twilio: TwilioEmulator, twilio_config: dict[str, Any], options: dict[str, Any], ending: str
) -> None:
    message = Message("+14155550100", UsageType.SIGN_IN, {"code": "123456"}, domain="id.example.com")
    TWILIO_SMS.build(TWILIO_SMS.validate(twilio_config | options)).send(message)
    assert twilio.messages[0].body.endswith(ending)


def test_the_risk_check_can_be_disabled(twilio: TwilioEmulator, twilio_config: dict[str, Any]) -> None:
    send(twilio_config | {"disableRiskCheck": True})
    assert twilio.messages[0].risk_check == "disable"


@pytest.mark.parametrize(
    ("place", "host"),
    [
        ({"region": "ie1", "edge": "dublin"}, "api.dublin.ie1.twilio.com"),
        ({"region": "au1"}, "api.au1.twilio.com"),
    ],
)
def test_region_and_edge_choose_the_host(
    twilio: TwilioEmulator, twilio_config: dict[str, Any], place: dict[str, str], host: str
) -> None:
    send(twilio_config | place)
    assert twilio.messages[0].host == host


def test_variables_of_the_environment_change_nothing(
    twilio: TwilioEmulator, twilio_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "ACother")
    send(twilio_config)
    assert twilio.messages[0].host == "api.twilio.com"


def test_without_a_base_url_the_sdk_goes_to_twilio(settings: Settings, twilio_config: dict[str, Any]) -> None:
    settings.TWILIO_API_BASE_URL = ""
    with twilio_api._client(twilio_config) as client:
        assert not isinstance(client.http_client, twilio_api.BaseUrlHttpClient)
        assert client.http_client.timeout == twilio_api.TIMEOUT_SECONDS
        assert client.http_client.session.adapters["https://"].max_retries.total == 0


class TestTheConnection:
    @pytest.fixture
    def keeping(self, settings: Settings) -> Iterator[TwilioEmulator]:
        with TwilioEmulator(keep_alive=True) as twilio:
            settings.TWILIO_API_BASE_URL = twilio.base_url
            yield twilio

    def test_the_next_message_uses_it_again(self, keeping: TwilioEmulator, twilio_config: dict[str, Any]) -> None:
        send(twilio_config)
        send(twilio_config | {"region": "ie1", "edge": "dublin"})
        assert (len(keeping.messages), len(keeping.connections)) == (2, 1)

    def test_not_after_it_was_idle(
        self, keeping: TwilioEmulator, twilio_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        send(twilio_config)
        monkeypatch.setattr(twilio_api, "KEPT_SECONDS", -1.0)
        send(twilio_config)
        assert (len(keeping.messages), len(keeping.connections)) == (2, 2)

    def test_not_after_an_error(self, keeping: TwilioEmulator, twilio_config: dict[str, Any]) -> None:
        send(twilio_config)
        keeping.fail_next(21211)
        failure(twilio_config)
        send(twilio_config)
        assert (len(keeping.messages), len(keeping.connections)) == (2, 2)

    def test_one_that_the_other_side_closed_meanwhile_loses_no_message(
        self, keeping: TwilioEmulator, twilio_config: dict[str, Any]
    ) -> None:
        send(twilio_config)
        keeping.connections[0].shutdown(socket.SHUT_RDWR)
        send(twilio_config)
        assert (len(keeping.messages), len(keeping.connections)) == (2, 2)

    def test_another_server_gets_one_of_its_own(
        self, keeping: TwilioEmulator, twilio_config: dict[str, Any], settings: Settings
    ) -> None:
        send(twilio_config)
        with TwilioEmulator() as other:
            settings.TWILIO_API_BASE_URL = other.base_url
            send(twilio_config)
            assert len(other.messages) == 1
        assert len(keeping.messages) == 1


@pytest.mark.parametrize("code", sorted(EXPLANATIONS))
@pytest.mark.parametrize("problem_document", [False, True])
def test_every_code_is_explained(
    twilio: TwilioEmulator, twilio_config: dict[str, Any], code: int, problem_document: bool
) -> None:
    twilio.fail_next(code, problem_document=problem_document)
    error = failure(twilio_config)
    assert error.provider_code == str(code)
    assert error.provider_message
    assert (error.category, error.meaning, error.advice) == EXPLANATIONS[code]
    assert error.permanent is (error.category is not ErrorCategory.RETRY)
    assert twilio.messages == []


@pytest.mark.parametrize(
    ("code", "status", "category"),
    [
        (21999, 400, ErrorCategory.RECIPIENT),
        (30999, 400, ErrorCategory.DELIVERY),
        (50000, 400, ErrorCategory.CONFIGURATION),
        (50000, 429, ErrorCategory.RETRY),
        (20500, 500, ErrorCategory.RETRY),
    ],
)
def test_an_unknown_code_is_sorted_by_its_range(
    twilio: TwilioEmulator, twilio_config: dict[str, Any], code: int, status: int, category: ErrorCategory
) -> None:
    twilio.fail_next(code, status)
    assert failure(twilio_config).category is category


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("+15005550001", "21211"),
        ("+15005550002", "21612"),
        ("+15005550003", "21408"),
        ("+15005550004", "21610"),
        ("+15005550009", "21614"),
        ("+12", "21211"),
    ],
)
def test_numbers_twilio_refuses(twilio: TwilioEmulator, twilio_config: dict[str, Any], to: str, code: str) -> None:
    assert failure(twilio_config, to).provider_code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"authToken": "wrong"}, "20003"),
        ({"accountSID": "ACother"}, "20003"),
        ({"fromMessagingServiceSID": "MGother"}, "21701"),
    ],
)
def test_settings_twilio_refuses(
    twilio: TwilioEmulator, twilio_config: dict[str, Any], change: dict[str, str], code: str
) -> None:
    error = failure(twilio_config | change)
    assert error.provider_code == code
    assert error.category is ErrorCategory.CONFIGURATION


def test_too_many_messages_may_be_tried_again(settings: Settings, twilio_config: dict[str, Any]) -> None:
    with TwilioEmulator(rate_limit=1) as emulator:
        settings.TWILIO_API_BASE_URL = emulator.base_url
        send(twilio_config)
        error = failure(twilio_config)
    assert (error.provider_code, error.category, error.permanent) == ("20429", ErrorCategory.RETRY, False)


def test_a_hanging_twilio_is_given_up(
    twilio: TwilioEmulator, twilio_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio_api, "TIMEOUT_SECONDS", 0.2)
    twilio.hang(30)
    started = time.monotonic()
    error = failure(twilio_config)
    assert time.monotonic() - started < 2
    assert (error.provider_code, error.category, error.permanent) == ("timeout", ErrorCategory.RETRY, False)


def test_nobody_listening(settings: Settings, twilio_config: dict[str, Any]) -> None:
    with TwilioEmulator() as emulator:
        settings.TWILIO_API_BASE_URL = emulator.base_url
    error = failure(twilio_config)
    assert (error.provider_code, error.category, error.permanent) == ("network", ErrorCategory.RETRY, False)


@pytest.mark.parametrize("body", ["<html>a proxy's page</html>", "[]", "null"])
def test_an_answer_that_is_no_message(twilio: TwilioEmulator, twilio_config: dict[str, Any], body: str) -> None:
    twilio.answer_next(201, body)
    assert failure(twilio_config).provider_code == "unreadable"


def test_an_error_page_without_a_code(twilio: TwilioEmulator, twilio_config: dict[str, Any]) -> None:
    twilio.answer_next(502, "<html>Bad gateway</html>")
    error = failure(twilio_config)
    assert (error.provider_code, error.category) == ("502", ErrorCategory.RETRY)


def test_secrets_stay_out_of_errors_and_logs(
    twilio: TwilioEmulator, twilio_config: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    twilio.answer_next(400, f'{{"code": 20003, "message": "No: {AUTH_TOKEN}"}}')
    error = failure(twilio_config)
    for text in (str(error), repr(error), error.provider_message, caplog.text):
        assert AUTH_TOKEN not in text
        assert "123456" not in text
    assert "[hidden]" in error.provider_message
