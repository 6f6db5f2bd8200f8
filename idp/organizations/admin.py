from django.contrib import admin

from idp.lib.admin import StaffAdmin
from idp.organizations.models import Membership, Organization, OrganizationPermission, OrganizationRole


@admin.register(Organization)
class OrganizationAdmin(StaffAdmin):
    list_display = ("name", "id", "created_at")
    search_fields = ("id__exact", "name__istartswith")
    console_page = ("organization-detail", "pk")


@admin.register(Membership)
class MembershipAdmin(StaffAdmin):
    list_display = ("user", "organization", "created_at")
    list_select_related = ("user", "organization")
    search_fields = ("user_id__exact", "organization_id__exact")
    console_page = ("organization-members", "organization_id")


@admin.register(OrganizationPermission)
class OrganizationPermissionAdmin(StaffAdmin):
    list_display = ("name", "description")
    search_fields = ("name__istartswith",)
    console_page = ("template-permission", "pk")


@admin.register(OrganizationRole)
class OrganizationRoleAdmin(StaffAdmin):
    list_display = ("name", "type", "created_at")
    list_filter = ("type",)
    search_fields = ("id__exact", "name__istartswith")
    console_page = ("template-role", "pk")
