from django.contrib import admin
from django.contrib.auth.models import Group

from idp.lib.admin import NoTraceAdmin, ReadOnlyAdmin
from idp.users.models import Installation, Invitation, ProfileField, StaffSession, User, UserImport

admin.site.unregister(Group)  # permissions come from roles, not from Django's groups


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """People are changed in the console, where every change is checked and audited."""

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
    list_filter = ("is_staff", "is_suspended")
    search_fields = ("id", "username", "primary_email", "primary_phone", "name")
    exclude = ("password", "groups", "user_permissions")


@admin.register(ProfileField)
class ProfileFieldAdmin(NoTraceAdmin):
    list_display = ("name", "type", "label", "required", "sie_order")


@admin.register(Installation)
class InstallationAdmin(NoTraceAdmin):
    list_display = ("id", "claimed_at", "staff_factor_required")


@admin.register(UserImport)
class UserImportAdmin(ReadOnlyAdmin):
    """The rows of the file are personal data and are not shown."""

    list_display = ("created_at", "name", "by", "status", "position", "total", "created", "problem_count")
    list_filter = ("status",)
    exclude = ("rows", "problems")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "role", "invited_by", "created_at", "expires_at", "over_at")
    list_filter = ("role",)
    search_fields = ("email",)
    exclude = ("digest",)


@admin.register(StaffSession)
class StaffSessionAdmin(ReadOnlyAdmin):
    """Deleting one signs an administrator out in that browser."""

    list_display = ("user", "address", "user_agent", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("=user__username", "=address")
    exclude = ("id", "auth_hash")
