from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractDeviceGrant,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)

from idp.lib.encryption import EncryptedTextField
from idp.lib.ids import standard_id


class Grant(models.Model):
    """What a person allowed a client at one sign-in: the root that its code and all its tokens descend from.

    Revoking it ends them all. `session_id` is the sign-in session it came from.
    """

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    application = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="grants"
    )
    session_id = models.CharField(max_length=64, blank=True, default="")
    scope = models.TextField(blank=True, default="")
    resource = models.JSONField(default=list)
    auth_time = models.BigIntegerField()  # seconds since the epoch, when the person last proved who they are
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "application"])]

    def __str__(self) -> str:
        return self.pk


class AuthorizationCode(AbstractGrant):
    """RFC 6749 section 4.1.2; `code` holds its SHA-256. The toolkit calls this model a grant."""

    updated = None
    claims = None
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="codes")
    consumed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code {self.pk}"


class AccessToken(AbstractAccessToken):
    """An opaque access token. Those for an API resource are JWTs (RFC 9068) and are not stored."""

    id = None
    token = None
    updated = None
    source_refresh_token = None
    id_token = None
    token_checksum = models.CharField(primary_key=True, max_length=64)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="access_tokens", null=True)

    class Meta(AbstractAccessToken.Meta):
        swappable = "OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL"
        indexes: ClassVar = [models.Index(fields=["expires"])]

    def __str__(self) -> str:
        return "access token"


class RefreshToken(AbstractRefreshToken):
    """One member of the chain that a grant's refreshes make. `consumed_at` is when its successor was issued.

    `scope` and `resource` are the grant's, never narrowed by one refresh. `chain_started_at` caps sliding lifetimes.
    """

    id = None
    token = None
    updated = None
    access_token = None
    token_family = None
    revoked = None
    token_checksum = models.CharField(primary_key=True, max_length=64)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="refresh_tokens")
    scope = models.TextField(blank=True, default="")
    nonce = models.CharField(max_length=255, blank=True, default="")
    chain_started_at = models.DateTimeField()
    expires = models.DateTimeField()
    consumed_at = models.DateTimeField(null=True)

    class Meta:
        swappable = "OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL"
        indexes: ClassVar = [models.Index(fields=["expires"])]

    def __str__(self) -> str:
        return "refresh token"

    @property
    def is_dead(self) -> bool:
        """Expired, or its grant has ended (needs `grant` loaded)."""
        now = timezone.now()
        return self.expires <= now or self.grant.revoked_at is not None or self.grant.expires_at <= now


class IDToken(AbstractIDToken):
    """ID tokens are signed and handed out, never stored; the toolkit needs the model to exist."""


class DeviceCode(AbstractDeviceGrant):
    """RFC 8628; the toolkit needs the model to exist before the first migration."""


class SigningKey(models.Model):
    """A private key of this server. Published in the JWKS while it is here; `current` signs, one for each algorithm."""

    class Status(models.TextChoices):
        NEXT = "next"
        CURRENT = "current"
        PREVIOUS = "previous"

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    algorithm = models.CharField(max_length=8)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.CURRENT)
    pem = EncryptedTextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["algorithm"], condition=models.Q(status="current"), name="one_current_key_per_algorithm"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.algorithm} {self.status}"
