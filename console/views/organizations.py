"""Organizations: the list, one of them, and how the hosted pages look for it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from console.access import Permission, administrator, needs
from console.editing import answer, edit, stored
from console.forms.looks import LooksForm
from console.forms.organizations import NewOrganizationForm, OrganizationForm
from console.paging import newest_first
from idp.audit.models import EventFilter
from idp.organizations import services
from idp.organizations.errors import OrganizationInvalid
from idp.organizations.models import Organization

PAGE_SIZE = 20


@needs(Permission.PEOPLE)
@require_safe
def organization_list(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:128]
    found = Organization.objects.search(text) if text else Organization.objects.all()
    filled = {"q": text} if text else None
    page = newest_first(found, before=request.GET.get("before", ""), size=PAGE_SIZE, filled=filled)
    return render(request, "console/organizations/list.html", {"page": page, "q": text})


@needs(Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    form = NewOrganizationForm(request.POST or None)
    if form.is_valid():
        try:
            organization = services.create_organization(by=administrator(request).audit_name, **form.cleaned_data)
        except OrganizationInvalid as error:
            form.show_problem(error)
        else:
            messages.success(request, f"{organization.name} is created. Add its first members.")
            return redirect("console:organization-members", organization.pk)
    return render(request, "console/organizations/create.html", {"form": form})


@needs(Permission.PEOPLE, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, pk: str) -> HttpResponse:
    return _edit(request, pk, OrganizationForm, "console/organizations/detail.html")


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def branding(request: HttpRequest, pk: str) -> HttpResponse:
    """What the pages have instead when an app names the organization: an empty field is as it is for the app, or for all."""

    def build(organization: Organization, data: Any) -> LooksForm:
        return LooksForm(organization.color, organization.branding, organization.custom_css, data)

    return _edit(request, pk, build, "console/organizations/branding.html")


@needs(Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: str) -> HttpResponse:
    organization = get_object_or_404(Organization, pk=pk)
    if request.method == "POST":
        services.delete_organization(by=administrator(request).audit_name, organization=organization)
        messages.success(request, f"{organization.name} is deleted.")
        return redirect("console:organization-list")
    return render(request, "console/organizations/delete.html", {"organization": organization})


def _edit(request: HttpRequest, pk: str, build: Any, template: str) -> HttpResponse:
    """A form that changes the organization: shown, refused, in conflict or saved."""

    def write(organization: Organization, form: Any) -> bool:
        try:
            services.update_organization(
                by=administrator(request).audit_name, organization=organization, **form.changes()
            )
        except OrganizationInvalid as error:
            form.show_problem(error)
            return False
        return True

    editing = edit(
        request, load=lambda lock: stored(Organization, pk, lock=lock), build=build, write=write,
        about=EventFilter(subject=f"organization:{pk}"), columns=lambda form: form.changes(),
    )  # fmt: skip
    return answer(request, editing, template, {"organization": get_object_or_404(Organization, pk=pk)})
