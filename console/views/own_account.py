"""The administrator's own account: name, password, second factor, and the end of other sessions."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from console import second_step
from console.access import Permission, administrator, needs
from console.forms.own_account import NewAppForm, OwnNameForm, OwnPasswordForm, SecondStepForm
from console.reauthentication import check_password
from console.undo import announce_done, opposite
from idp.lib.browsers import browser_in_words
from idp.lib.errors import DomainError
from idp.mfa import services as mfa
from idp.mfa import totp
from idp.mfa.administrators import is_factor_required, must_set_up, refuse_turning_off
from idp.mfa.errors import InvalidTotpCode
from idp.mfa.factors import Factor
from idp.signin import accounts
from idp.users import staff_sessions
from idp.users.errors import PasswordRejected
from idp.users.models import User
from idp.users.services import update_user

_ISSUER = "Latchkey console"


@needs(Permission.PEOPLE, before_factor=True)
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    return _page(request)


@needs(Permission.PEOPLE)
@require_POST
def account_name(request: HttpRequest) -> HttpResponse:
    user, form = administrator(request), OwnNameForm(request.POST)
    if not form.is_valid():
        return _page(request, name_form=form)
    before, name = user.name or "", form.cleaned_data["name"]
    update_user(by=user.audit_name, user=user, name=name or None)
    announce_done(request, "Your name is saved.", opposite("account-name", name=before) if name != before else None)
    return redirect("console:account")


@needs(Permission.PEOPLE)
@require_POST
@sensitive_post_parameters()
def account_password(request: HttpRequest) -> HttpResponse:
    """A new one signs out everywhere else."""
    user, form = administrator(request), OwnPasswordForm(request.POST)
    if form.is_valid() and _knows_password(request, user, form):
        try:
            accounts.reset_password(by=user.audit_name, user=user, password=form.cleaned_data["password"])
        except PasswordRejected as error:
            form.add_error("password", error.message)
        else:
            _stay(request)
            messages.success(request, "Your new password is set. You are signed out everywhere else.")
            return redirect("console:account")
    return _page(request, password_form=form)


@needs(Permission.PEOPLE, before_factor=True)
@require_POST
@sensitive_post_parameters()
def account_app(request: HttpRequest) -> HttpResponse:
    """Bind the app that shows the code, and show backup codes, once."""
    user, form = administrator(request), NewAppForm(request.POST)
    was_missing = must_set_up(user)
    if form.is_valid() and _knows_password(request, user, form):
        try:
            step = mfa.check_new_totp(form.cleaned_data["secret"], form.cleaned_data["code"])
            mfa.confirm_totp(by=user.audit_name, user=user, secret=form.cleaned_data["secret"], step=step)
        except ValueError:  # a key that is none
            form.add_error("code", InvalidTotpCode.message)
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            codes = mfa.generate_backup_codes(by=user.audit_name, user=user)
            after = reverse("console:get-started" if was_missing else "console:account")
            return render(request, "console/account/codes.html", {"text": "\n".join(codes), "after": after})
    return _page(request, app_form=form)


@needs(Permission.PEOPLE)
@require_POST
@sensitive_post_parameters()
def account_app_remove(request: HttpRequest) -> HttpResponse:
    """Take the second factor away, which takes one of its codes."""
    user, form = administrator(request), SecondStepForm(request.POST)
    if form.is_valid():
        try:
            refuse_turning_off(user)  # before a code is used up
            second_step.verify(request, user, form.cleaned_data["code"])
            mfa.remove_factor(by=user.audit_name, user=user, factor=Factor.TOTP)
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            messages.success(request, "Your second factor is removed.")
            return redirect("console:account")
    return _page(request, remove_form=form)


@needs(Permission.PEOPLE)
@require_POST
def account_sign_out(request: HttpRequest) -> HttpResponse:
    """End the other sessions of the console."""
    user = administrator(request)
    staff_sessions.end_all(by=user.audit_name, user=user, besides=request.session)
    _stay(request)
    messages.success(request, "You are signed out of the console everywhere else.")
    return redirect("console:account")


@needs(Permission.PEOPLE)
@require_POST
def account_session_end(request: HttpRequest, session_id: str) -> HttpResponse:
    """Sign out of the console in one other browser."""
    user = administrator(request)
    if staff_sessions.end(by=user.audit_name, user=user, session_id=session_id):
        messages.success(request, "You are signed out of the console there.")
    else:
        messages.warning(request, "That session was over already.")
    return redirect("console:account")


def _knows_password(request: HttpRequest, user: User, form: OwnPasswordForm | NewAppForm) -> bool:
    try:
        check_password(request, user, form.cleaned_data["current"])
    except DomainError as error:
        form.add_error("current", error.message)
        return False
    return True


def _stay(request: HttpRequest) -> None:
    user = User.objects.get(pk=administrator(request).pk)
    update_session_auth_hash(request, user)
    staff_sessions.renew(session=request.session, user=user)


def _page(request: HttpRequest, **forms: Any) -> HttpResponse:
    user = administrator(request)
    has_app = second_step.is_needed(user)
    context: dict[str, Any] = {
        "name_form": OwnNameForm(initial={"name": user.name or ""}),
        "password_form": OwnPasswordForm(),
        "remove_form": SecondStepForm(),
        "has_app": has_app,
        "factor_required": is_factor_required(),
        "codes_left": mfa.backup_codes_left(user),
        "keys": user.api_keys.all(),
        "sessions": [(one, browser_in_words(one.user_agent)) for one in staff_sessions.open_sessions(user)],
    } | forms
    if not has_app:
        posted = forms.get("app_form")
        secret = (posted.cleaned_data.get("secret") if posted else None) or mfa.start_totp()  # a mistake keeps the key
        context.setdefault("app_form", NewAppForm(initial={"secret": secret}))
        context["app"] = totp.new_app(secret, account=user.username or user.pk, issuer=_ISSUER)
    template = "required" if context["factor_required"] and not has_app else "page"
    return render(request, f"console/account/{template}.html", context)
