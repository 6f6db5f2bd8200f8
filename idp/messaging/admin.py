from django.contrib import admin

from idp.lib.admin import ReadOnlyAdmin
from idp.messaging.models import Connector, OutboxMessage


@admin.register(Connector)
class ConnectorAdmin(ReadOnlyAdmin):
    list_display = ("id", "type", "connector_id", "created_at", "updated_at")
    exclude = ("config",)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "type", "recipient", "usage_type", "text")
    search_fields = ("recipient",)
