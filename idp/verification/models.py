from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from idp.lib.encryption import EncryptedJSONField
from idp.lib.ids import standard_id


class VerificationCodeQuerySet(models.QuerySet["VerificationCode"]):
    def sent(self, *, interaction_id: str, purpose: str) -> "VerificationCodeQuerySet":
        """The codes of one interaction for one purpose: a code opens nothing but what it was sent for."""
        return self.filter(interaction_id=interaction_id, purpose=purpose)


class VerificationCode(models.Model):
    """A one-time code sent to one recipient, for one purpose, inside one interaction.

    `purpose` is the usage type of the message (SignIn, Register, ForgotPassword). `digest` is keyed with SECRET_KEY and this
    row's id: six digits have no entropy of their own. `delivered` is false for a send that failed or was suppressed. `address`
    (of IPv6 the network) and `device` say who asked, `prefix` the first digits of a phone number: what the fraud guard counts by.
    `cost` is what the message will cost by estimate, in millionths of the settings' currency.
    """

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    interaction_id = models.CharField(max_length=21, db_index=True)
    channel = models.CharField(max_length=8)  # phone or email
    recipient = models.CharField(max_length=254)
    purpose = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    address = models.CharField(max_length=64, blank=True, default="")
    device = models.CharField(max_length=64, blank=True, default="")
    prefix = models.CharField(max_length=8, blank=True, default="")
    cost = models.PositiveBigIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    max_tries = models.PositiveSmallIntegerField(default=10)
    counts_as_send = models.BooleanField(default=True)
    delivered = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    consumed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = VerificationCodeQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["recipient", "created_at"]),
            models.Index(fields=["address", "created_at"]),
            models.Index(fields=["device", "created_at"], condition=~models.Q(device=""), name="verification_device"),
            models.Index(fields=["prefix", "created_at"], condition=~models.Q(prefix=""), name="verification_prefix"),
            models.Index(fields=["expires_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Attempt(models.Model):
    """One try to prove an identifier that did not succeed (or is under way). `target` is a digest of the identifier;
    `address` (of IPv6 the network) and `device` say who tried."""

    target = models.CharField(max_length=64)
    address = models.CharField(max_length=64, blank=True, default="")
    device = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["target", "created_at"]),
            models.Index(fields=["address", "created_at"], condition=~models.Q(address=""), name="attempt_address"),
            models.Index(fields=["device", "created_at"], condition=~models.Q(device=""), name="attempt_device"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class Lockout(models.Model):
    """An identifier that nobody may try to prove until `until`."""

    target = models.CharField(primary_key=True, max_length=64)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"locked until {self.until}"


class SmsBudget(models.Model):
    """How many text messages went out in one hour or day (UTC) of the whole installation, and what they cost by estimate.

    `cost` is in millionths of the currency of the settings.
    """

    id = models.CharField(primary_key=True, max_length=24)  # `hour 2026-11-24 09` or `day 2026-11-24`
    sent = models.PositiveIntegerField(default=0)
    cost = models.PositiveBigIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "SMS budget"

    def __str__(self) -> str:
        return f"{self.pk}: {self.sent}"


class SmsAlert(models.Model):
    """Text messages were stopped, and an administrator should know: for a prefix, or because a budget was used up.

    `subject` is the prefix or the budget's id. Nothing is sent until `until`; an unblocked prefix has it in the past. For a
    prefix, `sent` and `verified` are what it was judged by; for a budget, `sent` is its limit: messages, or whole units of
    `currency`.
    """

    class Kind(models.TextChoices):
        PREFIX = "prefix"
        HOUR = "hour"
        DAY = "day"
        HOUR_COST = "hourcost"
        DAY_COST = "daycost"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject = models.CharField(max_length=24)
    until = models.DateTimeField(db_index=True)
    sent = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True, default="")
    verified = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    dismissed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "SMS alert"
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "subject"], name="one_alert_for_each_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def is_in_force(self) -> bool:
        return self.until > timezone.now()


class CaptchaProvider(models.Model):
    """Who tells people from robots, when it is somebody else: one row, or none for the proof of work of our own."""

    id = models.CharField(primary_key=True, max_length=16, default="default", editable=False)
    type = models.CharField(max_length=32)  # a connectors.ports.CaptchaKind
    config = EncryptedJSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.type


class UsedChallenge(models.Model):
    """A challenge of the proof of work that somebody has answered: it cannot be answered again."""

    id = models.CharField(primary_key=True, max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.pk[:8]


class PersonProof(models.Model):
    """A signed-in person has just shown again that they are who they are: a session alone, or a token, may be stolen.

    `name` is the `sid` of their session, or the verification record that a client of the Account API presents. `method` is
    how: `password`, or a code to their `email` or `phone`. No foreign keys: sessions live in a higher room.
    """

    name = models.CharField(primary_key=True, max_length=43)
    user_id = models.CharField(max_length=12, db_index=True)
    method = models.CharField(max_length=8)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user_id} by {self.method}"


class AddressProof(models.Model):
    """A signed-in person has read a code at an address that is to become theirs; used once, then it is gone."""

    name = models.CharField(primary_key=True, max_length=21)  # the code
    user_id = models.CharField(max_length=12, db_index=True)
    channel = models.CharField(max_length=8)
    recipient = models.CharField(max_length=254)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.channel} for {self.user_id}"


class OneTimeToken(models.Model):
    """A link by email that signs in whoever opens it, once (Logto section 5.9). The token itself is not kept.

    `status` is active, consumed, revoked or expired; `context` is the caller's own ({jitOrganizationIds}).
    """

    class Status(models.TextChoices):
        ACTIVE = "active"
        CONSUMED = "consumed"
        REVOKED = "revoked"
        EXPIRED = "expired"

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)  # SHA-256
    email = models.CharField(max_length=254, db_index=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    context = models.JSONField(default=dict, blank=True)
    by_owner = models.BooleanField(default=False, db_default=False)  # nobody else's signs an administrator in
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "one-time token"

    def __str__(self) -> str:
        return f"link for {self.email}"
