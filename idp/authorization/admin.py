"""API resources, roles and who holds them: kept in the console or with `manage.py apply`, looked at here."""

from django.contrib import admin

from idp.authorization.models import ApplicationMembership, ApplicationRole, Permission, Resource, Role, UserRole
from idp.lib.admin import StaffAdmin


@admin.register(Resource)
class ResourceAdmin(StaffAdmin):
    list_display = ("name", "indicator", "access_token_ttl", "is_default")
    search_fields = ("indicator__exact", "name__istartswith")
    console_page = ("resource-detail", "pk")


@admin.register(Permission)
class PermissionAdmin(StaffAdmin):
    list_display = ("name", "resource", "description")
    search_fields = ("name__istartswith",)
    list_select_related = ("resource",)
    console_page = ("resource-permissions", "resource_id")


@admin.register(Role)
class RoleAdmin(StaffAdmin):
    list_display = ("name", "type", "is_default", "created_at")
    list_filter = ("type", "is_default")
    search_fields = ("id__exact", "name__istartswith")
    console_page = ("role-detail", "pk")


@admin.register(UserRole)
class UserRoleAdmin(StaffAdmin):
    list_display = ("user", "role", "created_at")
    list_select_related = ("user", "role")
    search_fields = ("user_id__exact", "role_id__exact")
    console_page = ("user-roles", "user_id")


@admin.register(ApplicationRole)
class ApplicationRoleAdmin(StaffAdmin):
    list_display = ("application", "role", "created_at")
    list_select_related = ("application", "role")
    search_fields = ("application_id__exact", "role_id__exact")
    console_page = ("application-roles", "application_id")


@admin.register(ApplicationMembership)
class ApplicationMembershipAdmin(StaffAdmin):
    list_display = ("application", "organization", "created_at")
    list_select_related = ("application", "organization")
    search_fields = ("application_id__exact", "organization_id__exact")
    console_page = ("organization-machines", "organization_id")
