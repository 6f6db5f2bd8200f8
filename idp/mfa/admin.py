from django.contrib import admin

from idp.lib.admin import StaffAdmin
from idp.mfa.models import (
    BackupCode,
    Ceremony,
    Habit,
    KnownBrowser,
    Passkey,
    TotpDevice,
    TrustedDevice,
)


@admin.register(TotpDevice)
class TotpDeviceAdmin(StaffAdmin):
    list_display = ("user", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user_id__exact",)
    console_page = ("user-sign-in", "user_id")
    exclude = ("secret",)


@admin.register(BackupCode)
class BackupCodeAdmin(StaffAdmin):
    list_display = ("user", "created_at", "used_at")
    list_select_related = ("user",)
    search_fields = ("user_id__exact",)
    console_page = ("user-sign-in", "user_id")
    exclude = ("digest",)


@admin.register(Passkey)
class PasskeyAdmin(StaffAdmin):
    list_display = ("user", "name", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user_id__exact",)
    console_page = ("user-sign-in", "user_id")


@admin.register(TrustedDevice)
class TrustedDeviceAdmin(StaffAdmin):
    list_display = ("user", "agent", "created_at", "expires_at")
    list_select_related = ("user",)
    search_fields = ("user_id__exact",)
    console_page = ("user-sign-in", "user_id")
    exclude = ("digest",)


@admin.register(Ceremony)
class CeremonyAdmin(StaffAdmin):
    list_display = ("id", "purpose", "user_id")
    search_fields = ("id__exact",)
    exclude = ("holder", "challenge", "credential")


@admin.register(KnownBrowser)
class KnownBrowserAdmin(StaffAdmin):
    list_display = ("user", "country", "seen_at")
    list_select_related = ("user",)
    search_fields = ("user_id__exact",)
    console_page = ("user-sign-in", "user_id")
    exclude = ("digest",)


@admin.register(Habit)
class HabitAdmin(StaffAdmin):
    list_display = ("user", "last_factor", "skipped_at", "passkey_skipped_at", "suggestion_skipped_at")
    list_select_related = ("user",)
    search_fields = ("user_id__exact",)
    console_page = ("user-sign-in", "user_id")
