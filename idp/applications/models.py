"""Clients. Ids are Logto's (21 characters) and are the client_id itself, so that tokens name a client without a join."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from oauth2_provider.models import AbstractApplication

from idp.applications import uris
from idp.lib.encryption import EncryptedTextField
from idp.lib.ids import standard_id

DEMO_APP_ID = "demo-app"
ACCOUNT_APP_ID = "account-center"  # on whose behalf people sign in to their own account
BUILT_IN = (DEMO_APP_ID, ACCOUNT_APP_ID)
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"  # RFC 8628
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105  RFC 8693


class ApplicationType(models.TextChoices):
    NATIVE = "Native", "Native app"
    SPA = "SPA", "Single-page app"
    TRADITIONAL = "Traditional", "Traditional web app"
    MACHINE_TO_MACHINE = "MachineToMachine", "Machine-to-machine"


PUBLIC_TYPES = (ApplicationType.NATIVE, ApplicationType.SPA)
SIGN_IN_TYPES = (*PUBLIC_TYPES, ApplicationType.TRADITIONAL)


class ApplicationQuerySet(models.QuerySet["Application"]):
    def managed(self) -> "ApplicationQuerySet":
        """The ones an administrator made; the others are ours."""
        return self.exclude(pk__in=BUILT_IN).order_by("-created", "pk")

    def search(self, text: str) -> "ApplicationQuerySet":
        return self.filter(models.Q(name__icontains=text) | models.Q(pk=text))

    def with_secrets(self) -> "ApplicationQuerySet":
        """One row for each secret (one at least), with `secret_digest` and `secret_expires_at`: a single statement."""
        return self.annotate(
            secret_digest=models.F("secrets__digest"), secret_expires_at=models.F("secrets__expires_at")
        )


class Application(AbstractApplication):
    """A client: an app that people sign in to, or a machine.

    The toolkit keeps URIs and origins as text separated by white space; `*_list` are their Python form.
    """

    id = property(lambda self: self.client_id)
    client_id = models.CharField("application ID", primary_key=True, max_length=21, default=standard_id, db_column="id")
    # Of the toolkit's columns these have no place here: secrets have a table of their own, and nobody owns a client.
    user = None
    client_secret = None
    hash_client_secret = None
    skip_authorization = None
    registration_source = None
    cimd_expires_at = None

    name = models.CharField(max_length=256)
    description = models.TextField(blank=True, default="")
    type = models.CharField(max_length=32, choices=ApplicationType.choices)
    algorithm = models.CharField(
        "ID token algorithm", max_length=5, default="ES384", choices=[("ES384", "ES384"), ("RS256", "RS256")]
    )
    id_token_ttl = models.PositiveIntegerField(default=3600)  # seconds
    refresh_token_ttl_days = models.PositiveSmallIntegerField(default=14)  # 1 to 180
    rotate_refresh_token = models.BooleanField(default=True)
    always_issue_refresh_token = models.BooleanField(default=False)
    max_allowed_grants = models.PositiveIntegerField(null=True, blank=True)  # for each person; the oldest end
    is_device_flow = models.BooleanField(default=False)  # native only, for good
    allow_token_exchange = models.BooleanField(default=False)
    backchannel_logout_uri = models.CharField(max_length=2048, blank=True, default="")
    backchannel_logout_session_required = models.BooleanField(default=False)
    jwks = models.JSONField(null=True, blank=True)  # public keys for private_key_jwt (RFC 7523)
    # Somebody else's application: people are asked before it learns anything, and it may ask for these scopes only.
    is_third_party = models.BooleanField(default=False)
    user_consent_scopes = models.JSONField(default=list, blank=True)
    terms_of_use_url = models.URLField(max_length=2048, blank=True, default="")
    privacy_policy_url = models.URLField(max_length=2048, blank=True, default="")
    # How the hosted pages look for this application, where it differs from the sign-in experience (same shapes).
    color = models.JSONField(default=dict, blank=True)
    branding = models.JSONField(default=dict, blank=True)
    custom_css = models.TextField(blank=True, default="")
    guide = models.CharField(max_length=40, blank=True, default="")  # the framework guide it was created from
    custom_data = models.JSONField(default=dict, blank=True)

    objects: ClassVar[Any] = ApplicationQuerySet.as_manager()

    class Meta(AbstractApplication.Meta):
        pass

    def save(self, *args: Any, **kwargs: Any) -> None:
        # The toolkit's two columns follow from the type; they are written so that its admin and tools read true.
        self.client_type = self.CLIENT_PUBLIC if self.is_public else self.CLIENT_CONFIDENTIAL
        machine = self.type == ApplicationType.MACHINE_TO_MACHINE
        self.authorization_grant_type = self.GRANT_CLIENT_CREDENTIALS if machine else self.GRANT_AUTHORIZATION_CODE
        super().save(*args, **kwargs)

    @property
    def is_public(self) -> bool:
        return self.type in PUBLIC_TYPES

    @property
    def is_builtin(self) -> bool:
        return self.pk in BUILT_IN

    @property
    def audit_name(self) -> str:
        return f"application:{self.pk}"

    @property
    def redirect_uri_list(self) -> list[str]:
        if self.pk == DEMO_APP_ID:
            return [f"{settings.ENDPOINT}/demo-app"]
        return self.redirect_uris.split()

    @property
    def post_logout_redirect_uri_list(self) -> list[str]:
        if self.pk == DEMO_APP_ID:
            return [f"{settings.ENDPOINT}/demo-app"]
        return self.post_logout_redirect_uris.split()

    @property
    def cors_allowed_origin_list(self) -> list[str]:
        return self.allowed_origins.split()

    def redirect_uri_allowed(self, uri: str) -> bool:
        return uris.is_registered(uri, self.redirect_uri_list, any_loopback_port=self.type == ApplicationType.NATIVE)

    def post_logout_redirect_uri_allowed(self, uri: str) -> bool:
        return uris.is_registered(
            uri, self.post_logout_redirect_uri_list, any_loopback_port=self.type == ApplicationType.NATIVE
        )

    def origin_allowed(self, origin: str) -> bool:
        return uris.is_origin_of(origin, [*self.cors_allowed_origin_list, *self.redirect_uri_list])

    def allows_grant_type(self, *grant_types: str) -> bool:
        return bool(self.grant_types & set(grant_types))

    @property
    def grant_types(self) -> set[str]:
        """What this client may use at the token endpoint, in OAuth's names."""
        if self.type == ApplicationType.MACHINE_TO_MACHINE:
            allowed = {"client_credentials"}
        elif self.is_device_flow:
            allowed = {DEVICE_CODE, "refresh_token"}
        else:
            allowed = {"authorization_code", "refresh_token"}
        return allowed | ({TOKEN_EXCHANGE} if self.allow_token_exchange and not self.is_third_party else set())


class ApplicationSecret(models.Model):
    """A client secret. The digest is compared; the value is encrypted, not hashed, because `client_secret_jwt` needs it.

    People see it once: `shown_at` is when, or when it came from somebody who knows it. From then on they see how it begins.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=256)
    value = EncryptedTextField()
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)  # to the hour (usage.py)
    shown_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "name"], name="secret_name_once_per_application"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def mask(self) -> str:
        """How it begins, to know it by; nothing of one that is short, and so was made up by somebody."""
        beginning = self.value[:4] if len(self.value) >= 24 else ""
        return f"{beginning}••••••••"
