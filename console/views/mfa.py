"""Second factors: which there are, when people are asked for one, and what a person has bound."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from console.access import Permission, administrator, needs
from console.experience_forms import answered, edit_experience
from console.forms.mfa import MfaForm
from console.reauthentication import proven
from idp.mfa.errors import FactorOfAdministrators
from idp.mfa.factors import Factor
from idp.mfa.services import remove_factor, reset_mfa
from idp.mfa.trust import forget_device
from idp.users.models import User

_REMOVABLE = {"totp": Factor.TOTP, "backup-codes": Factor.BACKUP_CODE}
_REMOVED = {Factor.TOTP: "The authenticator app is removed.", Factor.BACKUP_CODE: "The backup codes are void."}


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@proven
def mfa(request: HttpRequest) -> HttpResponse:
    editing = edit_experience(request, MfaForm)
    if answer := answered(request, editing, "console:mfa"):
        return answer
    return render(request, "console/mfa/page.html", {"form": editing.form}, status=editing.status)


@needs(Permission.SUPPORT, person=True)
@require_POST
def user_factor_remove(request: HttpRequest, pk: str, factor: str) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    if factor not in _REMOVABLE:
        raise Http404
    try:
        happened = remove_factor(by=administrator(request).audit_name, user=user, factor=_REMOVABLE[factor])
    except FactorOfAdministrators as error:
        messages.error(request, error.message)
        return redirect("console:user-sign-in", pk)
    return _told(request, pk, happened, _REMOVED[_REMOVABLE[factor]], "It was removed already.")


@needs(Permission.SUPPORT, person=True)
@require_POST
def user_passkey_remove(request: HttpRequest, pk: str, passkey: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    happened = remove_factor(
        by=administrator(request).audit_name, user=user, factor=Factor.WEBAUTHN, passkey_id=passkey
    )
    return _told(request, pk, happened, "The passkey is removed.", "It was removed already.")


@needs(Permission.SUPPORT, person=True)
@require_POST
def user_device_forget(request: HttpRequest, pk: str, device: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    happened = forget_device(by=administrator(request).audit_name, user=user, device_id=device)
    return _told(request, pk, happened, "The device is no longer trusted.", "It was not trusted any more.")


@needs(Permission.SUPPORT, person=True)
@require_POST
def user_mfa_reset(request: HttpRequest, pk: str) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    try:
        reset_mfa(by=administrator(request).audit_name, user=user)
    except FactorOfAdministrators as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{user.display_name} starts over with second factors.")
    return redirect("console:user-sign-in", pk)


def _told(request: HttpRequest, pk: str, happened: bool, yes: str, no: str) -> HttpResponse:
    """Back to the person's page, which says what became of it."""
    if happened:
        messages.success(request, yes)
    else:
        messages.warning(request, no)
    return redirect("console:user-sign-in", pk)
