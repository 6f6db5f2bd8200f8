"""The way in and out: the first administrator, sign-in, sign-out."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from console import second_step, throttle
from console.access import BACKEND, anybody, is_staff, next_page
from console.errors import TooManyTries
from console.forms.own_account import SecondStepForm
from console.forms.session import SetupForm, SignInForm
from idp.deployment import setup_token
from idp.lib.errors import DomainError
from idp.users.errors import AdministratorExists, IdentifierTaken, InvalidIdentifier, PasswordRejected
from idp.users.models import Installation, User
from idp.users.services import create_administrator


@anybody
def home(request: HttpRequest) -> HttpResponse:
    if not Installation.is_claimed():
        return redirect("console:setup")
    return redirect("console:get-started" if is_staff(request) else "console:sign-in")


@anybody
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Create the first administrator; afterwards this page is gone."""
    if Installation.is_claimed():
        return _already_claimed(request)
    if settings.PRODUCTION and not setup_token.matches(request.GET.get("token", "")):
        return render(request, "console/session/locked.html", status=403)
    form = SetupForm(request.POST or None)
    if form.is_valid():
        try:
            user = _create_first(form)
        except AdministratorExists:
            return _already_claimed(request)
        if user is not None:
            login(request, user, backend=BACKEND)
            messages.success(request, f"Welcome, {user.display_name}. This installation is yours now.")
            return redirect("console:get-started")
    return render(request, "console/session/setup.html", {"form": form})


@anybody
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if is_staff(request):
        return redirect(next_page(request))
    if not Installation.is_claimed():
        return redirect("console:setup")
    form = SignInForm(request.POST or None)
    status = 200
    if form.is_valid():
        status = _try_password(request, form)
        if status == 200 and second_step.waiting(request):
            return redirect(f"{reverse('console:second-step')}?{urlencode({'next': next_page(request)})}")
        if status == 200:
            return redirect(next_page(request))
    return render(request, "console/session/sign_in.html", {"form": form, "next": next_page(request)}, status=status)


@anybody
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def second_step_page(request: HttpRequest) -> HttpResponse:
    """The code, for somebody whose password was right a moment ago."""
    user = second_step.waiting(request)
    if user is None:
        return redirect("console:sign-in")
    form, status = SecondStepForm(request.POST or None), 200
    if form.is_valid():
        try:
            second_step.verify(request, user, form.cleaned_data["code"])
        except DomainError as error:
            form.add_error("code", error.message)
            status = 429 if error.status == 429 else 401
        else:
            second_step.forget(request)
            login(request, user, backend=BACKEND)
            return redirect(next_page(request))
    context = {"form": form, "next": next_page(request)}
    return render(request, "console/session/second_step.html", context, status=status)


@anybody
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, "You are signed out.")
    return redirect("console:sign-in")


def _create_first(form: SetupForm) -> User | None:
    """The new administrator, or None with the reason on the form."""
    data = form.cleaned_data
    try:
        return create_administrator(
            by="", only_first=True, username=data["username"], password=data["password"],
            email=data["email"], name=data["name"] or None,
        )  # fmt: skip
    except (InvalidIdentifier, IdentifierTaken) as error:
        form.add_error(error.field, error.message)
    except PasswordRejected as error:
        form.add_error("password", error.message)
    return None


def _try_password(request: HttpRequest, form: SignInForm) -> int:
    username = form.cleaned_data["username"]
    if throttle.is_blocked(request, username):
        form.add_error(None, TooManyTries.message)
        return 429
    user = authenticate(request, username=username, password=form.cleaned_data["password"])
    if user is None:
        throttle.count_failure(request, username)
        form.add_error(None, "This username and password do not belong to an administrator.")
        return 401
    throttle.forget(request, username)
    if second_step.is_needed(user):
        second_step.begin(request, user)
    else:
        second_step.forget(request)
        login(request, user)
    return 200


def _already_claimed(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return render(request, "console/session/claimed.html", status=403)
    return redirect("console:sign-in")
