"""What is kept for how long, and what is left of somebody who left."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from idp.audit.models import Event, EventFilter
from idp.audit.services import record
from idp.deployment import checks, erasure, upkeep
from idp.deployment.models import Erasure
from idp.messaging.models import SentMessage, recipient_digest
from idp.users import staff
from idp.users.models import Invitation, StaffRole, User
from idp.users.services import delete_user
from idp.verification.models import OneTimeToken, PersonProof, VerificationCode
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def old_events(count: int, days: int) -> None:
    Event.objects.bulk_create(Event(key="old", succeeded=number % 3 > 0) for number in range(count))
    Event.objects.filter(key="old").update(created_at=timezone.now() - timedelta(days=days))


def test_events_stay_for_ever_unless_told(settings: Settings) -> None:
    old_events(3, days=10_000)
    upkeep.purge_events()
    assert Event.objects.filter(key="old").count() == 3
    assert {"purge old events", "remove traces of people who left"} <= {task.name for task in upkeep.tasks()}


def test_old_events_go_in_batches(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AUDIT_RETENTION_DAYS = 30
    monkeypatch.setattr(upkeep, "BATCH", 100)
    old_events(2_500, days=31)
    record("new")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert upkeep.purge_events() == 1_000  # five batches of each outcome, then others have their turn
    deletes = [query["sql"] for query in queries if query["sql"].startswith("DELETE")]
    assert len(deletes) == 10
    while upkeep.purge_events():
        pass
    assert not Event.objects.filter(key="old").exists()
    assert Event.objects.filter(key="new").exists()


def test_old_events_are_found_by_an_index(settings: Settings) -> None:
    old_events(2_000, days=1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    for part in Event.objects.streams(EventFilter()):
        plan = part.filter(created_at__lt=timezone.now() - timedelta(days=30)).values_list("pk")[:1000].explain()
        assert "event_outcome" in plan


def test_retention_is_a_number_of_days(settings: Settings) -> None:
    assert "latchkey.E012" not in [one.id for one in checks.safe_settings(None)]
    settings.AUDIT_RETENTION_DAYS = -1
    assert "latchkey.E012" in [one.id for one in checks.safe_settings(None)]


@pytest.fixture
def traces(ada: User) -> str:
    """Something of Ada in every table that does not hang on her row."""
    now = timezone.now()
    soon = now + timedelta(minutes=5)
    for recipient in ("ada@example.com", "15551234567"):
        VerificationCode.objects.create(
            interaction_id="i", channel="email", recipient=recipient, purpose="SignIn", digest="d", expires_at=soon
        )
    OneTimeToken.objects.create(digest="d", email="ada@example.com", expires_at=soon)
    PersonProof.objects.create(name="p", user_id=ada.pk, method="email", expires_at=soon)
    SentMessage.objects.create(
        type="Sms",
        usage_type="SignIn",
        connector="c",
        kind="k",
        recipient=recipient_digest("+15551234567"),
        recipient_hint="+1•••67",
    )
    LogEntry.objects.create(
        user=User.objects.create(username="staff"), content_type=ContentType.objects.get_for_model(User),
        object_id=ada.pk, object_repr="Ada Lovelace", action_flag=CHANGE,
    )  # fmt: skip
    Event.objects.create(
        key="user.signed_in", actor=ada.audit_name, target=ada.audit_name, address="203.0.113.9", user_agent="Firefox"
    )
    Event.objects.create(
        key="user.passkey_renamed", actor="user:staff", target=ada.audit_name, data={"name": "Ada's phone", "n": 1}
    )
    return str(ada.pk)


def delete(pk: str) -> None:
    delete_user(by="user:staff", user=User.objects.get(pk=pk))


def test_what_is_hers_goes_at_once(traces: str) -> None:
    delete(traces)
    for model in (VerificationCode, OneTimeToken, PersonProof):
        assert not model._default_manager.exists()
    message = SentMessage.objects.get()
    assert (message.recipient, message.recipient_hint) == ("", "")
    assert LogEntry.objects.get().object_repr == traces


def test_traces_in_the_log_go_after_two_weeks(traces: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "_BATCH", 1)
    delete(traces)
    assert erasure.advance() == 0
    assert Event.objects.filter(address="203.0.113.9").exists()
    Erasure.objects.update(due_at=timezone.now())
    while erasure.advance():
        pass
    assert not Erasure.objects.exists()
    events = Event.objects.about_user(traces)
    assert set(events.values_list("address", "user_agent")) == {("", "")}
    assert events.get(key="user.passkey_renamed").data == {"n": 1}
    assert events.get(key="user.deleted").actor == "user:staff"


def test_nothing_in_any_table_names_her(traces: str) -> None:
    """Every text of every table: a new one that keeps her address is noticed here."""
    delete(traces)
    Erasure.objects.update(due_at=timezone.now())
    while erasure.advance():
        pass
    hers = ("ada@example.com", "15551234567", "Lovelace", "203.0.113.9", "Ada's phone", "1•••67")
    found = []
    for model in apps.get_models():
        for row in model._default_manager.values():
            found += [(model.__name__, name) for name, value in row.items() if any(one in str(value) for one in hers)]
    assert found == []


def test_the_address_of_an_invitation_goes_with_who_accepted_it() -> None:
    _, token = staff.invite(by="user:owner", email="grace@example.com", role=StaffRole.ADMIN)
    staff.invite(by="user:owner", email="other@example.com", role=StaffRole.ADMIN)
    grace = staff.accept_invitation(token=token, username="grace", password=PASSWORD)
    delete(grace.pk)
    assert not Invitation.objects.filter(email="grace@example.com").exists()
    Erasure.objects.update(due_at=timezone.now())
    while erasure.advance():
        pass
    addresses = Event.objects.filter(key="administrator.invited").values_list("data__email", flat=True)
    assert set(addresses) == {None, "other@example.com"}


def test_others_keep_theirs(traces: str) -> None:
    Event.objects.create(key="x", actor="user:other", address="198.51.100.1")
    delete(traces)
    Erasure.objects.update(due_at=timezone.now())
    erasure.advance()
    assert Event.objects.get(key="x").address == "198.51.100.1"


def test_why_somebody_acted_as_a_person_goes_with_the_person_only(traces: str) -> None:
    acted = Event.objects.create(
        key="user.impersonated", actor="user:staff", target=f"user:{traces}", data={"given_reason": "Her invoices"}
    )
    other = Event.objects.create(
        key="user.impersonated", actor=f"user:{traces}", target="user:other", data={"given_reason": "Ticket 4711"}
    )
    delete(traces)
    Erasure.objects.update(due_at=timezone.now())
    while erasure.advance():
        pass
    assert Event.objects.get(pk=acted.pk).data == {}
    assert Event.objects.get(pk=other.pk).data == {"given_reason": "Ticket 4711"}
