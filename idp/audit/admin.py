from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.audit.models import Event, EventFilter
from idp.lib.admin import StaffAdmin


@admin.register(Event)
class EventAdmin(StaffAdmin):
    """For looking only. Those who look for something use the console's Activity, which is fast on millions."""

    list_display = ("created_at", "key", "actor", "target", "succeeded", "address")
    list_filter = ("succeeded",)
    search_fields = ("actor__exact",)  # what shows the field; `get_search_results` is the search
    search_help_text = "user:<ID> or application:<ID>"
    console_page = ("activity-detail", "pk")

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Event]", search_term: str
    ) -> tuple[Any, bool]:
        if not search_term:
            return queryset, False
        found = Event.objects.newest(EventFilter(subject=search_term), self.paginator.MOST)
        return queryset.filter(pk__in=[event.pk for event in found]), False
