"""The toolkit registers its own models, with the classes that settings name. Deleting a row revokes it."""

from django.contrib import admin

from idp.lib.admin import ReadOnlyAdmin
from idp.tokens.models import Grant, SigningKey


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
