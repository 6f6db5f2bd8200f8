from django.contrib import admin

from idp.lib.admin import ReadOnlyAdmin
from idp.verification.models import (
    AddressProof,
    Attempt,
    CaptchaProvider,
    Lockout,
    OneTimeToken,
    PersonProof,
    SmsAlert,
    SmsBudget,
    UsedChallenge,
    VerificationCode,
)


@admin.register(VerificationCode)
class VerificationCodeAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "channel", "recipient", "purpose", "tries", "expires_at", "consumed_at")
    list_filter = ("channel", "purpose")
    search_fields = ("recipient",)
    exclude = ("digest",)


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ("target", "created_at")


@admin.register(Lockout)
class LockoutAdmin(ReadOnlyAdmin):
    """Deleting a lockout lets the person try again."""

    list_display = ("target", "until")


@admin.register(PersonProof)
class PersonProofAdmin(ReadOnlyAdmin):
    list_display = ("user_id", "method", "expires_at")
    exclude = ("name",)


@admin.register(AddressProof)
class AddressProofAdmin(ReadOnlyAdmin):
    list_display = ("user_id", "channel", "recipient", "expires_at")
    exclude = ("name",)


@admin.register(SmsBudget)
class SmsBudgetAdmin(ReadOnlyAdmin):
    list_display = ("id", "sent", "ends_at")


@admin.register(SmsAlert)
class SmsAlertAdmin(ReadOnlyAdmin):
    list_display = ("kind", "subject", "sent", "verified", "created_at", "until", "dismissed_at")


@admin.register(OneTimeToken)
class OneTimeTokenAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "email", "status", "expires_at")
    exclude = ("digest",)


@admin.register(CaptchaProvider)
class CaptchaProviderAdmin(ReadOnlyAdmin):
    list_display = ("type", "updated_at")
    exclude = ("config",)


@admin.register(UsedChallenge)
class UsedChallengeAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "expires_at")
