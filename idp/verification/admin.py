from django.contrib import admin

from idp.lib.admin import ReadOnlyAdmin
from idp.verification.models import VerificationCode


@admin.register(VerificationCode)
class VerificationCodeAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "channel", "recipient", "purpose", "tries", "expires_at", "consumed_at")
    list_filter = ("channel", "purpose")
    search_fields = ("recipient",)
    exclude = ("digest",)
