from django.contrib import admin

from idp.audit.models import Event
from idp.lib.admin import NoTraceAdmin


@admin.register(Event)
class EventAdmin(NoTraceAdmin):
    list_display = ("created_at", "key", "actor", "target", "succeeded", "address")
    list_filter = ("succeeded", "key")
    search_fields = ("actor", "target", "key")
    date_hierarchy = "created_at"
