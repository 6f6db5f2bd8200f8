"""Organizations: the list, one of them, its members and how the hosted pages look for it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.access import Permission, administrator, needs
from console.editing import edit
from console.forms.looks import LooksForm
from console.forms.organizations import MemberForm, NewOrganizationForm, OrganizationForm
from console.paging import newest_first
from console.undo import announce_done, opposite
from idp.audit.models import EventFilter
from idp.organizations import services
from idp.organizations.errors import OrganizationInvalid
from idp.organizations.models import Membership, Organization, OrganizationRole
from idp.users.models import User

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
    return _edit(request, pk, OrganizationForm, "console/organizations/detail.html", "organization-detail")


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def branding(request: HttpRequest, pk: str) -> HttpResponse:
    """What the pages have instead when an app names the organization: an empty field is as it is for the app, or for all."""

    def build(organization: Organization, data: Any) -> LooksForm:
        return LooksForm(organization.color, organization.branding, organization.custom_css, data)

    return _edit(request, pk, build, "console/organizations/branding.html", "organization-branding")


@needs(Permission.PEOPLE)
@require_safe
def members(request: HttpRequest, pk: str) -> HttpResponse:
    return _members(request, _organization(pk), MemberForm())


@needs(Permission.MANAGE)
@require_POST
def member_add(request: HttpRequest, pk: str) -> HttpResponse:
    organization, form = _organization(pk), MemberForm(request.POST)
    if form.is_valid():
        user, by = User.objects.named(form.cleaned_data["who"]), administrator(request).audit_name
        if user is None:
            form.add_error("who", "Nobody has this ID, email address, phone number or username.")
        elif not services.add_member(by=by, organization=organization, user=user, roles=form.cleaned_data["roles"]):
            form.add_error("who", f"{user.display_name} is a member already.")
        else:
            back = opposite("organization-member-remove", pk, user.pk)
            announce_done(request, f"{user.display_name} is a member.", back)
            return redirect("console:organization-members", pk)
    return _members(request, organization, form)


@needs(Permission.MANAGE)
@require_POST
def member_remove(request: HttpRequest, pk: str, user_id: str) -> HttpResponse:
    organization = _organization(pk)
    held = OrganizationRole.objects.filter(memberships__organization=pk, memberships__user=user_id)
    roles = list(held.values_list("pk", flat=True))
    if services.remove_member(by=administrator(request).audit_name, organization=organization, user_id=user_id):
        back = opposite("organization-member-add", pk, who=user_id, roles=roles)
        announce_done(request, f"They are no longer a member of {organization.name}.", back)
    else:
        messages.warning(request, "They were no member any more.")
    return redirect("console:organization-members", pk)


@needs(Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: str) -> HttpResponse:
    organization = _organization(pk)
    if request.method == "POST":
        services.delete_organization(by=administrator(request).audit_name, organization=organization)
        messages.success(request, f"{organization.name} is deleted.")
        return redirect("console:organization-list")
    return render(request, "console/organizations/delete.html", {"organization": organization})


def _edit(request: HttpRequest, pk: str, build: Any, template: str, url_name: str) -> HttpResponse:
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
        request, load=lambda lock: _organization(pk, lock=lock), build=build, write=write,
        about=EventFilter(subject=f"organization:{pk}"), columns=lambda form: form.changes(),
    )  # fmt: skip
    if editing.saved:
        editing.announce(request)
        return redirect(f"console:{url_name}", pk)
    return render(request, template, {"form": editing.form, "organization": _organization(pk)}, status=editing.status)


def _members(request: HttpRequest, organization: Organization, form: MemberForm) -> HttpResponse:
    found = Membership.objects.filter(organization=organization).select_related("user").prefetch_related("roles")
    page = newest_first(found, before=request.GET.get("before", ""), size=PAGE_SIZE)
    return render(
        request, "console/organizations/members.html", {"organization": organization, "page": page, "form": form}
    )


def _organization(pk: str, *, lock: bool = False) -> Organization:
    found = Organization.objects.select_for_update() if lock else Organization.objects.all()
    organization: Organization = get_object_or_404(found, pk=pk)
    return organization
