"""A provider is in trouble and another stands in; then the message is lost on its way, and the person is told."""

from contextlib import ExitStack

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Servers
from tests.journeys.harness import documents
from tests.journeys.harness.eyes import Eyes
from tests.journeys.harness.hosted import HostedPages, authorization_url
from tests.journeys.harness.inbox import Inbox


def test_a_lost_message_and_another_way(servers: Servers, page: Page, inbox: Inbox, eyes: Eyes) -> None:
    with ExitStack() as stack:
        server = servers.fresh("sqlite", stack, STATUS_CALLBACKS="true")
        document = documents.everything_but_the_experience(inbox.smtp)
        rotated = documents.twilio_connector()
        rotated["config"] = {**rotated["config"], "authToken": "rotated-meanwhile"}
        experience = documents.PHONE_CODE | {"captchaPolicy": {"enabled": True}}
        connectors = [rotated, *document["connectors"]]
        server.apply(document | {"connectors": connectors, "signInExperience": experience})
        number = inbox.new_phone_number()

        page.goto(authorization_url(server))
        hosted = HostedPages(page)
        hosted.give_phone_number(number)  # the browser's proof of work is on its way by now, or waited for
        hosted.heading("Check your messages")
        message = inbox.twilio.messages[-1]
        assert message.to.endswith(number)
        assert inbox.twilio.post_report(message, "sent") == 204
        page.reload()
        expect(page.get_by_text("The message did not arrive")).to_have_count(0)

        assert inbox.twilio.post_report(message, "undelivered", 30006) == 204
        page.reload()
        expect(page.get_by_text("The message did not arrive")).to_be_visible()
        hosted.heading("Check your messages")
        page.get_by_role("link", name="Use another number").click()
        hosted.heading("Sign in")

        server.apply({"signInExperience": experience | {"smsFraudGuard": {"allowedCountries": ["DE"]}}})
        hosted.give_phone_number(inbox.new_phone_number())
        expect(hosted.alert()).to_contain_text("Codes cannot be sent to this number.")
        hosted.heading("Sign in")
