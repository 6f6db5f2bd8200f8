from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from idp.lib.admin import StaffAdmin
from idp.users.models import ApiKey, Installation, Invitation, ProfileField, StaffSession, UserImport

admin.site.unregister(Group)  # permissions come from roles, not from Django's groups


class UserAdmin(StaffAdmin):
    """People are changed in the console, where every change is checked and audited. Registered in idp.deployment, with what
    support does for them: the services for that are in higher rooms.
    """

    list_display = (
        "id",
        "username",
        "primary_email",
        "primary_phone",
        "name",
        "is_staff",
        "is_suspended",
        "created_at",
    )
    list_filter = ("staff_role", "is_suspended")
    ordering = ("-created_at", "-pk")
    search_fields = ("id__exact",)  # what shows the field; `get_search_results` is the search
    search_help_text = "Any part of an ID, name, username, email address or phone number"
    console_page = ("user-detail", "pk")
    exclude = ("password", "groups", "user_permissions")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.search(search_term) if search_term else queryset), False


@admin.register(ProfileField)
class ProfileFieldAdmin(StaffAdmin):
    list_display = ("name", "type", "label", "required", "sie_order")
    console_page = ("experience-field", "pk")


@admin.register(Installation)
class InstallationAdmin(StaffAdmin):
    list_display = ("id", "claimed_at", "staff_factor_required")


@admin.register(UserImport)
class UserImportAdmin(StaffAdmin):
    """The rows of the file are personal data and are not shown."""

    list_display = ("created_at", "name", "by", "status", "position", "total", "created", "problem_count")
    list_filter = ("status",)
    exclude = ("rows", "problems")
    console_page = ("user-import", "pk")


@admin.register(Invitation)
class InvitationAdmin(StaffAdmin):
    list_display = ("email", "role", "invited_by", "created_at", "expires_at", "over_at")
    list_filter = ("role",)
    search_fields = ("email__exact",)
    console_page = ("administrator-list", "")
    exclude = ("digest",)


@admin.register(StaffSession)
class StaffSessionAdmin(StaffAdmin):
    """Owners end those of somebody on the page of administrators, everybody their own under "Your account"."""

    list_display = ("user", "address", "user_agent", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user_id__exact",)
    console_page = ("administrator-list", "")
    exclude = ("id", "auth_hash")


@admin.register(ApiKey)
class ApiKeyAdmin(StaffAdmin):
    """Revoked on the page of administrators, or by whose it is under "Your account"."""

    list_display = ("name", "administrator", "created_at", "expires_at", "last_used_at")
    list_select_related = ("administrator",)
    search_fields = ("administrator_id__exact",)
    console_page = ("administrator-list", "")
    exclude = ("digest",)
