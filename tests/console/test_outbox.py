"""The development outbox."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from connectors.ports import ConnectorType
from idp.audit.models import Event
from idp.messaging import pending, sending
from idp.messaging.models import OutboxMessage
from tests.console.pages import page
from tests.console.people import staff_client

pytestmark = pytest.mark.django_db
URL = "/console/outbox"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(db: None) -> Client:
    return staff_client()


def text_message(code: str, to: str = "+15551234567") -> None:
    sending.send(
        pending.write(
            type=ConnectorType.SMS, to=to, usage_type="SignIn", variables={"code": code}, reference="code",
            expires_at=timezone.now() + timedelta(minutes=1),
        )
    )  # fmt: skip


def test_an_empty_outbox_explains_itself(client: Client) -> None:
    text = page(client.get(URL))
    assert "Nothing here yet" in text


def test_newest_first_with_the_code_to_copy(client: Client) -> None:
    text_message("111222")
    text_message("333444", to="+15557654321")
    text = page(client.get(URL))
    assert text.index("+1 555-765-4321") < text.index("+1 555-123-4567")
    assert '<mark class="outbox__code">333444</mark>' in text
    assert 'data-copy="333444"' in text


def test_a_message_without_a_code_is_shown_as_it_is(client: Client) -> None:
    OutboxMessage.objects.create(type="Sms", recipient="+1555", usage_type="Generic", text="call <b>+15551234567</b>")
    text = page(client.get(URL))
    assert "call &lt;b&gt;+15551234567&lt;/b&gt;" in text
    assert "<mark" not in text


def test_polling_answers_only_when_something_is_new(client: Client) -> None:
    assert client.get(URL, {"latest": "0"}, headers=HTMX).status_code == 204
    text_message("111222")
    response = client.get(URL, {"latest": "0"}, headers=HTMX)
    assert page(response).lstrip().startswith('<div id="outbox-list"')
    latest = OutboxMessage.objects.get().pk
    assert f"latest={latest}" in page(response)
    assert client.get(URL, {"latest": str(latest)}, headers=HTMX).status_code == 204
    OutboxMessage.objects.all().delete()
    assert "Nothing here yet" in page(client.get(URL, {"latest": str(latest)}, headers=HTMX))


def test_clear(client: Client) -> None:
    text_message("111222")
    response = client.post(f"{URL}/clear", follow=True)
    assert not OutboxMessage.objects.exists()
    assert "The outbox is empty." in page(response)
    assert Event.objects.get(key="outbox.cleared").data == {"count": 1}


def test_production_has_none(client: Client, settings: Any) -> None:
    settings.PRODUCTION = True
    assert client.get(URL).status_code == 404
    assert client.post(f"{URL}/clear").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_any_length(
    client: Client, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        text_message("111222")
    with django_assert_num_queries(8):
        client.get(URL, headers=HTMX)


@pytest.mark.parametrize(("type", "words"), [("ForgotPassword", "Password reset"), ("OfTheirOwn", "OfTheirOwn")])
def test_what_a_message_is_for_in_words(client: Client, type: str, words: str) -> None:
    OutboxMessage.objects.create(type="Sms", recipient="+12025550101", usage_type=type, text="hello")
    assert f"<strong>+1 202-555-0101</strong><small>{words}</small>" in client.get("/console/outbox").content.decode()
