"""One person: who they are, and what is done to their account."""

import secrets
import string
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from console.access import Permission, administrator, may, needs
from console.editing import Edit, answer, edit
from console.forms.users import PasswordForm, UserCreateForm, UserForm
from console.undo import announce_done, opposite
from console.views.user_tabs import head, may_do, show_sign_in
from idp.audit.models import EventFilter
from idp.lib import phones
from idp.lib.errors import DomainError
from idp.signin import accounts
from idp.signin.accounts import reset_password, suspend
from idp.users.models import User
from idp.users.policy import PasswordPolicy, issues
from idp.users.services import create_user, set_suspended, update_user
from idp.verification import one_time_tokens

# No characters that look alike: somebody will read this out on the telephone. 16 of these are 93 bits, less what is
# lost by asking for every kind, which a strict policy wants.
_ALPHABET = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))
_STRICTEST = PasswordPolicy(min_length=16, character_types=4, reject_breached=False)


@needs(Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def user_create(request: HttpRequest) -> HttpResponse:
    form = UserCreateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        how = form.cleaned_data["how"]
        password = {"typed": form.cleaned_data["password"], "generated": _new_password()}.get(how, "")
        try:
            user = create_user(by=administrator(request).audit_name, password=password, **form.details())
        except DomainError as error:
            form.show_error(error)
        else:
            if how == "generated":
                return _show_password(request, user, password, title="User created")
            messages.success(request, f"{user.display_name} is added.")
            return redirect("console:user-detail", user.pk)
    return render(request, "console/users/create.html", {"form": form})


@needs(Permission.PEOPLE, Permission.MANAGE, person=True)
@require_http_methods(["GET", "HEAD", "POST"])
def user_detail(request: HttpRequest, pk: str) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    editing = _edit_user(request, user)
    return answer(request, editing, "console/users/detail.html", head(request, user))


def _edit_user(request: HttpRequest, shown: User) -> Edit[UserForm]:
    def load(lock: bool) -> User:
        return get_object_or_404(User.objects.select_for_update(), pk=shown.pk) if lock else shown

    def write(user: User, form: UserForm) -> bool:
        try:
            update_user(by=administrator(request).audit_name, user=user, **form.changes())
        except DomainError as error:
            form.show_error(error)
            return False
        return True

    about = EventFilter(subject=shown.audit_name)
    allowed = may_do(request, Permission.MANAGE, shown)
    return edit(request, load=load, build=UserForm, write=write, about=about, allowed=allowed)


@needs(Permission.MANAGE, person=True)
@require_POST
@sensitive_post_parameters("password")
def user_password(request: HttpRequest, pk: str) -> HttpResponse:
    """Set the password that was typed, or with `generate` a new one that is shown once."""
    user = get_object_or_404(User, pk=pk)
    generate = "generate" in request.POST
    form = PasswordForm({"password": _new_password()} if generate else request.POST)
    if form.is_valid():
        password = form.cleaned_data["password"]
        try:
            reset_password(by=administrator(request).audit_name, user=user, password=password)
        except DomainError as error:
            form.add_error("password", error.message)
        else:
            if generate:
                return _show_password(request, user, password, title="New password")
            messages.success(request, "The new password is set, and they are signed out everywhere.")
            return redirect("console:user-sign-in", user.pk)
    return show_sign_in(request, user, form)


@needs(Permission.SUPPORT, person=True)
@require_POST
def user_sign_in_link(request: HttpRequest, pk: str) -> HttpResponse:
    """A link that signs them in once, shown once: to their account pages, or with its two parameters to an app."""
    user = get_object_or_404(User, pk=pk)
    if not user.primary_email:
        messages.warning(request, "A link needs an email address: that is what it proves.")
        return redirect("console:user-detail", pk)
    row, token = one_time_tokens.create(
        by=administrator(request).audit_name, email=user.primary_email, by_owner=may(request, Permission.OWN)
    )
    query = urlencode({"one_time_token": token, "login_hint": row.email})
    link = f"{settings.ENDPOINT}{reverse('pages:one-time-token')}?{query}"
    response = render(request, "console/users/sign_in_link.html", {"person": user, "link": link, "query": query})
    response["Cache-Control"] = "no-store"
    return response


@needs(Permission.SUPPORT, person=True)
@require_POST
def user_suspend(request: HttpRequest, pk: str) -> HttpResponse:
    return _set_suspended(request, pk, suspended=True)


@needs(Permission.SUPPORT, person=True)
@require_POST
def user_reactivate(request: HttpRequest, pk: str) -> HttpResponse:
    return _set_suspended(request, pk, suspended=False)


@needs(Permission.MANAGE, person=True)
@require_http_methods(["GET", "HEAD", "POST"])
def user_delete(request: HttpRequest, pk: str) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    if request.method == "POST":
        try:
            name = user.display_name
            accounts.delete(by=administrator(request).audit_name, user=user)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("console:user-detail", pk)
        messages.success(request, f"{name} is deleted.")
        return redirect("console:user-list")
    return render(request, "console/users/delete.html", {"person": user})


def _set_suspended(request: HttpRequest, pk: str, *, suspended: bool) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    changes = user.is_suspended != suspended
    try:
        if suspended:
            suspend(by=administrator(request).audit_name, user=user)
        else:
            set_suspended(by=administrator(request).audit_name, user=user, suspended=False)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        text = "suspended and signed out everywhere" if suspended else "active again"
        back = opposite("user-reactivate" if suspended else "user-suspend", pk)
        announce_done(request, f"{user.display_name} is {text}.", back if changes else None)
    return redirect("console:user-detail", pk)


def _show_password(request: HttpRequest, user: User, password: str, *, title: str) -> HttpResponse:
    """Answers the POST itself: a redirect would have to keep the password somewhere."""
    identifier = user.primary_email or user.username or phones.readable(user.primary_phone or "")
    context = {"person": user, "identifier": identifier, "password": password, "title": title}
    return render(request, "console/users/password.html", context)


def _new_password() -> str:
    """Four groups of four; one that chance made too regular for the strictest policy is thrown away."""
    while True:
        password = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
        if not issues(password, _STRICTEST):
            return password
