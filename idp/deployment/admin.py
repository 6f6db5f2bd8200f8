from django.contrib import admin
from django.contrib.admin.models import LogEntry

from idp.deployment.models import Erasure, Heartbeat
from idp.lib.admin import NoTraceAdmin


@admin.register(Heartbeat)
class HeartbeatAdmin(NoTraceAdmin):
    list_display = ("id", "seen_at")


@admin.register(Erasure)
class ErasureAdmin(NoTraceAdmin):
    list_display = ("user_id", "due_at")
    search_fields = ("=user_id",)


@admin.register(LogEntry)
class LogEntryAdmin(NoTraceAdmin):
    """What was deleted or changed on these pages themselves."""

    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag")
    list_select_related = ("user", "content_type")
