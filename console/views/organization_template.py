"""Roles and permissions that are the same for every organization. Who has them in one: organization_holders."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from console.access import Permission as Level
from console.access import administrator, needs
from console.editing import answer, edit, stored
from console.forms.access import OrganizationPermissionForm, PermissionsForm
from console.role_pages import RolePages
from console.undo import announce_done, opposite
from idp.audit.models import EventFilter
from idp.authorization.roles import set_organization_role_permissions
from idp.lib.errors import DomainError
from idp.organizations import roles
from idp.organizations.models import OrganizationPermission, OrganizationRole, RoleType

PAGE_SIZE = 20
PAGES = RolePages(
    OrganizationRole, roles.create_role, roles.update_role, roles.delete_role, noun="organization role",
    list_label="Organization roles", templates="console/organization_template/role", list_url="console:template-roles",
    role_url="console:template-role", permissions_url="console:template-role-permissions",
)  # fmt: skip


@needs(Level.READ)
@require_safe
def role_list(request: HttpRequest) -> HttpResponse:
    found = OrganizationRole.objects.annotate(permission_count=Count("permissions")).order_by("name")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "console/organization_template/roles.html", {"page": page})


@needs(Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def role_create(request: HttpRequest) -> HttpResponse:
    return PAGES.create(request)


@needs(Level.READ, Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, pk: str) -> HttpResponse:
    return PAGES.change(request, pk)


@needs(Level.READ, Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def role_permissions(request: HttpRequest, pk: str) -> HttpResponse:
    def build(found: OrganizationRole, data: Any) -> PermissionsForm:
        return PermissionsForm(
            found.api_permissions.all(), for_machines=found.type == RoleType.MACHINE, data=data,
            organization_permissions=found.permissions.all(),
        )  # fmt: skip

    def write(found: OrganizationRole, form: PermissionsForm) -> None:
        by = administrator(request).audit_name
        roles.set_permissions(by=by, role=found, permissions=form.organization_permissions())
        set_organization_role_permissions(by=by, role=found, permissions=form.permissions())

    return PAGES.change_permissions(request, pk, build, write)


@needs(Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def role_delete(request: HttpRequest, pk: str) -> HttpResponse:
    return PAGES.delete(request, pk)


@needs(Level.READ, Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def permission_list(request: HttpRequest) -> HttpResponse:
    """The list, and a form for one more."""
    form = OrganizationPermissionForm(data=request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = roles.create_permission(by=administrator(request).audit_name, **form.cleaned_data)
        except DomainError as error:
            form.show_problem(error)
        else:
            messages.success(request, f"{made.name} is added. Give it to members by a role.")
            return redirect("console:template-permissions")
    found = OrganizationPermission.objects.annotate(role_count=Count("roles")).order_by("name")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "console/organization_template/permissions.html", {"page": page, "form": form})


@needs(Level.READ, Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def permission(request: HttpRequest, pk: str) -> HttpResponse:
    def write(found: OrganizationPermission, form: OrganizationPermissionForm) -> bool:
        roles.update_permission(
            by=administrator(request).audit_name, permission=found, description=form.cleaned_data["description"]
        )
        return True

    found = get_object_or_404(OrganizationPermission, pk=pk)
    editing = edit(
        request, load=lambda lock: stored(OrganizationPermission, pk, lock=lock), build=OrganizationPermissionForm,
        write=write, about=EventFilter(subject=found.audit_name),
    )  # fmt: skip
    return answer(request, editing, "console/organization_template/permission.html", {"permission": found})


@needs(Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def permission_delete(request: HttpRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(OrganizationPermission, pk=pk)
    held = list(found.roles.all())
    if request.method == "POST":
        roles.delete_permission(by=administrator(request).audit_name, permission=found)
        back = opposite("template-permissions", name=found.name, description=found.description)
        announce_done(request, f"{found.name} is deleted.", None if held else back)
        return redirect("console:template-permissions")
    context = {"permission": found, "roles": held}
    return render(request, "console/organization_template/permission_delete.html", context)
