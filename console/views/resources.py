"""API resources: the list, one of them, and its permissions."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from console.access import Permission as Level
from console.access import administrator, needs
from console.editing import answer, edit, stored
from console.forms.access import NewResourceForm, PermissionForm, ResourceForm
from console.undo import announce_done, opposite
from idp.audit.models import EventFilter
from idp.authorization import services
from idp.authorization.models import Permission, Resource
from idp.lib.errors import DomainError

PAGE_SIZE = 20


@needs(Level.READ)
@require_safe
def resource_list(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:256]
    found = Resource.objects.annotate(permission_count=Count("permissions")).order_by("name", "pk")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(indicator__icontains=text))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "console/resources/list.html", {"page": page, "q": text})


@needs(Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    form = NewResourceForm(request.POST or None)
    if form.is_valid():
        try:
            resource = services.create_resource(by=administrator(request).audit_name, **form.cleaned_data)
        except DomainError as error:
            form.show_problem(error, "" if getattr(error, "field", "") else "indicator")
        else:
            messages.success(request, f"{resource.name} is created. Add what apps may do with it.")
            return redirect("console:resource-permissions", resource.pk)
    return render(request, "console/resources/create.html", {"form": form})


@needs(Level.READ, Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, pk: str) -> HttpResponse:
    def write(resource: Resource, form: ResourceForm) -> bool:
        by = administrator(request).audit_name
        return form.is_taken_by(services.update_resource, by=by, resource=resource, **form.cleaned_data)

    resource = get_object_or_404(Resource, pk=pk)
    editing = edit(
        request, load=lambda lock: stored(Resource, pk, lock=lock), build=ResourceForm, write=write,
        about=EventFilter(subject=resource.audit_name), allowed=False if resource.is_builtin else None,
    )  # fmt: skip
    return answer(request, editing, "console/resources/detail.html", {"resource": resource})


@needs(Level.READ, Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def permissions(request: HttpRequest, pk: str) -> HttpResponse:
    """The list, and a form for one more."""
    resource = get_object_or_404(Resource, pk=pk)
    form = PermissionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = services.create_permission(
                by=administrator(request).audit_name, resource=resource, **form.cleaned_data
            )
        except DomainError as error:
            form.show_problem(error, "name")
        else:
            messages.success(request, f"{made.name} is added. Give it to people and machines by a role.")
            return redirect("console:resource-permissions", pk)
    found = resource.permissions.annotate(role_count=Count("roles")).order_by("name")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "console/resources/permissions.html", {"resource": resource, "form": form, "page": page})


@needs(Level.READ, Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def permission(request: HttpRequest, pk: str, permission_id: str) -> HttpResponse:
    def build(found: Permission, data: Any) -> PermissionForm:
        return PermissionForm(data, initial={"name": found.name, "description": found.description})

    def write(found: Permission, form: PermissionForm) -> bool:
        by = administrator(request).audit_name
        return form.is_taken_by(services.update_permission, field="name", by=by, permission=found, **form.cleaned_data)

    found = _permission(pk, permission_id)
    editing = edit(
        request, load=lambda lock: _permission(pk, permission_id, lock=lock), build=build, write=write,
        about=EventFilter(subject=found.audit_name), allowed=False if found.resource.is_builtin else None,
    )  # fmt: skip
    if editing.saved:
        editing.announce(request)
        return redirect("console:resource-permissions", pk)
    context = {"form": editing.form, "permission": found, "resource": found.resource}
    return render(request, "console/resources/permission.html", context, status=editing.status)


@needs(Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def permission_delete(request: HttpRequest, pk: str, permission_id: str) -> HttpResponse:
    found = _permission(pk, permission_id)
    roles = list(found.roles.all())
    if request.method == "POST":
        try:
            services.delete_permission(by=administrator(request).audit_name, permission=found)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            # Which roles had it is not kept, so it can be taken back as long as none had.
            back = opposite("resource-permissions", pk, name=found.name, description=found.description)
            announce_done(request, f"{found.name} is deleted.", None if roles else back)
        return redirect("console:resource-permissions", pk)
    context = {"permission": found, "resource": found.resource, "roles": roles}
    return render(request, "console/resources/permission_delete.html", context)


@needs(Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: str) -> HttpResponse:
    resource = get_object_or_404(Resource, pk=pk)
    if request.method == "POST":
        try:
            services.delete_resource(by=administrator(request).audit_name, resource=resource)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("console:resource-detail", pk)
        messages.success(request, f"{resource.name} is deleted.")
        return redirect("console:resource-list")
    return render(request, "console/resources/delete.html", {"resource": resource})


def _permission(resource_id: str, pk: str, *, lock: bool = False) -> Permission:
    found = Permission.objects.select_for_update(of=("self",)) if lock else Permission.objects.all()
    return get_object_or_404(found.select_related("resource"), resource=resource_id, pk=pk)
