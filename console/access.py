"""Who may do what in the console. Each view says what it needs; nothing else decides it.

Administrators sign in with a staff session; everybody else is sent to the sign-in page. A role that may not do what a page
needs gets a page that says so (403).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect

from console.replica import remember_change
from idp.mfa.administrators import must_set_up
from idp.users.models import StaffRole, User
from idp.users.roles import GRANTED, Permission

__all__ = ["GRANTED", "Permission"]
View = Callable[..., HttpResponseBase]
SAFE = ("GET", "HEAD")
BACKEND = "idp.users.backends.StaffBackend"  # of a session that begins without a password typed here


@dataclass(frozen=True, slots=True)
class Needs:
    """What a view asks for: `read` to look (GET), `change` for everything else.

    With `person` its `pk` is somebody: an administrator among them can be changed by owners only, or whoever may help
    people could help themselves to the account of an owner. `before_factor`: the few pages on which a second factor that
    every administrator needs is set up.
    """

    read: Permission
    change: Permission
    person: bool = False
    before_factor: bool = False


def is_staff(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.is_active and request.user.is_staff)


def needs(
    read: Permission, change: Permission | None = None, *, person: bool = False, before_factor: bool = False
) -> Callable[[View], View]:
    """Let those pass whose role has the permission, and keep the page out of caches; others sign in first and come back.

    Templates ask `request.may.manage` and the like.
    """
    asked = Needs(read, change or read, person, before_factor)

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not is_staff(request):
                return _to_sign_in(request)
            if not asked.before_factor and must_set_up(administrator(request)):
                return _to(request, reverse("console:account"))
            granted = GRANTED[administrator(request).staff_role]
            request.may = {str(one): one in granted for one in Permission}  # type: ignore[attr-defined]
            wanted = asked.read if request.method in SAFE else asked.change
            if wanted not in granted:
                return refused(request, wanted)
            if asked.person and request.method not in SAFE and not _may_change(request, kwargs["pk"]):
                return refused(request, Permission.OWN)
            try:
                response = view(request, *args, **kwargs)
            except Http404:
                return render(request, "console/missing.html", status=404)
            if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method in SAFE:
                return _not_a_page(request, response["Allow"])
            if request.method not in SAFE:
                remember_change(response)
            return response

        marked = cast(Any, never_cache(guarded))
        marked.needs = asked
        return cast(View, marked)

    return guard


def anybody(view: View) -> View:
    """For the few pages before the sign-in."""
    view.needs = None  # type: ignore[attr-defined]
    return view


def unattended(view: View) -> View:
    """For what a page asks by itself again and again: it does not put off the moment when an idle administrator is signed out."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.unattended = True  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return marked


def may(request: HttpRequest, permission: Permission) -> bool:
    return permission in GRANTED[administrator(request).staff_role]


def may_open(request: HttpRequest, name: str) -> bool:
    """Would this page of the console, one without parts in its address, let the role in?"""
    return may(request, _needed_for(name))


@cache
def _needed_for(name: str) -> Permission:
    asked: Needs = cast(Any, resolve(reverse(f"console:{name}")).func).needs
    return asked.read


def _not_a_page(request: HttpRequest, allow: str) -> HttpResponse:
    """What a form is sent to was opened as a page: browsers have nothing to show for an empty answer."""
    response = render(request, "console/missing.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
    response["Allow"] = allow
    return response


def may_change(request: HttpRequest, person: User) -> bool:
    """Is this nobody who is an administrator, or are you an owner?"""
    return administrator(request).may_change(person)


def _may_change(request: HttpRequest, pk: str) -> bool:
    """The same of somebody who was not read yet."""
    return may(request, Permission.OWN) or not User.objects.administrators().filter(pk=pk).exists()


def refused(request: HttpRequest, permission: Permission) -> HttpResponse:
    """The page that says what this role may not do, and who may."""
    allowed = [StaffRole(role).label for role, granted in GRANTED.items() if permission in granted]
    return render(request, "console/forbidden.html", {"needed": permission, "allowed": allowed}, status=403)


def administrator(request: HttpRequest) -> User:
    """The signed-in administrator; only for views behind `needs`."""
    return cast(User, request.user)


def next_page(request: HttpRequest) -> str:
    """Where to go after signing in: the page asked for, when it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe and target.startswith("/") else reverse("console:get-started")


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    sign_in = reverse("console:sign-in")
    htmx = getattr(request, "htmx", None)
    if htmx:
        return _to(request, f"{sign_in}?{urlencode({'next': htmx.current_url_abs_path or ''})}")
    if request.method != "GET":  # what was being saved is gone; start again at the front
        return redirect(sign_in)
    return redirect(f"{sign_in}?{urlencode({'next': request.get_full_path()})}")


def _to(request: HttpRequest, address: str) -> HttpResponse:
    """Elsewhere with the whole page, also when only a part of it was asked for."""
    if getattr(request, "htmx", None):
        return cast(HttpResponse, HttpResponseClientRedirect(address))
    return redirect(address)
