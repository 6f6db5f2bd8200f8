from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from idp.lib.encryption import EncryptedJSONField
from idp.lib.ids import short_id, standard_id


class Connector(models.Model):
    """A provider that is set up: it exists, so it is on. Of those of one type the first sends, the others stand by.

    `connector_id` is the kind (`twilio-short-message-service`); `type` is `Sms` or `Email`; `name` is what administrators
    call it, or empty.
    """

    NAME_LENGTH = 60

    id = models.CharField(primary_key=True, max_length=12, default=short_id, editable=False)
    type = models.CharField(max_length=16, db_index=True)
    position = models.PositiveSmallIntegerField(default=0)
    connector_id = models.CharField(max_length=128)
    name = models.CharField(max_length=NAME_LENGTH, blank=True, default="", db_default="")
    config = EncryptedJSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["type", "position", "created_at"]

    def __str__(self) -> str:
        return self.name or self.connector_id


class OutboxMessage(models.Model):
    """A message that nobody sent: development only, while no connector of its type is set up."""

    type = models.CharField(max_length=16)
    recipient = models.CharField(max_length=254)
    usage_type = models.CharField(max_length=40)
    subject = models.CharField(max_length=254, blank=True, default="")
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.type} to {self.recipient}"


class PendingMessageQuerySet(models.QuerySet["PendingMessage"]):
    def due(self, now: datetime) -> "PendingMessageQuerySet":
        """What another attempt may be made at, the oldest first."""
        return self.unheld(now).filter(attempts__lt=PendingMessage.ATTEMPTS).order_by("next_attempt_at")

    def unheld(self, now: datetime) -> "PendingMessageQuerySet":
        """What is wanted still, and nobody is sending or about to.

        Nobody holds a message for longer than LEASE: one that waits for later was held before the clock was put back.
        """
        is_free = models.Q(next_attempt_at__lte=now) | models.Q(next_attempt_at__gt=now + 2 * PendingMessage.LEASE)
        return self.filter(is_free, expires_at__gt=now)


class PendingMessage(models.Model):
    """A message that no provider has taken yet; `messaging.pending` says how it is claimed.

    `body` is {to, variables, language}, encrypted: it holds the one-time code. `reference` is the id of that code.
    """

    ATTEMPTS = 2  # of which the writing is the first
    LEASE = timedelta(seconds=20)  # longer than one provider takes to answer or to run into its timeout

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    type = models.CharField(max_length=16)
    usage_type = models.CharField(max_length=40)
    reference = models.CharField(max_length=21, db_index=True)
    body = EncryptedJSONField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PendingMessageQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class SentMessageQuerySet(models.QuerySet["SentMessage"]):
    def to(self, recipients: Iterable[str]) -> "SentMessageQuerySet":
        """What went to any of these: E.164 numbers with their plus, and email addresses."""
        return self.filter(recipient__in=[recipient_digest(one) for one in recipients])


def recipient_digest(to: str) -> str:
    """Keyed, because phone numbers are few enough to try them all."""
    return salted_hmac("idp.messaging.recipient", to.lower(), algorithm="sha256").hexdigest()


class SentMessage(models.Model):
    """One attempt to hand one message to one provider, and what became of it. What it said is not kept.

    The recipient is a keyed digest, to find what went to a person, and a hint that support can recognize. `reference` is the
    one-time code that it carried. `rank` orders the statuses, so that a report that arrives late takes nothing back.
    """

    class Status(models.TextChoices):
        PENDING = "pending"  # the provider has not answered yet
        ACCEPTED = "accepted"
        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"  # taken, and lost on the way
        REFUSED = "refused"  # not even taken

    RANKS = {
        Status.PENDING: 0,
        Status.ACCEPTED: 1,
        Status.SENT: 2,
        Status.DELIVERED: 3,
        Status.FAILED: 3,
        Status.REFUSED: 3,
    }

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    type = models.CharField(max_length=16)
    usage_type = models.CharField(max_length=40)
    reference = models.CharField(max_length=21, blank=True, default="", db_index=True)
    connector = models.CharField(max_length=12)  # no foreign key: the record outlives it
    kind = models.CharField(max_length=128)  # of the connector
    recipient = models.CharField(max_length=64)
    recipient_hint = models.CharField(max_length=254)
    country = models.CharField(max_length=2, blank=True, default="")
    provider_id = models.CharField(max_length=64, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    rank = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=40, blank=True, default="")
    error_category = models.CharField(max_length=16, blank=True, default="")
    error_meaning = models.CharField(max_length=300, blank=True, default="")
    segments = models.PositiveSmallIntegerField(null=True)
    price = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    verified_at = models.DateTimeField(null=True)  # when the code that it carried came back
    price_due_at = models.DateTimeField(null=True)  # when to ask the provider what it cost
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SentMessageQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-created_at"]),
            models.Index(fields=["connector", "-created_at"]),
            models.Index(fields=["price_due_at"], condition=models.Q(price_due_at__isnull=False), name="price_due"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_hint}: {self.status}"


class SmsPrice(models.Model):
    """What the latest message to a country cost, as its provider reported it. `amount` is in millionths of the currency."""

    country = models.CharField(max_length=2)  # ISO 3166
    currency = models.CharField(max_length=3)  # ISO 4217
    amount = models.PositiveBigIntegerField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = "SMS price"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["country", "currency"], name="one_price_for_a_country")
        ]

    def __str__(self) -> str:
        return f"{self.country}: {self.amount / 1_000_000} {self.currency}"
