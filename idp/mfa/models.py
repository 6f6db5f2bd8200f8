from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django_otp.models import Device

from idp.lib.encryption import EncryptedTextField
from idp.lib.ids import standard_id


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
        verbose_name = "authenticator app"
        constraints: ClassVar = [models.UniqueConstraint(fields=["user"], name="one_authenticator_app_per_person")]


class Passkey(Device):
    """A WebAuthn credential of a person, who may have several. Ids and keys are base64url without padding.

    `sign_count` is what the authenticator counted at its last signature; 0 for good where it does not count.
    """

    name = models.CharField(max_length=64)
    credential_id = models.CharField(max_length=1364, unique=True)  # at most 1023 bytes
    public_key = models.TextField()  # COSE
    sign_count = models.BigIntegerField()
    transports = models.JSONField(default=list)
    aaguid = models.CharField(max_length=36)
    agent = models.CharField(max_length=400, blank=True, default="")  # the browser that it was made in
    backup_eligible = models.BooleanField()  # may be synchronised between devices
    backed_up = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "created_at"])]

    @property
    def amr(self) -> list[str]:
        """RFC 8176: a key that may leave its device is kept in software; using it was confirmed by a person."""
        return ["swk" if self.backup_eligible else "hwk", "user"]


class Ceremony(models.Model):
    """One question to a browser's passkeys, to be answered once (WebAuthn section 13.4.3).

    `holder` is the interaction or the session that it was asked in: an answer from anywhere else is none. `user_id` is whose
    passkey is wanted; empty where anybody may answer. `credential` is a registration that was right and waits to be bound.
    """

    class Purpose(models.TextChoices):
        REGISTER = "register"
        VERIFY = "verify"
        SIGN_IN = "sign-in"

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    holder = models.CharField(max_length=64)
    user_id = models.CharField(max_length=12, blank=True, default="")
    challenge = models.CharField(max_length=86, unique=True)
    answered_at = models.DateTimeField(null=True)
    credential: Any = models.JSONField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "ceremonies"

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


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


class TrustedDevice(models.Model):
    """A browser in which one person is not asked for a second factor until `expires_at`. `digest` is its secret's SHA-256."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="trusted_devices")
    digest = models.CharField(max_length=64, unique=True)
    agent = models.CharField(max_length=400, blank=True, default="")
    address = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"trusted device {self.pk}"


class KnownBrowser(models.Model):
    """A browser in which a person signed in before, and the country that it was in ("" when that is not known)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="known_browsers")
    digest = models.CharField(max_length=64)
    country = models.CharField(max_length=2, blank=True, default="")
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest", "country"], name="known_browser_once")
        ]

    def __str__(self) -> str:
        return f"known browser {self.pk}"


class Habit(models.Model):
    """What a person did about second factors: the one they used last, and what they declined to set up."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="mfa_habit"
    )
    last_factor = models.CharField(max_length=24, blank=True, default="")
    skipped_at = models.DateTimeField(null=True)
    passkey_skipped_at = models.DateTimeField(null=True)
    suggestion_skipped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"habit of {self.user_id}"
