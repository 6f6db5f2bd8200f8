from django.contrib import admin

from idp.lib.admin import ReadOnlyAdmin
from idp.messaging.models import Connector, OutboxMessage, PendingMessage, SentMessage, SmsPrice


@admin.register(Connector)
class ConnectorAdmin(ReadOnlyAdmin):
    list_display = ("id", "type", "position", "connector_id", "created_at", "updated_at")
    exclude = ("config",)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """What a message says is a code: the console shows it to those who may see secrets."""

    list_display = ("created_at", "type", "recipient", "usage_type")
    search_fields = ("recipient",)
    exclude = ("subject", "text")


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
    search_fields = ("=reference", "=provider_id", "=connector")
    show_full_result_count = False


@admin.register(SmsPrice)
class SmsPriceAdmin(ReadOnlyAdmin):
    list_display = ("country", "currency", "amount", "updated_at")
    search_fields = ("=country",)
