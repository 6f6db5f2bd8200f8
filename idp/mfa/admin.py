from django.contrib import admin

from idp.lib.admin import ReadOnlyAdmin
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
class TotpDeviceAdmin(ReadOnlyAdmin):
    list_display = ("user", "created_at", "last_used_at")
    list_select_related = ("user",)
    exclude = ("secret",)


@admin.register(BackupCode)
class BackupCodeAdmin(ReadOnlyAdmin):
    list_display = ("user", "created_at", "used_at")
    list_select_related = ("user",)
    exclude = ("digest",)


@admin.register(Passkey)
class PasskeyAdmin(ReadOnlyAdmin):
    list_display = ("user", "name", "created_at", "last_used_at")
    list_select_related = ("user",)


@admin.register(TrustedDevice)
class TrustedDeviceAdmin(ReadOnlyAdmin):
    list_display = ("user", "agent", "created_at", "expires_at")
    list_select_related = ("user",)
    exclude = ("digest",)


@admin.register(Ceremony)
class CeremonyAdmin(ReadOnlyAdmin):
    list_display = ("id", "purpose", "user_id")
    list_filter = ("purpose",)
    exclude = ("holder", "challenge", "credential")


@admin.register(KnownBrowser)
class KnownBrowserAdmin(ReadOnlyAdmin):
    list_display = ("user", "country", "seen_at")
    list_select_related = ("user",)
    exclude = ("digest",)


@admin.register(Habit)
class HabitAdmin(ReadOnlyAdmin):
    list_display = ("user", "last_factor", "skipped_at", "passkey_skipped_at", "suggestion_skipped_at")
    list_select_related = ("user",)
