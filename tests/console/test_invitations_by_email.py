"""Invitations to administer that go out by email: the link is in the message alone, and what went wrong is to be seen."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from connectors.default_templates import email_templates
from idp.audit.models import Event
from idp.messaging import sending
from idp.messaging.models import PendingMessage, SentMessage
from idp.messaging.services import save_connector
from idp.messaging.signals import message_lost
from idp.signin.invitations import State, states
from idp.users.models import Invitation, User
from tests.console.people import administrator
from tests.console.test_administrators import ACCEPT, LIST
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
INVITE = f"{LIST}/invite"
GRACE = {"email": "Grace@example.com", "role": "support", "by_email": "on"}


def connect(server: SmtpServer, **config: Any) -> None:
    save_connector(
        by="test", connector_id="simple-mail-transfer-protocol",
        config={
            "host": server.host, "port": server.port, "secure": False, "fromEmail": "Shop <shop@example.com>",
            "templates": email_templates(), **config,
        },
    )  # fmt: skip


@pytest.fixture
def mail() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        connect(server)
        yield server


@pytest.fixture
def refusing() -> Iterator[SmtpServer]:
    with SmtpServer(refuse={"RCPT": "550 no such mailbox"}) as server:
        connect(server)
        yield server


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(administrator("olga"))
    User.objects.update(name="Olga Owner")
    return client


def link_in(server: SmtpServer, number: int = -1) -> str:
    text = server.messages[number].get_content()
    return re.search(r"http://[^/\s]+(/console/invitation\?token=\S+)", text).group(1)  # type: ignore[union-attr]


def state_of_grace() -> State | None:
    return states(list(Invitation.objects.all())).get(Invitation.objects.get().pk)


def test_the_link_is_in_the_mail_and_works_once(client: Client, mail: SmtpServer) -> None:
    answer = client.post(INVITE, GRACE, follow=True)
    page = answer.content.decode()
    assert "The invitation is on its way to grace@example.com." in page
    assert ">Sent<" in page
    assert mail.envelopes[0][1] == ["grace@example.com"]
    assert mail.messages[0]["Subject"] == "You are invited to administer localhost"
    text = mail.messages[0].get_content()
    assert "Olga Owner invites you" in text
    assert "Your role: Support." in text
    link = link_in(mail)
    assert link.partition("token=")[2] not in page
    assert Client().post(link, ACCEPT).status_code == 302
    assert Client().post(link, ACCEPT | {"username": "mallory"}).status_code == 404
    assert not [event for event in Event.objects.all() if link.partition("token=")[2] in str(event.data)]


def test_it_is_shown_when_that_is_wanted(client: Client, mail: SmtpServer) -> None:
    page = client.post(INVITE, {"email": "grace@example.com", "role": "support"}).content.decode()
    assert "This is the only time you see it" in page
    assert mail.messages == []
    assert "Passed on by hand" in client.get(LIST).content.decode()


def test_without_a_connector_it_is_shown_as_ever(client: Client) -> None:
    assert "Send the link to this address" not in client.get(INVITE).content.decode()
    assert "This is the only time you see it" in client.post(INVITE, GRACE).content.decode()
    assert "Send by email" not in client.get(LIST).content.decode()
    assert not PendingMessage.objects.exists()


def test_a_template_of_the_connector_goes_before_ours(client: Client) -> None:
    own = {"usageType": "AdministratorInvitation", "contentType": "text/html", "subject": "Hi",
           "content": "<p>{{inviter}}: {{link}}</p>"}  # fmt: skip
    User.objects.update(name="<b>Olga</b>")
    with SmtpServer() as server:
        connect(server, templates=[*email_templates(), own])
        client.post(INVITE, GRACE)
        html = server.messages[0].get_body(("html",))
        assert html is not None
        assert "&lt;b&gt;Olga&lt;/b&gt;: http" in html.get_content()


class TestFailure:
    def test_it_is_said_and_sent_again(self, client: Client, refusing: SmtpServer) -> None:
        page = client.post(INVITE, GRACE, follow=True).content.decode()
        assert "grace@example.com is invited, but the message could not be sent." in page
        assert ">Not sent<" in page
        event = Event.objects.get(key="administrator.invitation_not_sent")
        assert (event.succeeded, event.data) == (False, {"email": "grace@example.com"})
        assert not PendingMessage.objects.exists()
        refusing._refuse.clear()
        page = client.post(f"{LIST}/invitations/{Invitation.objects.get().pk}/renew", {"how": "email"}, follow=True)
        assert ">Sent<" in page.content.decode()
        assert Client().get(link_in(refusing)).status_code == 200

    def test_the_link_before_is_void_after_another(self, client: Client, mail: SmtpServer) -> None:
        client.post(INVITE, GRACE)
        address = f"{LIST}/invitations/{Invitation.objects.get().pk}/renew"
        client.post(address, {"how": "email"})
        first, second = link_in(mail, 0), link_in(mail, 1)
        assert [Client().get(link).status_code for link in (first, second)] == [404, 200]
        page = client.post(address, {}).content.decode()
        assert "This is the only time you see it" in page
        assert Client().get(second).status_code == 404
        assert state_of_grace() is None
        assert Event.objects.filter(key="administrator.invitation_renewed").count() == 2

    def test_what_is_over_is_not_renewed(self, client: Client, mail: SmtpServer) -> None:
        client.post(INVITE, GRACE)
        pk = Invitation.objects.get().pk
        client.post(f"{LIST}/invitations/{pk}/revoke")
        page = client.post(f"{LIST}/invitations/{pk}/renew", {"how": "email"}, follow=True).content.decode()
        assert "This invitation is over" in page
        assert len(mail.messages) == 1

    def test_it_may_fail_after_the_page_went_on(
        self, client: Client, mail: SmtpServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sending, "send", lambda row: None)  # nobody has answered when the page goes on
        client.post(INVITE, GRACE)
        assert state_of_grace() == State.SENDING
        reference = PendingMessage.objects.get().reference
        PendingMessage.objects.all().delete()
        assert state_of_grace() == State.UNKNOWN  # the process was stopped, say
        message_lost.send(sender=PendingMessage, reference="another", category="")
        message_lost.send(sender=PendingMessage, reference=reference, category="")
        assert state_of_grace() == State.FAILED
        assert ">Not sent<" in client.get(LIST).content.decode()

    def test_a_late_failure_of_the_mail_before_says_nothing_about_this_one(
        self, client: Client, mail: SmtpServer
    ) -> None:
        client.post(INVITE, GRACE)
        before = Invitation.objects.get().message
        client.post(f"{LIST}/invitations/{Invitation.objects.get().pk}/renew", {"how": "email"})
        message_lost.send(sender=PendingMessage, reference=before, category="")
        assert state_of_grace() == State.SENT

    def test_what_the_provider_reports_later_counts(self, client: Client, mail: SmtpServer) -> None:
        client.post(INVITE, GRACE)
        SentMessage.objects.update(status=SentMessage.Status.FAILED)
        assert state_of_grace() == State.FAILED

    def test_taken_back_it_does_not_go_out_any_more(
        self, client: Client, mail: SmtpServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sending, "send", lambda row: None)
        client.post(INVITE, GRACE)
        PendingMessage.objects.update(next_attempt_at=timezone.now())
        client.post(f"{LIST}/invitations/{Invitation.objects.get().pk}/revoke")
        assert not PendingMessage.objects.exists()

    def test_with_a_link_by_hand_it_does_not_go_out_any_more(
        self, client: Client, mail: SmtpServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sending, "send", lambda row: None)
        client.post(INVITE, GRACE)
        client.post(f"{LIST}/invitations/{Invitation.objects.get().pk}/renew")
        assert not PendingMessage.objects.exists()

    def test_accepted_it_does_not_go_out_once_more(
        self, client: Client, mail: SmtpServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It arrived, but nobody knows: whoever sent it was stopped before there was an answer."""
        monkeypatch.setattr(sending, "send", lambda row: None)
        client.post(INVITE, GRACE)
        link = PendingMessage.objects.get().body["variables"]["link"].removeprefix("http://localhost:3301")
        other = PendingMessage.objects.create(
            type="Email", usage_type="SignIn", reference="another", body={}, next_attempt_at=timezone.now(), expires_at=timezone.now()
        )  # fmt: skip
        assert Client().post(link, ACCEPT).status_code == 302
        assert list(PendingMessage.objects.all()) == [other]


def test_the_message_rests_encrypted(client: Client, mail: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "send", lambda row: None)
    client.post(INVITE, GRACE)
    assert "token=" in str(PendingMessage.objects.get().body)
    stored = PendingMessage.objects.extra(select={"raw": "body"}).values_list("raw", flat=True).get()
    assert "token=" not in str(stored)
