from django.contrib import admin
from django.contrib.admin.models import LogEntry

from idp.deployment import support
from idp.deployment.models import Erasure, Heartbeat
from idp.lib.admin import StaffAdmin
from idp.users.admin import UserAdmin
from idp.users.models import User


@admin.register(User)
class PersonAdmin(UserAdmin):
    actions = support.ACTIONS


@admin.register(Heartbeat)
class HeartbeatAdmin(StaffAdmin):
    list_display = ("id", "seen_at")


@admin.register(Erasure)
class ErasureAdmin(StaffAdmin):
    list_display = ("user_id", "due_at")
    search_fields = ("user_id__exact",)


@admin.register(LogEntry)
class LogEntryAdmin(StaffAdmin):
    """What was deleted or changed on these pages themselves."""

    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag")
    list_select_related = ("user", "content_type")
