from django.contrib import admin

from idp.lib.admin import NoTraceAdmin, ReadOnlyAdmin
from idp.signin.models import AccountCenter, CustomPhrases, Interaction, Session, SignInExperience


@admin.register(SignInExperience)
class SignInExperienceAdmin(NoTraceAdmin):
    list_display = ("id", "sign_in_mode", "updated_at")


@admin.register(AccountCenter)
class AccountCenterAdmin(NoTraceAdmin):
    list_display = ("id", "enabled", "updated_at")


@admin.register(Interaction)
class InteractionAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "application_id", "event", "prompt", "expires_at")
    list_filter = ("event",)
    exclude = ("params", "draft")  # what is being chosen: passwords, keys, backup codes


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Deleting a session signs the person out in that browser."""

    list_display = ("user", "created_at", "expires_at", "address", "user_agent")
    list_select_related = ("user",)
    search_fields = ("user__username", "address")
    exclude = ("id", "sid")


@admin.register(CustomPhrases)
class CustomPhrasesAdmin(NoTraceAdmin):
    list_display = ("language", "updated_at")
