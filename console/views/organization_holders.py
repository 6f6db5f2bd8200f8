"""The members of an organization and the machines that work for it, with their roles there."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.access import Permission as Level
from console.access import administrator, needs
from console.editing import answer, edit, stored
from console.forms.access import MachineForm, RolesForm
from console.forms.organizations import MemberForm
from console.paging import newest_first
from console.undo import announce_done, opposite
from idp.applications.models import Application, ApplicationType
from idp.audit.models import EventFilter
from idp.authorization.machines import add_machine, remove_machine, set_machine_roles
from idp.authorization.models import ApplicationMembership
from idp.organizations import services
from idp.organizations.models import Membership, Organization, OrganizationRole, RoleType
from idp.organizations.roles import set_member_roles
from idp.users.models import User

PAGE_SIZE = 20


@needs(Level.PEOPLE)
@require_safe
def members(request: HttpRequest, pk: str) -> HttpResponse:
    return _members(request, get_object_or_404(Organization, pk=pk), MemberForm())


@needs(Level.MANAGE)
@require_POST
def member_add(request: HttpRequest, pk: str) -> HttpResponse:
    organization, form = get_object_or_404(Organization, pk=pk), MemberForm(request.POST)
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


@needs(Level.MANAGE)
@require_POST
def member_remove(request: HttpRequest, pk: str, user_id: str) -> HttpResponse:
    organization = get_object_or_404(Organization, pk=pk)
    held = OrganizationRole.objects.filter(memberships__organization=pk, memberships__user=user_id)
    roles = list(held.values_list("pk", flat=True))
    if services.remove_member(by=administrator(request).audit_name, organization=organization, user_id=user_id):
        back = opposite("organization-member-add", pk, who=user_id, roles=roles)
        announce_done(request, f"They are no longer a member of {organization.name}.", back)
    else:
        messages.warning(request, "They were no member any more.")
    return redirect("console:organization-members", pk)


@needs(Level.PEOPLE, Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def member_roles(request: HttpRequest, pk: str, user_id: str) -> HttpResponse:
    """The roles of one member."""
    found = Membership.objects.select_related("user", "organization")
    membership = get_object_or_404(found, organization=pk, user=user_id)

    def save(by: str, roles: list[OrganizationRole]) -> None:
        set_member_roles(by=by, membership=membership, roles=roles)

    return _roles_of(request, membership, RoleType.USER, save, name=membership.user.display_name, here="members")


@needs(Level.READ)
@require_safe
def machines(request: HttpRequest, pk: str) -> HttpResponse:
    return _machines(request, get_object_or_404(Organization, pk=pk), MachineForm())


@needs(Level.MANAGE)
@require_POST
def machine_add(request: HttpRequest, pk: str) -> HttpResponse:
    organization, form = get_object_or_404(Organization, pk=pk), MachineForm(request.POST)
    if form.is_valid():
        by, roles = administrator(request).audit_name, form.cleaned_data["roles"]
        found = Application.objects.managed().filter(type=ApplicationType.MACHINE_TO_MACHINE)
        application = found.filter(pk=form.cleaned_data["who"].strip()).first()
        if application is None:
            form.add_error("who", "No machine-to-machine application has this ID.")
        elif not add_machine(by=by, organization=organization, application=application, roles=roles):
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
    held = OrganizationRole.objects.filter(
        application_memberships__organization=pk, application_memberships__application=application_id
    )
    roles = list(held.values_list("pk", flat=True))
    if remove_machine(by=administrator(request).audit_name, organization=organization, application_id=application_id):
        back = opposite("organization-machine-add", pk, who=application_id, roles=roles)
        announce_done(request, f"It no longer works for {organization.name}.", back)
    else:
        messages.warning(request, "It did not work for them any more.")
    return redirect("console:organization-machines", pk)


@needs(Level.READ, Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def machine_roles(request: HttpRequest, pk: str, application_id: str) -> HttpResponse:
    """The roles of one machine."""
    found = ApplicationMembership.objects.select_related("application", "organization")
    membership = get_object_or_404(found, organization=pk, application=application_id)

    def save(by: str, roles: list[OrganizationRole]) -> None:
        set_machine_roles(by=by, membership=membership, roles=roles)

    return _roles_of(request, membership, RoleType.MACHINE, save, name=membership.application.name, here="machines")


def _roles_of(
    request: HttpRequest,
    membership: Membership | ApplicationMembership,
    type: RoleType,
    save: Callable[[str, list[OrganizationRole]], None],
    *,
    name: str,
    here: str,
) -> HttpResponse:
    def build(found: Any, data: Any) -> RolesForm:
        return RolesForm(OrganizationRole.objects.filter(type=type), found.roles.all(), data)

    def write(found: Any, form: RolesForm) -> bool:
        save(administrator(request).audit_name, form.chosen())
        return True

    model: Any = membership.__class__
    editing = edit(
        request, load=lambda lock: stored(model, str(membership.pk), lock=lock), build=build, write=write,
        about=EventFilter(subject=membership.organization.audit_name), columns=lambda form: ["roles"],
    )  # fmt: skip
    context = {"organization": membership.organization, "name": name, "here": here}
    return answer(request, editing, "console/organizations/holder_roles.html", context)


def _members(request: HttpRequest, organization: Organization, form: MemberForm) -> HttpResponse:
    found = Membership.objects.filter(organization=organization).select_related("user").prefetch_related("roles")
    page = newest_first(found, before=request.GET.get("before", ""), size=PAGE_SIZE)
    return render(
        request, "console/organizations/members.html", {"organization": organization, "page": page, "form": form}
    )


def _machines(request: HttpRequest, organization: Organization, form: MachineForm) -> HttpResponse:
    found = ApplicationMembership.objects.filter(organization=organization).select_related("application")
    page = Paginator(found.prefetch_related("roles").order_by("-created_at", "-pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(
        request, "console/organizations/machines.html", {"organization": organization, "page": page, "form": form}
    )
