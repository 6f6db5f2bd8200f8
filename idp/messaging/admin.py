from django.contrib import admin

from idp.lib.admin import ReadOnlyAdmin
from idp.messaging.models import Connector, OutboxMessage, PendingMessage, SentMessage


@admin.register(Connector)
class ConnectorAdmin(ReadOnlyAdmin):
    list_display = ("id", "type", "position", "connector_id", "created_at", "updated_at")
    exclude = ("config",)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "type", "recipient", "usage_type", "text")
    search_fields = ("recipient",)


@admin.register(PendingMessage)
class PendingMessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "type", "usage_type", "attempts", "next_attempt_at", "expires_at")
    exclude = ("body",)


@admin.register(SentMessage)
class SentMessageAdmin(ReadOnlyAdmin):
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
