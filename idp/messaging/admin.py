from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.lib.admin import StaffAdmin
from idp.messaging.models import Connector, OutboxMessage, PendingMessage, SentMessage, SmsPrice
from idp.messaging.services import cancel, hurry


@admin.register(Connector)
class ConnectorAdmin(StaffAdmin):
    list_display = ("id", "name", "type", "position", "connector_id", "created_at", "updated_at")
    console_page = ("connector-detail", "pk")
    exclude = ("config",)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(StaffAdmin):
    """What a message says is a code: the console shows it to those who may see secrets."""

    list_display = ("created_at", "type", "recipient", "usage_type")
    exclude = ("subject", "text")
    console_page = ("outbox", "")


@admin.register(PendingMessage)
class PendingMessageAdmin(StaffAdmin):
    list_display = ("created_at", "type", "usage_type", "attempts", "next_attempt_at", "expires_at")
    exclude = ("body",)
    search_fields = ("id__exact", "reference__exact")
    actions = ("send_now", "cancel")

    @admin.action(description="Send again now", permissions=["support"])
    def send_now(self, request: HttpRequest, queryset: "QuerySet[PendingMessage]") -> None:
        self._each(request, queryset, hurry, "sent again; one that is being sent is left alone")

    @admin.action(description="Cancel", permissions=["support"])
    def cancel(self, request: HttpRequest, queryset: "QuerySet[PendingMessage]") -> None:
        self._each(request, queryset, cancel, "cancelled")

    def _each(self, request: HttpRequest, rows: "QuerySet[PendingMessage]", act: Any, what: str) -> None:
        by = request.user.audit_name  # type: ignore[union-attr]  # staff alone get here
        done = sum(act(by=by, row=row) for row in rows)
        self.message_user(request, f"{done} of {len(rows)} messages {what}.")


@admin.register(SentMessage)
class SentMessageAdmin(StaffAdmin):
    list_display = (
        "created_at",
        "type",
        "recipient_hint",
        "usage_type",
        "kind",
        "status",
        "error_code",
        "price",
        "currency",
    )
    list_filter = ("type", "status")
    ordering = ("-created_at",)
    search_fields = ("id__exact", "reference__exact", "connector__exact")
    console_page = ("connector-log", "connector")


@admin.register(SmsPrice)
class SmsPriceAdmin(StaffAdmin):
    list_display = ("country", "currency", "amount", "updated_at")
    search_fields = ("country__exact",)
