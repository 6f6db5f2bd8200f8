"""Compiled statements write what `save()` and `update()` write."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from idp.audit.models import Event
from idp.lib.statements import Consumption, Insertion
from idp.tokens.models import RefreshToken

pytestmark = pytest.mark.django_db
events: Insertion[Event] = Insertion(Event)
tokens: Insertion[RefreshToken] = Insertion(RefreshToken)


def event(**changes: Any) -> Event:
    return Event(key="test.happened", actor="user:ö", data={"nested": [1, {"a": None}]}, **changes)


def token(signed_in: dict[str, Any], checksum: str) -> RefreshToken:
    row = RefreshToken.objects.get()
    row.pk, row._state.adding = checksum, True
    return row


def test_the_same_row_in_one_statement() -> None:
    saved, before = event(), timezone.now()
    saved.save()
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            row = events.insert(event())
        assert len(captured) == 1
        found = Event.objects.get(pk=row.pk)
        assert model_to_dict(found, exclude=["id"]) == model_to_dict(saved, exclude=["id"])
        assert isinstance(found.created_at, datetime)
        assert found.created_at >= before
        assert (row._state.adding, row._state.db) == (False, "default")


def test_a_key_that_the_row_brings(signed_in: dict[str, Any]) -> None:
    tokens.insert(token(signed_in, "other"))
    one, other = RefreshToken.objects.order_by("created")
    left_out = ["token_checksum", "created", "updated"]
    assert model_to_dict(one, exclude=left_out) == model_to_dict(other, exclude=left_out)
    assert {one.pk, other.pk} > {"other"}


def test_a_key_that_is_taken_rolls_back(signed_in: dict[str, Any]) -> None:
    taken = RefreshToken.objects.get().pk
    with pytest.raises(IntegrityError), transaction.atomic():
        tokens.insert(token(signed_in, taken))
    assert RefreshToken.objects.count() == 1


def test_consumed_once(signed_in: dict[str, Any]) -> None:
    pk, now = RefreshToken.objects.get().pk, timezone.now()
    consumption = Consumption(RefreshToken, "consumed_at")
    with CaptureQueriesContext(connection) as captured:
        assert consumption.consume(pk, at=now)
        assert not consumption.consume(pk, at=now + timedelta(seconds=1))
    assert len(captured) == 2
    assert not consumption.consume("unknown", at=now)
    assert RefreshToken.objects.get().consumed_at == now
