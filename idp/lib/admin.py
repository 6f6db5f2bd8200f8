"""What the staff's Django admin pages have in common: they look, and call services. No page writes a row by itself."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Counts, and pages through, no more than MOST rows: to go further one searches. A table may have millions."""

    MOST = 1000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[: self.MOST].count())


class StaffAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """For rows that only services may write: look and search. An action that calls a service asks for a permission of the
    console: `@admin.action(permissions=["support"])`.

    `console_page` names the page of the console where work on this is done, and what of the row its address takes
    (`pk`, `user_id`), or nothing. Search goes by indexed columns: `exact`, because `=` would be the ILIKE of PostgreSQL.
    """

    console_page: ClassVar[tuple[str, str] | None] = None
    show_full_result_count = False
    paginator = BoundedPaginator
    sortable_by = ()  # by the index that the list reads, not by any column

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """By what the page offers alone. Django lets one filter by any column of the table, so that a column which is not shown,
        the hash of a password for one, could be guessed letter by letter.
        """
        name, _, comparison = lookup.partition("__")
        if name == self.date_hierarchy:
            return comparison in ("year", "month", "day")
        return name in self.list_filter and comparison in ("exact", "isnull")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_support_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("staff.support"))

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("staff.manage"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, "in_the_console") if self.console_page else fields

    @admin.display(description="In the console")
    def in_the_console(self, row: Model) -> str:
        name, attribute = self.console_page or ("home", "")
        value = getattr(row, attribute) if attribute else ""
        if attribute and not value:
            return "-"
        return format_html('<a href="{}">Open its page</a>', reverse(f"console:{name}", args=[value] if value else []))
