from django.contrib import admin

from idp.lib.admin import StaffAdmin
from idp.statistics.models import ActivePerson, DailyCount, DailyMessages, Progress


@admin.register(DailyCount)
class DailyCountAdmin(StaffAdmin):
    list_display = ("day", "measure", "label", "settled", "fresh")
    list_filter = ("measure",)
    date_hierarchy = "day"


@admin.register(DailyMessages)
class DailyMessagesAdmin(StaffAdmin):
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
    search_fields = ("connector__exact", "country__exact")
    date_hierarchy = "day"


@admin.register(Progress)
class ProgressAdmin(StaffAdmin):
    list_display = ("settled_until", "messages_at", "counted_at")


@admin.register(ActivePerson)
class ActivePersonAdmin(StaffAdmin):
    list_display = ("day", "user_id")
    search_fields = ("user_id__exact",)
