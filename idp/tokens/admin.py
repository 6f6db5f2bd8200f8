"""The toolkit registers its own models, with the classes that settings name."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.lib.admin import StaffAdmin
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
from idp.tokens.services import revoke_grant


class AuthorizationCodeAdmin(StaffAdmin):
    list_display = ("id", "user", "application", "expires", "consumed_at")
    list_select_related = ("user", "application")
    exclude = ("code", "code_challenge", "nonce")
    search_fields = ("user_id__exact",)


class AccessTokenAdmin(StaffAdmin):
    list_display = ("user", "application", "scope", "created", "expires")
    list_select_related = ("user", "application")
    exclude = ("token_checksum",)
    search_fields = ("user_id__exact",)


class RefreshTokenAdmin(StaffAdmin):
    list_display = ("user", "application", "scope", "created", "expires", "consumed_at")
    list_select_related = ("user", "application")
    exclude = ("token_checksum", "nonce")
    search_fields = ("user_id__exact",)


class IDTokenAdmin(StaffAdmin):
    list_display = ("jti", "user", "application", "expires")
    search_fields = ("user_id__exact",)


@admin.register(Grant)
class GrantAdmin(StaffAdmin):
    list_display = ("id", "user", "application", "scope", "created_at", "expires_at", "revoked_at")
    list_select_related = ("user", "application")
    search_fields = ("id__exact", "user_id__exact", "application_id__exact")
    search_help_text = "The ID of a grant, a person or an application"
    console_page = ("user-sessions", "user_id")
    actions = ("revoke",)

    @admin.action(description="Revoke", permissions=["support"])
    def revoke(self, request: HttpRequest, queryset: "QuerySet[Grant]") -> None:
        staff: Any = request.user
        grants = [grant for grant in queryset.select_related("user") if staff.may_change(grant.user)]
        for grant in grants:
            revoke_grant(grant=grant, reason="access revoked", by=staff.audit_name)
        self.message_user(request, f"{len(grants)} of {len(queryset)} grants revoked, with their tokens.")


@admin.register(SigningKey)
class SigningKeyAdmin(StaffAdmin):
    list_display = ("id", "algorithm", "status", "created_at")
    exclude = ("pem",)
    console_page = ("signing-key-list", "")


@admin.register(DeviceCode)
class DeviceCodeAdmin(StaffAdmin):
    list_display = ("user_code", "client_id", "status", "user", "expires", "consumed_at")
    list_select_related = ("user",)
    exclude = ("device_code",)
    search_fields = ("user_code__exact",)


@admin.register(Consent)
class ConsentAdmin(StaffAdmin):
    list_display = ("user", "application", "scope", "updated_at")
    list_select_related = ("user", "application")
    search_fields = ("user_id__exact", "application_id__exact")
    console_page = ("user-sessions", "user_id")


@admin.register(PushedRequest)
class PushedRequestAdmin(StaffAdmin):
    list_display = ("application", "expires_at", "consumed_at")
    list_select_related = ("application",)
    exclude = ("id", "params")


@admin.register(UsedAssertion)
class UsedAssertionAdmin(StaffAdmin):
    list_display = ("id", "expires_at")


@admin.register(SubjectToken)
class SubjectTokenAdmin(StaffAdmin):
    list_display = ("user", "administrator_id", "application_id", "created_at", "expires_at", "consumed_at")
    list_select_related = ("user",)
    exclude = ("id",)
    search_fields = ("user_id__exact",)


@admin.register(PersonalAccessToken)
class PersonalAccessTokenAdmin(StaffAdmin):
    list_display = ("user", "name", "created_at", "expires_at")
    list_select_related = ("user",)
    exclude = ("id", "value")
    search_fields = ("user_id__exact",)


@admin.register(LogoutNotice)
class LogoutNoticeAdmin(StaffAdmin):
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
