"""What is left of people whose account was deleted, in tables that have no foreign key to them (docs/operations.md).

Rows of their own go with the account. Codes and messages to their addresses are forgotten in the same transaction. The audit log
keeps what was done and when, by and to an id that names nobody any more; addresses, browsers and names in it are removed by the background
worker after two weeks, in which an account that was taken over and deleted can still be looked into.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db import models, transaction
from django.utils import timezone

from idp.audit.models import Event
from idp.deployment.models import Erasure
from idp.messaging.models import OutboxMessage, SentMessage
from idp.mfa.models import Ceremony
from idp.tokens.models import LogoutNotice
from idp.users.models import Invitation, User
from idp.verification.models import AddressProof, OneTimeToken, PersonProof, VerificationCode

GRACE = timedelta(days=14)
_BATCH = 500  # events rewritten in one transaction
# In the data of an event: of passkeys and tokens, of invitations; and why somebody acted as a person, which says something of
# that person and answers for the one who acted.
_OWN = {"name", "email"}
_ABOUT_THEM = _OWN | {"given_reason"}


def forget(*, user: User, **_: Any) -> None:
    """In the transaction that deletes the account."""
    phones = {user.primary_phone, f"+{user.primary_phone}"} if user.primary_phone else set()
    recipients = phones | ({user.primary_email} if user.primary_email else set())
    VerificationCode.objects.filter(recipient__in=recipients).delete()
    OutboxMessage.objects.filter(recipient__in=recipients).delete()
    if user.primary_email:
        OneTimeToken.objects.filter(email=user.primary_email).delete()
        Invitation.objects.filter(email=user.primary_email).delete()
    SentMessage.objects.to(recipients).update(recipient="", recipient_hint="")
    about: tuple[type[models.Model], ...] = (PersonProof, AddressProof, Ceremony, LogoutNotice)
    for model in about:
        rows = model._default_manager.filter(user_id=user.pk)
        if model is LogoutNotice:  # those that wait still end the sessions of the person
            rows = rows.exclude(delivered_at=None, given_up_at=None)
        rows.delete()
    LogEntry.objects.filter(content_type__app_label="users", content_type__model="user", object_id=user.pk).update(
        object_repr=user.pk
    )
    Erasure.objects.update_or_create(pk=user.pk, defaults={"due_at": timezone.now() + GRACE})


def advance() -> int:
    """One batch for each person whose time has come; returns how many events were rewritten."""
    due = list(Erasure.objects.filter(due_at__lte=timezone.now()).order_by("due_at")[:20])
    return sum(_erase(one) for one in due)


@transaction.atomic
def _erase(one: Erasure) -> int:
    rewritten = 0
    for events, personal in _events_of(f"user:{one.pk}"):
        for event in events.filter(_has_traces(personal))[: _BATCH - rewritten]:
            data = {name: value for name, value in event.data.items() if name not in personal}
            Event.objects.filter(pk=event.pk).update(address="", user_agent="", data=data)
            rewritten += 1
    if not rewritten:
        one.delete()
    return rewritten


def _events_of(person: str) -> Iterator[tuple[models.QuerySet[Event], set[str]]]:
    """By them, about them, and about the invitation that made them an administrator; with what is personal in their data."""
    yield Event.objects.filter(actor=person), _OWN
    yield Event.objects.filter(target=person), _ABOUT_THEM
    accepted = Event.objects.filter(actor=person, key="administrator.accepted")
    yield Event.objects.filter(target__in=accepted.values("target")), _OWN


def _has_traces(personal: set[str]) -> models.Q:
    named = models.Q(data__has_any_keys=sorted(personal))
    return ~models.Q(address="") | ~models.Q(user_agent="") | named
