"""Twilio refuses, breaks or does not answer: the page says so, keeps what was typed, and works when tried again."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.harness import documents
from tests.journeys.harness.eyes import Eyes
from tests.journeys.harness.hosted import HostedPages, authorization_url
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import LiveServer
from tests.support.twilio_emulator import TwilioEmulator

NOT_SENT = "The message could not be sent."


@pytest.fixture
def hosted(live_server_process: LiveServer, page: Page, inbox: Inbox, eyes: Eyes) -> Iterator[HostedPages]:
    live_server_process.apply({"signInExperience": documents.PHONE_CODE})
    eyes.expect_error(r"status of (4|5)\d\d")  # of the document itself, when it says that the message was not sent
    page.goto(authorization_url(live_server_process))
    yield HostedPages(page)
    inbox.twilio.hang(0)


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(lambda twilio: twilio.fail_next(21610), id="the recipient has unsubscribed"),
        pytest.param(lambda twilio: twilio.fail_next(21408), id="the country is not enabled"),
        pytest.param(lambda twilio: twilio.fail_next(20429), id="too many requests"),
        pytest.param(lambda twilio: twilio.answer_next(503, "<html>Service Unavailable</html>"), id="down"),
    ],
)
def test_a_refused_message_can_be_tried_again(
    hosted: HostedPages, inbox: Inbox, trouble: Callable[[TwilioEmulator], None]
) -> None:
    number = inbox.new_phone_number()
    trouble(inbox.twilio)
    hosted.give_phone_number(number)
    expect(hosted.alert()).to_contain_text(NOT_SENT)
    expect(hosted.phone_field).to_have_value(number)
    hosted.heading("Sign in")
    hosted.press("Continue")
    hosted.heading("Check your messages")
    hosted.type_code(inbox.code_texted_to(number))
    hosted.heading("You are new here")


def test_a_silent_provider_does_not_keep_the_person_waiting(hosted: HostedPages, inbox: Inbox) -> None:
    """The page goes on after a moment; the message is tried again in the background, and says so when it is lost."""
    number = inbox.new_phone_number()
    inbox.twilio.hang(60)
    before = time.monotonic()
    hosted.give_phone_number(number)
    hosted.heading("Check your messages")
    assert time.monotonic() - before < 4
    inbox.twilio.hang(0)
    while not inbox.texts_to(number) and time.monotonic() - before < 30:
        time.sleep(0.1)
    hosted.type_code(inbox.code_texted_to(number))
    hosted.heading("You are new here")
