"""Who may see the console: staff, signed in with a staff session. Everyone else is sent to the sign-in page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect

from idp.users.models import User

View = Callable[..., HttpResponseBase]


def is_staff(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.is_active and request.user.is_staff)


def staff_required(view: View) -> View:
    """Let staff pass and keep the page out of caches; others sign in first and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if is_staff(request) else _to_sign_in(request)

    return cast(View, never_cache(guarded))


def administrator(request: HttpRequest) -> User:
    """The signed-in administrator; only for views behind `staff_required`."""
    return cast(User, request.user)


def next_page(request: HttpRequest) -> str:
    """Where to go after signing in: the page asked for, when it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else reverse("console:get-started")


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    sign_in = reverse("console:sign-in")
    htmx = getattr(request, "htmx", None)
    if htmx:
        query = urlencode({"next": htmx.current_url_abs_path or ""})
        return cast(HttpResponse, HttpResponseClientRedirect(f"{sign_in}?{query}"))
    if request.method != "GET":  # what was being saved is gone; start again at the front
        return redirect(sign_in)
    return redirect(f"{sign_in}?{urlencode({'next': request.get_full_path()})}")
