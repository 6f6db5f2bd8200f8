"""The toolkit registers its own models, with the classes that settings name. Deleting a row revokes it."""

from django.contrib import admin

from idp.lib.admin import ReadOnlyAdmin
from idp.tokens.models import (
    Consent,
    DeviceCode,
    Grant,
    LogoutNotice,
    PersonalAccessToken,
    PushedRequest,
    SigningKey,
    SubjectToken,
    UsedAssertion,
)


class AuthorizationCodeAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "application", "expires", "consumed_at")
    list_select_related = ("user", "application")
    exclude = ("code", "code_challenge", "nonce")


class AccessTokenAdmin(ReadOnlyAdmin):
    list_display = ("user", "application", "scope", "created", "expires")
    list_select_related = ("user", "application")
    exclude = ("token_checksum",)


class RefreshTokenAdmin(ReadOnlyAdmin):
    list_display = ("user", "application", "scope", "created", "expires", "consumed_at")
    list_select_related = ("user", "application")
    exclude = ("token_checksum", "nonce")


class IDTokenAdmin(ReadOnlyAdmin):
    list_display = ("jti", "user", "application", "expires")


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "application", "scope", "created_at", "expires_at", "revoked_at")
    list_select_related = ("user", "application")
    search_fields = ("id", "user__username", "application__name")


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnlyAdmin):
    list_display = ("id", "algorithm", "status", "created_at")
    exclude = ("pem",)


@admin.register(DeviceCode)
class DeviceCodeAdmin(ReadOnlyAdmin):
    list_display = ("user_code", "client_id", "status", "user", "expires", "consumed_at")
    list_select_related = ("user",)
    exclude = ("device_code",)


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """Deleting a consent makes the application ask again; its live tokens are ended by revoking the grant."""

    list_display = ("user", "application", "scope", "updated_at")
    list_select_related = ("user", "application")


@admin.register(PushedRequest)
class PushedRequestAdmin(ReadOnlyAdmin):
    list_display = ("application", "expires_at", "consumed_at")
    list_select_related = ("application",)
    exclude = ("id", "params")


@admin.register(UsedAssertion)
class UsedAssertionAdmin(ReadOnlyAdmin):
    list_display = ("id", "expires_at")


@admin.register(SubjectToken)
class SubjectTokenAdmin(ReadOnlyAdmin):
    list_display = ("user", "created_at", "expires_at", "consumed_at")
    list_select_related = ("user",)
    exclude = ("id",)


@admin.register(PersonalAccessToken)
class PersonalAccessTokenAdmin(ReadOnlyAdmin):
    list_display = ("user", "name", "created_at", "expires_at")
    list_select_related = ("user",)
    exclude = ("id", "value")


@admin.register(LogoutNotice)
class LogoutNoticeAdmin(ReadOnlyAdmin):
    list_display = (
        "application",
        "user_id",
        "attempts",
        "next_attempt_at",
        "delivered_at",
        "given_up_at",
        "last_error",
    )
    list_select_related = ("application",)
