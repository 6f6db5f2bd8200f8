"""API resources have no page in the console: owners keep them here or with `manage.py apply`, and every change is in the log."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.audit.services import record
from idp.authorization.errors import InvalidResource
from idp.authorization.models import Permission, Resource
from idp.authorization.services import check, delete_resource
from idp.lib.admin import StaffAdmin


class ResourceForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if {"indicator", "access_token_ttl"} <= set(data):
            try:
                check(data["indicator"], data["access_token_ttl"])
            except InvalidResource as error:
                raise ValidationError(error.message) from error
        return data


class PermissionInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Permission
    extra = 0


@admin.register(Resource)
class ResourceAdmin(StaffAdmin):
    list_display = ("name", "indicator", "access_token_ttl", "is_default")
    search_fields = ("indicator__exact", "name__istartswith")
    form = ResourceForm
    inlines = (PermissionInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._is_owner(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_owner(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_owner(request)

    def _is_owner(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("staff.own"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        resource: Resource = form.instance
        if resource.is_default:
            Resource.objects.exclude(pk=resource.pk).update(is_default=False)
        record(
            "resource.updated" if change else "resource.created",
            by=request.user.audit_name,  # type: ignore[union-attr]
            target=f"resource:{resource.pk}",
            indicator=resource.indicator,
        )

    def delete_model(self, request: HttpRequest, obj: Resource) -> None:
        delete_resource(by=request.user.audit_name, resource=obj)  # type: ignore[union-attr]

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Resource]") -> None:
        for resource in queryset:
            self.delete_model(request, resource)


@admin.register(Permission)
class PermissionAdmin(StaffAdmin):
    list_display = ("name", "resource", "description")
    search_fields = ("name__istartswith",)
    list_select_related = ("resource",)
