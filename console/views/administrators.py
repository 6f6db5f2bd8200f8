"""Who administers this installation, with which role; invitations, and the end of access. Changed by owners only."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.access import BACKEND, Permission, administrator, anybody, may, needs
from console.forms.administrators import AcceptForm, InviteForm, RoleForm
from console.reauthentication import proven
from console.undo import Undo, announce_done, opposite
from idp.lib.errors import DomainError
from idp.mfa.administrators import is_factor_required, require_factor
from idp.mfa.models import TotpDevice
from idp.signin import invitations
from idp.users import api_keys, staff, staff_sessions
from idp.users.errors import IdentifierTaken, InvalidIdentifier, InvitationOver, PasswordRejected
from idp.users.models import Invitation, StaffRole, User

_FACTOR_REQUIRED = "Every administrator needs a second factor now. Who has none sets one up with the next click."


@needs(Permission.READ)
@require_safe
def administrator_list(request: HttpRequest) -> HttpResponse:
    pending = list(staff.pending().order_by("created_at"))
    states = invitations.states(pending)
    context = {
        "administrators": User.objects.administrators()
        .annotate(has_app=Exists(TotpDevice.objects.filter(user=OuterRef("pk"))))
        .order_by("created_at", "pk"),
        "invitations": [(one, states.get(one.pk, "")) for one in pending],
        "can_send": invitations.can_send(),
        "factor_required": is_factor_required(),
        "keys": api_keys.everybodys() if may(request, Permission.OWN) else (),
    }
    return render(request, "console/administrators/list.html", context)


@needs(Permission.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
@proven
def invite(request: HttpRequest) -> HttpResponse:
    """By email, or with a link that is the answer to the POST and shown nowhere else."""
    form = InviteForm(request.POST or None, can_send=invitations.can_send())
    if form.is_valid():
        try:
            return _invite(request, **form.cleaned_data)
        except IdentifierTaken:
            form.add_error("email", "Somebody has this address. Open their page under Users to make them one.")
        except InvalidIdentifier as error:
            form.add_error("email", error.message)
    return render(request, "console/administrators/invite.html", {"form": form})


def _invite(request: HttpRequest, *, email: str, role: StaffRole, by_email: bool = False) -> HttpResponse:
    user = administrator(request)
    if by_email:
        invitation, is_under_way = invitations.invite(by=user, email=email, role=role, link_of=_link)
        return _sent(request, invitation.email, is_under_way)
    invitation, token = staff.invite(by=user.audit_name, email=email, role=role)
    return _shown(request, invitation, token)


@needs(Permission.OWN)
@require_POST
@proven
def invitation_renew(request: HttpRequest, pk: str) -> HttpResponse:
    """Another link in the place of the one before: sent once more, or shown."""
    found, user = get_object_or_404(Invitation, pk=pk), administrator(request)
    try:
        if request.POST.get("how") == "email" and invitations.can_send():
            return _sent(request, found.email, invitations.send_again(by=user, invitation=found, link_of=_link))
        token = invitations.renew(by=user.audit_name, invitation=found)
    except InvitationOver:
        messages.warning(request, "This invitation is over, or somebody renewed it a moment ago.")
        return redirect("console:administrator-list")
    found.refresh_from_db()
    return _shown(request, found, token)


@needs(Permission.OWN)
@require_POST
def invitation_revoke(request: HttpRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Invitation, pk=pk)
    try:
        invitations.revoke(by=administrator(request).audit_name, invitation=found)
    except InvitationOver:
        messages.warning(request, "This invitation was over already.")
    else:
        by_email = {"by_email": "on"} if found.message else {}
        back = opposite("administrator-invite", label="Invite again", email=found.email, role=found.role, **by_email)
        announce_done(request, "The invitation is taken back: its link does nothing any more.", back)
    return redirect("console:administrator-list")


def _link(token: str) -> str:
    return f"{settings.ENDPOINT}{reverse('console:invitation')}?{urlencode({'token': token})}"


def _shown(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    context = {"invitation": invitation, "link": _link(token)}
    return render(request, "console/administrators/invited.html", context)


def _sent(request: HttpRequest, email: str, is_under_way: bool) -> HttpResponse:
    if is_under_way:
        messages.success(request, f"The invitation is on its way to {email}.")
    else:
        messages.error(
            request, f"{email} is invited, but the message could not be sent. Try again below, or pass the link on."
        )
    return redirect("console:administrator-list")


@needs(Permission.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
@proven
def role(request: HttpRequest, pk: str) -> HttpResponse:
    """Change what somebody may do; a user becomes an administrator by it."""
    user = get_object_or_404(User, pk=pk)
    form = RoleForm(request.POST or None, initial={"role": user.staff_role or "auditor"})
    if form.is_valid():
        try:
            staff.set_role(by=administrator(request).audit_name, user=user, role=form.cleaned_data["role"])
        except DomainError as error:
            form.add_error("role", error.message)
        else:
            text = f"{user.display_name} is {form.cleaned_data['role'].label} now."
            announce_done(request, text, _role_before(request, user))
            return redirect("console:administrator-list")
    return render(request, "console/administrators/role.html", {"person": user, "form": form})


@needs(Permission.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
@proven
def remove(request: HttpRequest, pk: str) -> HttpResponse:
    user = get_object_or_404(User.objects.administrators(), pk=pk)
    if request.method != "POST":
        return render(request, "console/administrators/remove.html", {"person": user})
    try:
        staff.remove_access(by=administrator(request).audit_name, user=user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        text = f"{user.display_name} is no administrator any more. The account stays."
        announce_done(request, text, _role_before(request, user))
    return redirect("console:administrator-list")


def _role_before(request: HttpRequest, user: User) -> Undo | None:
    """The way back to what `user` was when it was read. Who gave up a role of their own cannot take it again."""
    if user.pk == administrator(request).pk:
        return None
    if not user.staff_role:
        return opposite("administrator-remove", user.pk)
    return opposite("administrator-role", user.pk, role=user.staff_role)


@needs(Permission.OWN)
@require_POST
@proven
def second_factor(request: HttpRequest) -> HttpResponse:
    """Demand one of every administrator, or no longer."""
    required = request.POST.get("required") == "yes"
    try:
        changed = require_factor(by=administrator(request), required=required)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        text = _FACTOR_REQUIRED if required else "Administrators no longer need a second factor."
        back = opposite("administrator-second-factor", required="no" if required else "yes")
        announce_done(request, text, back if changed else None)
    return redirect("console:administrator-list")


@needs(Permission.OWN)
@require_POST
def sign_out(request: HttpRequest, pk: str) -> HttpResponse:
    """Out of the console, in every browser."""
    user = get_object_or_404(User.objects.administrators(), pk=pk)
    staff_sessions.end_all(by=administrator(request).audit_name, user=user)
    messages.success(request, f"{user.display_name} is signed out of the console everywhere.")
    return redirect("console:administrator-list")


@anybody
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """Where the link leads. Opening it uses nothing up: mail scanners open links too."""
    token = request.GET.get("token", "")
    form = AcceptForm(request.POST or None)
    try:
        found = staff.find_invitation(token)
        user = _accept(token, form) if form.is_valid() else None
    except InvitationOver as error:
        return render(request, "console/administrators/over.html", {"reason": error.message}, status=error.status)
    if user is not None:
        login(request, user, backend=BACKEND)
        messages.success(request, f"Welcome, {user.display_name}.")
        return redirect("console:get-started")
    return render(request, "console/administrators/accept.html", {"form": form, "invitation": found})


def _accept(token: str, form: AcceptForm) -> User | None:
    """The new administrator, or None with the reason on the form."""
    data = form.cleaned_data
    try:
        return invitations.accept(
            token=token, username=data["username"], password=data["password"], name=data["name"] or None
        )
    except (InvalidIdentifier, IdentifierTaken) as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
    except PasswordRejected as error:
        form.add_error("password", error.message)
    return None
