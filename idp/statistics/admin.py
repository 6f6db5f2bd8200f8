from django.contrib import admin

from idp.lib.admin import NoTraceAdmin
from idp.statistics.models import ActivePerson, DailyCount, DailyMessages, Progress


@admin.register(DailyCount)
class DailyCountAdmin(NoTraceAdmin):
    list_display = ("day", "measure", "label", "settled", "fresh")
    list_filter = ("measure",)
    date_hierarchy = "day"


@admin.register(DailyMessages)
class DailyMessagesAdmin(NoTraceAdmin):
    list_display = (
        "day",
        "connector",
        "type",
        "country",
        "sent",
        "delivered",
        "verified",
        "refused",
        "cost",
        "currency",
    )
    list_filter = ("type",)
    search_fields = ("=connector", "=country")
    date_hierarchy = "day"


@admin.register(Progress)
class ProgressAdmin(NoTraceAdmin):
    list_display = ("settled_until", "messages_at", "counted_at")


@admin.register(ActivePerson)
class ActivePersonAdmin(NoTraceAdmin):
    list_display = ("day", "user_id")
    search_fields = ("=user_id",)
    show_full_result_count = False
