from typing import ClassVar

from django.conf import settings
from django.db import models
from django_otp.models import Device

from idp.lib.encryption import EncryptedTextField


class TotpDevice(Device):
    """The authenticator app of a person: one at most.

    `last_step` is the time step of the newest code that was accepted; nothing up to it is accepted again. Guessing is stopped
    by verification.lockout, which counts with one statement; django-otp's ThrottlingMixin reads, adds and saves, so parallel
    guesses would share a failure.
    """

    name = models.CharField(max_length=64, default="Authenticator app")
    secret = EncryptedTextField()  # base32
    last_step = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user"], name="one_authenticator_app_per_person")]


class BackupCode(models.Model):
    """One of ten codes for when the other factors are lost. `digest` is keyed with SECRET_KEY and the person's id."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="backup_codes")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "digest"], name="backup_code_digest")]

    def __str__(self) -> str:
        return f"backup code {self.pk}"


class Habit(models.Model):
    """What a person did about second factors: the one they used last, and whether they declined to set one up."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="mfa_habit"
    )
    last_factor = models.CharField(max_length=24, blank=True, default="")
    skipped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"habit of {self.user_id}"
