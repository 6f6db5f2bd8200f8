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
    amr = models.JSONField(default=list)  # how they did (RFC 8176)
    acr = models.CharField(max_length=8, blank=True, default="")  # how strong that was (idp.signin.acr)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user", "application"]),
            models.Index(fields=["application", "created_at", "id"], name="grant_of_application"),
        ]

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
    act = models.JSONField(null=True)  # who acts for the person with it (RFC 8693 section 4.1); None: they themselves

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

    class Meta(AbstractIDToken.Meta):
        verbose_name = "ID token"


class DeviceCode(AbstractDeviceGrant):
    """A device that waits for its person (RFC 8628). `device_code` holds the SHA-256 of the device's own code.

    The answer of the person becomes a Grant; `consumed_at` is when the device took it.
    """

    last_checked = models.DateTimeField(null=True)  # when the device last asked
    resource = models.JSONField(default=list)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, null=True, related_name="device_codes")
    consumed_at = models.DateTimeField(null=True)

    class Meta(AbstractDeviceGrant.Meta):
        constraints: ClassVar[list[Any]] = [
            *AbstractDeviceGrant.Meta.constraints,
            models.UniqueConstraint(
                fields=["user_code"], condition=models.Q(status="authorization-pending"), name="one_waiting_user_code"
            ),
        ]

    def __str__(self) -> str:
        return self.user_code


class Consent(models.Model):
    """What a person has allowed a third-party application, so that it need not ask again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    application = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="consents"
    )
    scope = models.TextField(blank=True, default="")
    resource = models.JSONField(default=list)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "application"], name="one_consent_per_application"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.application_id}"


class PushedRequest(models.Model):
    """An authorization request that a client sent ahead (RFC 9126). The key is the SHA-256 of its request_uri."""

    id = models.CharField(primary_key=True, max_length=64)
    application = models.ForeignKey(settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE)
    params = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)
    consumed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.pk


class UsedAssertion(models.Model):
    """A client assertion (RFC 7523) that came once and must not come again. The key is the SHA-256 of client and jti."""

    id = models.CharField(primary_key=True, max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.pk


class SubjectToken(models.Model):
    """`sub_…`: a token that stands for a person once, to be exchanged by an application (RFC 8693, impersonation).

    One that an administrator made in the console names them, and the one application that may exchange it.
    """

    id = models.CharField(primary_key=True, max_length=64)  # SHA-256
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    context = models.JSONField(default=dict)
    administrator_id = models.CharField(max_length=12, blank=True, default="", db_default="")
    application_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    consumed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"subject token of {self.user_id}"


class PersonalAccessToken(models.Model):
    """`pat_…`: a long-lived token of a person, to be exchanged for access tokens (RFC 8693)."""

    id = models.CharField(primary_key=True, max_length=64)  # SHA-256
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="personal_access_tokens")
    name = models.CharField(max_length=128)
    value = EncryptedTextField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "name"], name="personal_access_token_name_once_per_user"),
        ]

    def __str__(self) -> str:
        return self.name


class LogoutNotice(models.Model):
    """A back-channel logout token that a client is still to be told (OpenID Connect Back-Channel Logout 1.0)."""

    application = models.ForeignKey(settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE)
    user_id = models.CharField(max_length=12)
    session_id = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_index=True)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=400, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"logout of {self.session_id[:8]} for {self.application_id}"


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
    # When the next key becomes current, and until when a previous one is published.
    effective_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["algorithm"], condition=models.Q(status="current"), name="one_current_key_per_algorithm"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.algorithm} {self.status}"
