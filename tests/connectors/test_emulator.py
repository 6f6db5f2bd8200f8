"""The emulator's own promises, over plain HTTP."""

import base64
import json
import threading
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.twilio_emulator import ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID, TwilioEmulator

GOOD = {"To": "+14155550100", "Body": "Hello", "MessagingServiceSid": SERVICE_SID}


def call(url: str, form: dict[str, str] | None = None, login: str = f"{ACCOUNT_SID}:{AUTH_TOKEN}") -> tuple[int, Any]:
    request = urllib.request.Request(url, urlencode(form).encode() if form is not None else None)
    request.add_header("Authorization", "Basic " + base64.b64encode(login.encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def post(emulator: TwilioEmulator, form: dict[str, str], account: str = ACCOUNT_SID, **options: str) -> tuple[int, Any]:
    return call(f"{emulator.base_url}/2010-04-01/Accounts/{account}/Messages.json", form, **options)


def test_a_created_message_can_be_fetched_and_listed(twilio: TwilioEmulator) -> None:
    status, created = post(twilio, GOOD)
    assert (status, created["status"], created["to"]) == (201, "accepted", "+14155550100")
    assert call(twilio.base_url + created["uri"])[1]["status"] == "delivered"
    assert [message["sid"] for message in call(twilio.base_url + "/_messages")[1]["messages"]] == [created["sid"]]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"To": ""}, 400, 21604),
        ({"To": "4155550100"}, 400, 21211),
        ({"Body": ""}, 400, 21602),
        ({"MessagingServiceSid": ""}, 400, 21603),
        ({"MessagingServiceSid": "XX"}, 400, 21705),
        ({"MessagingServiceSid": "MGother"}, 404, 21701),
        ({"MessagingServiceSid": "", "From": "+15005550001"}, 400, 21212),
        ({"MessagingServiceSid": "", "From": "+15005550007"}, 400, 21606),
        ({"MessagingServiceSid": "", "From": "+15005550008"}, 429, 21611),
    ],
)
def test_errors_look_like_twilios(twilio: TwilioEmulator, change: dict[str, str], status: int, code: int) -> None:
    answered, body = post(twilio, GOOD | change)
    assert (answered, body["code"], body["status"]) == (status, code, status)
    assert set(body) == {"code", "message", "more_info", "status"}


def test_a_plain_sender_works(twilio: TwilioEmulator) -> None:
    status, created = post(twilio, {"To": "+14155550100", "Body": "Hello", "From": "+15005550006"})
    assert (status, created["status"], created["from"]) == (201, "queued", "+15005550006")


def test_credentials_are_checked(twilio: TwilioEmulator) -> None:
    assert post(twilio, GOOD, login="nobody:x")[1]["code"] == 20003
    assert post(twilio, GOOD, account="ACother")[1]["code"] == 20404
    assert call(twilio.base_url + "/elsewhere")[0] == 404


def test_it_stops_while_a_request_hangs() -> None:
    with TwilioEmulator() as emulator:
        emulator.hang(60)
        thread = threading.Thread(target=post, args=(emulator, GOOD))
        thread.start()
        while not any("process_request_thread" in running.name for running in threading.enumerate()):
            thread.join(0.01)
    thread.join(2)
    assert not thread.is_alive()
    assert not [running.name for running in threading.enumerate() if "process_request_thread" in running.name]
