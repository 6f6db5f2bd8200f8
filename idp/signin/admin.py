from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.lib.admin import StaffAdmin
from idp.signin.models import AccountCenter, CustomPhrases, Interaction, Session, SignInExperience
from idp.signin.sessions import end_session


@admin.register(SignInExperience)
class SignInExperienceAdmin(StaffAdmin):
    list_display = ("id", "sign_in_mode", "updated_at")
    console_page = ("experience", "")


@admin.register(AccountCenter)
class AccountCenterAdmin(StaffAdmin):
    list_display = ("id", "enabled", "updated_at")
    console_page = ("experience-account", "")


@admin.register(Interaction)
class InteractionAdmin(StaffAdmin):
    list_display = ("created_at", "application_id", "event", "prompt", "expires_at")
    search_fields = ("id__exact",)
    exclude = ("params", "draft")  # what is being chosen: passwords, keys, backup codes


@admin.register(Session)
class SessionAdmin(StaffAdmin):
    list_display = ("user", "created_at", "expires_at", "address", "user_agent")
    list_select_related = ("user",)
    search_fields = ("user_id__exact",)
    search_help_text = "The ID of a person"
    ordering = ("-expires_at",)
    exclude = ("id", "sid")
    console_page = ("user-sessions", "user_id")
    actions = ("end",)

    @admin.action(description="End", permissions=["support"])
    def end(self, request: HttpRequest, queryset: "QuerySet[Session]") -> None:
        staff: Any = request.user
        sessions = [one for one in queryset.select_related("user") if staff.may_change(one.user)]
        for session in sessions:
            end_session(by=staff.audit_name, session=session)
        self.message_user(request, f"{len(sessions)} of {len(queryset)} sessions ended.")


@admin.register(CustomPhrases)
class CustomPhrasesAdmin(StaffAdmin):
    list_display = ("language", "updated_at")
    console_page = ("experience-phrases", "language")
