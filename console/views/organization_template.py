"""Roles and permissions that are the same for every organization, and who has which role in one of them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.access import Permission as Level
from console.access import administrator, needs
from console.editing import answer, edit, stored
from console.forms.access import (
    HolderForm,
    NewRoleForm,
    OrganizationPermissionForm,
    PermissionsForm,
    RoleForm,
    RolesForm,
)
from console.undo import announce_done, opposite
from idp.applications.models import Application, ApplicationType
from idp.audit.models import EventFilter
from idp.authorization.models import ApplicationMembership
from idp.authorization.roles import (
    add_machine,
    remove_machine,
    set_machine_roles,
    set_organization_role_permissions,
)
from idp.lib.errors import DomainError
from idp.organizations import roles
from idp.organizations.models import Membership, Organization, OrganizationPermission, OrganizationRole, RoleType

PAGE_SIZE = 20


@needs(Level.READ)
@require_safe
def role_list(request: HttpRequest) -> HttpResponse:
    found = OrganizationRole.objects.annotate(permission_count=Count("permissions")).order_by("name")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "console/organization_template/roles.html", {"page": page})


@needs(Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def role_create(request: HttpRequest) -> HttpResponse:
    form = NewRoleForm(request.POST or None)
    if form.is_valid():
        try:
            role = roles.create_role(by=administrator(request).audit_name, **form.cleaned_data)
        except DomainError as error:
            form.show_problem(error)
        else:
            messages.success(request, f"{role.name} is created. Choose what it allows.")
            return redirect("console:template-role-permissions", role.pk)
    return render(request, "console/organization_template/role_create.html", {"form": form})


@needs(Level.READ, Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, pk: str) -> HttpResponse:
    def write(found: OrganizationRole, form: RoleForm) -> bool:
        by = administrator(request).audit_name
        return form.is_taken_by(roles.update_role, by=by, role=found, **form.cleaned_data)

    found = _role(pk)
    editing = edit(
        request, load=lambda lock: _role(pk, lock=lock), build=RoleForm, write=write,
        about=EventFilter(subject=found.audit_name), columns=lambda form: form.fields,
    )  # fmt: skip
    return answer(request, editing, "console/organization_template/role.html", {"role": found})


@needs(Level.READ, Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def role_permissions(request: HttpRequest, pk: str) -> HttpResponse:
    def build(found: OrganizationRole, data: Any) -> PermissionsForm:
        return PermissionsForm(
            found.api_permissions.all(), for_machines=found.type == RoleType.MACHINE, data=data,
            organization_permissions=found.permissions.all(),
        )  # fmt: skip

    def write(found: OrganizationRole, form: PermissionsForm) -> bool:
        by = administrator(request).audit_name
        roles.set_permissions(by=by, role=found, permissions=form.organization_permissions())
        set_organization_role_permissions(by=by, role=found, permissions=form.permissions())
        return True

    found = _role(pk)
    editing = edit(
        request, load=lambda lock: _role(pk, lock=lock), build=build, write=write,
        about=EventFilter(subject=found.audit_name), columns=lambda form: ["permissions"],
    )  # fmt: skip
    return answer(request, editing, "console/organization_template/role_permissions.html", {"role": found})


@needs(Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def role_delete(request: HttpRequest, pk: str) -> HttpResponse:
    found = _role(pk)
    if request.method == "POST":
        roles.delete_role(by=administrator(request).audit_name, role=found)
        messages.success(request, f"{found.name} is deleted.")
        return redirect("console:template-roles")
    return render(request, "console/organization_template/role_delete.html", {"role": found})


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


@needs(Level.PEOPLE, Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def member_roles(request: HttpRequest, pk: str, user_id: str) -> HttpResponse:
    """The roles of one member."""
    members = Membership.objects.select_related("user", "organization").filter(organization=pk, user=user_id)

    def build(found: Membership, data: Any) -> RolesForm:
        return RolesForm(OrganizationRole.objects.filter(type=RoleType.USER), found.roles.all(), data)

    def write(found: Membership, form: RolesForm) -> bool:
        roles.set_member_roles(
            by=administrator(request).audit_name, organization=found.organization, user=found.user, roles=form.chosen()
        )
        return True

    membership = get_object_or_404(members)
    editing = edit(
        request, load=lambda lock: membership if not lock else stored(Membership, membership.pk, lock=lock), build=build,
        write=write, about=EventFilter(subject=membership.organization.audit_name), columns=lambda form: ["roles"],
    )  # fmt: skip
    context = {"organization": membership.organization, "name": membership.user.display_name, "here": "members"}
    return answer(request, editing, "console/organizations/holder_roles.html", context)


@needs(Level.READ)
@require_safe
def machines(request: HttpRequest, pk: str) -> HttpResponse:
    return _machines(request, get_object_or_404(Organization, pk=pk), HolderForm(RoleType.MACHINE))


@needs(Level.MANAGE)
@require_POST
def machine_add(request: HttpRequest, pk: str) -> HttpResponse:
    organization, form = get_object_or_404(Organization, pk=pk), HolderForm(RoleType.MACHINE, request.POST)
    if form.is_valid():
        found = Application.objects.managed().filter(type=ApplicationType.MACHINE_TO_MACHINE)
        application = found.filter(pk=form.cleaned_data["who"].strip()).first()
        if application is None:
            form.add_error("who", "No machine-to-machine application has this ID.")
        elif not add_machine(by=administrator(request).audit_name, organization=organization, application=application):
            form.add_error("who", f"{application.name} works for them already.")
        else:
            back = opposite("organization-machine-remove", pk, application.pk)
            announce_done(request, f"{application.name} works for {organization.name}.", back)
            return redirect("console:organization-machines", pk)
    return _machines(request, organization, form)


@needs(Level.MANAGE)
@require_POST
def machine_remove(request: HttpRequest, pk: str, application_id: str) -> HttpResponse:
    organization = get_object_or_404(Organization, pk=pk)
    if remove_machine(by=administrator(request).audit_name, organization=organization, application_id=application_id):
        announce_done(request, f"It no longer works for {organization.name}.")
    return redirect("console:organization-machines", pk)


@needs(Level.READ, Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def machine_roles(request: HttpRequest, pk: str, application_id: str) -> HttpResponse:
    found = ApplicationMembership.objects.select_related("application", "organization")
    membership = get_object_or_404(found, organization=pk, application=application_id)

    def build(found: ApplicationMembership, data: Any) -> RolesForm:
        return RolesForm(OrganizationRole.objects.filter(type=RoleType.MACHINE), found.roles.all(), data)

    def write(found: ApplicationMembership, form: RolesForm) -> bool:
        set_machine_roles(by=administrator(request).audit_name, membership=found, roles=form.chosen())
        return True

    editing = edit(
        request, load=lambda lock: stored(ApplicationMembership, str(membership.pk), lock=lock), build=build, write=write,
        about=EventFilter(subject=membership.organization.audit_name), columns=lambda form: ["roles"],
    )  # fmt: skip
    context = {"organization": membership.organization, "name": membership.application.name, "here": "machines"}
    return answer(request, editing, "console/organizations/holder_roles.html", context)


def _machines(request: HttpRequest, organization: Organization, form: HolderForm) -> HttpResponse:
    found = ApplicationMembership.objects.filter(organization=organization).select_related("application")
    page = Paginator(found.prefetch_related("roles").order_by("-created_at", "-pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(
        request, "console/organizations/machines.html", {"organization": organization, "page": page, "form": form}
    )


def _role(pk: str, *, lock: bool = False) -> OrganizationRole:
    return stored(OrganizationRole, pk, lock=lock)
