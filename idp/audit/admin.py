from django.contrib import admin

from idp.audit.models import Event
from idp.lib.admin import NoTraceAdmin


@admin.register(Event)
class EventAdmin(NoTraceAdmin):
    """For looking only. Those who look for something use the console's Activity, which is fast on millions."""

    list_display = ("created_at", "key", "actor", "target", "succeeded", "address")
    list_filter = ("succeeded",)
    search_fields = ("=actor", "=target", "=key")
    show_full_result_count = False
