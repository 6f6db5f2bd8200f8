from django.contrib import admin

from idp.lib.admin import ReadOnlyAdmin
from idp.mfa.models import BackupCode, Passkey, TotpDevice, TrustedDevice


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
