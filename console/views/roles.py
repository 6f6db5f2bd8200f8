"""Roles: the list, one of them, its permissions and who holds it; and the tabs that give roles to one person or machine."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.access import Permission as Level
from console.access import administrator, needs
from console.editing import answer, edit, stored
from console.forms.access import HolderForm, PermissionsForm, RolesForm
from console.paging import newest_first
from console.reauthentication import proven
from console.role_pages import RolePages
from console.undo import announce_done, opposite
from console.views.user_tabs import head, may_do
from idp.applications.models import Application, ApplicationType
from idp.audit.models import EventFilter
from idp.authorization import roles
from idp.authorization.models import ApplicationRole, Role, UserRole
from idp.organizations.models import RoleType
from idp.users.models import User

PAGE_SIZE = 20
PAGES = RolePages(
    Role, roles.create_role, roles.update_role, roles.delete_role, noun="role", list_label="Roles",
    templates="console/roles", list_url="console:role-list", role_url="console:role-detail",
    permissions_url="console:role-permissions",
)  # fmt: skip


def _is_for_machines(*, pk: str, **_: str) -> bool:
    """A machine with the right role may do all that an administrator may: an open browser is not enough to make it one."""
    return Role.objects.filter(pk=pk, type=RoleType.MACHINE).exists()


proven_for_machines = partial(proven, when=_is_for_machines)


@needs(Level.READ)
@require_safe
def role_list(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:128]
    found = Role.objects.annotate(permission_count=Count("permissions")).order_by("name")
    if text:
        found = found.filter(name__icontains=text)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "console/roles/list.html", {"page": page, "q": text})


@needs(Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    return PAGES.create(request)


@needs(Level.READ, Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, pk: str) -> HttpResponse:
    return PAGES.change(request, pk)


@needs(Level.READ, Level.MANAGE)
@proven_for_machines
@require_http_methods(["GET", "HEAD", "POST"])
def permissions(request: HttpRequest, pk: str) -> HttpResponse:
    def build(role: Role, data: Any) -> PermissionsForm:
        return PermissionsForm(role.permissions.all(), for_machines=role.type == RoleType.MACHINE, data=data)

    def write(role: Role, form: PermissionsForm) -> None:
        roles.set_permissions(by=administrator(request).audit_name, role=role, permissions=form.permissions())

    return PAGES.change_permissions(request, pk, build, write)


@needs(Level.READ)
@require_safe
def holders(request: HttpRequest, pk: str) -> HttpResponse:
    role = PAGES.get(pk)
    return _holders(request, role, HolderForm(role.type))


@needs(Level.MANAGE)
@proven_for_machines
@require_POST
def holder_add(request: HttpRequest, pk: str) -> HttpResponse:
    role = PAGES.get(pk)
    form = HolderForm(role.type, request.POST)
    if form.is_valid():
        holder = _find(role, form.cleaned_data["who"])
        if holder is None:
            form.add_error("who", _NOBODY[role.type])
        elif not _give(request, role, holder):
            form.add_error("who", f"{_name(holder)} has this role already.")
        else:
            announce_done(
                request, f"{_name(holder)} has the role {role.name}.", opposite("role-holder-remove", pk, holder.pk)
            )
            return redirect("console:role-holders", pk)
    return _holders(request, role, form)


@needs(Level.MANAGE)
@require_POST
def holder_remove(request: HttpRequest, pk: str, holder_id: str) -> HttpResponse:
    role = PAGES.get(pk)
    model: Any = User if role.type == RoleType.USER else Application
    holder = get_object_or_404(model, pk=holder_id)
    if roles.take_from(by=administrator(request).audit_name, role=role, holder=holder):
        back = opposite("role-holder-add", pk, who=holder_id)
        announce_done(request, f"{_name(holder)} no longer has the role {role.name}.", back)
    return redirect("console:role-holders", pk)


@needs(Level.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: str) -> HttpResponse:
    return PAGES.delete(request, pk)


@needs(Level.PEOPLE, Level.MANAGE, person=True)
@require_http_methods(["GET", "HEAD", "POST"])
def user_roles(request: HttpRequest, pk: str) -> HttpResponse:
    """The tab Roles of a person."""
    known = Role.objects.filter(type=RoleType.USER)

    def build(user: User, data: Any) -> RolesForm:
        return RolesForm(known, Role.objects.filter(user_roles__user=user), data)

    def write(user: User, form: RolesForm) -> bool:
        roles.set_user_roles(by=administrator(request).audit_name, user=user, roles=form.chosen())
        return True

    user = get_object_or_404(User, pk=pk)
    editing = edit(
        request, load=lambda lock: stored(User, pk, lock=lock), build=build, write=write,
        about=EventFilter(subject=user.audit_name), columns=lambda form: ["roles"],
        allowed=may_do(request, Level.MANAGE, user),
    )  # fmt: skip
    return answer(request, editing, "console/users/roles.html", head(request, user))


@needs(Level.READ, Level.MANAGE)
@proven
@require_http_methods(["GET", "HEAD", "POST"])
def application_roles(request: HttpRequest, pk: str) -> HttpResponse:
    """The tab Roles of a machine-to-machine application."""
    known = Role.objects.filter(type=RoleType.MACHINE)

    def build(application: Application, data: Any) -> RolesForm:
        return RolesForm(known, Role.objects.filter(application_roles__application=application), data)

    def write(application: Application, form: RolesForm) -> bool:
        roles.set_application_roles(by=administrator(request).audit_name, application=application, roles=form.chosen())
        return True

    machines = Application.objects.managed().filter(type=ApplicationType.MACHINE_TO_MACHINE)
    application = get_object_or_404(machines, pk=pk)
    editing = edit(
        request, load=lambda lock: stored(Application, pk, lock=lock), build=build, write=write,
        about=EventFilter(subject=application.audit_name), columns=lambda form: ["roles"],
    )  # fmt: skip
    return answer(request, editing, "console/applications/roles.html", {"application": application})


def _holders(request: HttpRequest, role: Role, form: HolderForm) -> HttpResponse:
    people = role.type == RoleType.USER
    found: Any = (
        UserRole.objects.select_related("user") if people else ApplicationRole.objects.select_related("application")
    )
    page = newest_first(found.filter(role=role), before=request.GET.get("before", ""), size=PAGE_SIZE)
    return render(request, "console/roles/holders.html", {"role": role, "form": form, "page": page, "people": people})


_NOBODY = {
    str(RoleType.USER): "Nobody has this ID, email address, phone number or username.",
    str(RoleType.MACHINE): "No machine-to-machine application has this ID.",
}


def _find(role: Role, text: str) -> Any:
    if role.type == RoleType.USER:
        return User.objects.named(text)
    return Application.objects.managed().filter(pk=text.strip(), type=ApplicationType.MACHINE_TO_MACHINE).first()


def _give(request: HttpRequest, role: Role, holder: User | Application) -> int:
    by = administrator(request).audit_name
    if isinstance(holder, User):
        return roles.give_to_users(by=by, role=role, users=[holder])
    return roles.give_to_applications(by=by, role=role, applications=[holder])


def _name(holder: User | Application) -> str:
    return holder.display_name if isinstance(holder, User) else holder.name
