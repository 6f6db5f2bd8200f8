from typing import ClassVar

from django.db import models

from idp.lib.ids import standard_id


class VerificationCode(models.Model):
    """A one-time code sent to one recipient, for one purpose, inside one interaction.

    `purpose` is the usage type of the message (SignIn, Register, ForgotPassword). `digest` is keyed with SECRET_KEY and this
    row's id: six digits have no entropy of their own. `delivered` is false for a send that failed or was suppressed.
    """

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    interaction_id = models.CharField(max_length=21, db_index=True)
    channel = models.CharField(max_length=8)  # phone or email
    recipient = models.CharField(max_length=254)
    purpose = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    address = models.CharField(max_length=64, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    counts_as_send = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    consumed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["recipient", "created_at"]),
            models.Index(fields=["address", "created_at"]),
            models.Index(fields=["expires_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Attempt(models.Model):
    """One try to prove an identifier that did not succeed (or is under way). `target` is a digest of the identifier."""

    target = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["target", "created_at"])]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class Lockout(models.Model):
    """An identifier that nobody may try to prove until `until`."""

    target = models.CharField(primary_key=True, max_length=64)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"locked until {self.until}"
