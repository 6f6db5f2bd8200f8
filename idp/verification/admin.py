from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.lib.admin import StaffAdmin
from idp.verification.lockout import unblock_targets
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
class VerificationCodeAdmin(StaffAdmin):
    list_display = ("created_at", "channel", "recipient", "purpose", "tries", "expires_at", "consumed_at")
    search_fields = ("id__exact", "recipient__exact")
    exclude = ("digest",)


@admin.register(Attempt)
class AttemptAdmin(StaffAdmin):
    list_display = ("target", "created_at")
    search_fields = ("target__exact", "address__exact")


@admin.register(Lockout)
class LockoutAdmin(StaffAdmin):
    """Whom it is about is a digest. A person is unlocked by an action of the list of people, whatever it is about by this one."""

    list_display = ("target", "until")
    ordering = ("-until",)
    search_fields = ("target__exact",)
    actions = ("unlock",)

    @admin.action(description="Unlock", permissions=["support"])
    def unlock(self, request: HttpRequest, queryset: "QuerySet[Lockout]") -> None:
        unblock_targets(by=request.user.audit_name, targets=[row.target for row in queryset])  # type: ignore[union-attr]  # staff
        self.message_user(request, "They may try again.")


@admin.register(PersonProof)
class PersonProofAdmin(StaffAdmin):
    list_display = ("user_id", "method", "expires_at")
    search_fields = ("user_id__exact",)
    exclude = ("name",)


@admin.register(AddressProof)
class AddressProofAdmin(StaffAdmin):
    list_display = ("user_id", "channel", "recipient", "expires_at")
    search_fields = ("user_id__exact",)
    exclude = ("name",)


@admin.register(SmsBudget)
class SmsBudgetAdmin(StaffAdmin):
    list_display = ("id", "sent", "ends_at")


@admin.register(SmsAlert)
class SmsAlertAdmin(StaffAdmin):
    list_display = ("kind", "subject", "sent", "verified", "created_at", "until", "dismissed_at")
    console_page = ("security", "")


@admin.register(OneTimeToken)
class OneTimeTokenAdmin(StaffAdmin):
    list_display = ("created_at", "email", "status", "expires_at")
    search_fields = ("email__exact",)
    exclude = ("digest",)


@admin.register(CaptchaProvider)
class CaptchaProviderAdmin(StaffAdmin):
    list_display = ("type", "updated_at")
    console_page = ("security-captcha", "")
    exclude = ("config",)


@admin.register(UsedChallenge)
class UsedChallengeAdmin(StaffAdmin):
    list_display = ("__str__", "expires_at")
