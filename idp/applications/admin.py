"""The toolkit registers Application itself, with the class that settings name."""

from django.contrib import admin

from idp.applications.models import ApplicationSecret
from idp.lib.admin import StaffAdmin


class ApplicationAdmin(StaffAdmin):
    """Applications are changed in the console, where their URIs are checked and the change is audited."""

    list_display = ("client_id", "name", "type", "algorithm", "created")
    list_filter = ("type",)
    search_fields = ("client_id__exact", "name__istartswith")
    console_page = ("application-detail", "pk")


@admin.register(ApplicationSecret)
class ApplicationSecretAdmin(StaffAdmin):
    list_display = ("application", "name", "created_at", "expires_at", "last_used_at")
    list_select_related = ("application",)
    exclude = ("value", "digest")
    search_fields = ("application_id__exact",)
    console_page = ("application-credentials", "application_id")
