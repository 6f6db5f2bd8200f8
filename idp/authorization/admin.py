from django.contrib import admin

from idp.authorization.models import Permission, Resource


class PermissionInline(admin.TabularInline):  # type: ignore[type-arg]  # not subscriptable at run time
    model = Permission
    extra = 0


@admin.register(Resource)
class ResourceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "indicator", "access_token_ttl", "is_default")
    search_fields = ("name", "indicator")
    inlines = (PermissionInline,)


@admin.register(Permission)
class PermissionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "resource", "description")
    search_fields = ("name",)
    list_select_related = ("resource",)
