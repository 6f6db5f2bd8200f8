"""Ask administrators once more who they are, before the few things for which an open browser must not be enough.

Whoever signed in or proved it within the last 15 minutes is not asked. To others the answer to the POST is a page that wants a
code of their authenticator app, or their password when they have none. What was posted goes along in that page, and with the
proof to the view: nothing has to be typed twice. So it is not for forms with files, or with secrets.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django_htmx.http import reswap, retarget

from console import second_step, throttle
from console.access import SAFE, administrator
from console.errors import TooManyTries, WrongPassword
from console.forms.own_account import SecondStepForm
from console.forms.session import password_input
from idp.lib.errors import DomainError
from idp.users import passwords, staff_sessions
from idp.users.models import User

View = Callable[..., HttpResponseBase]
FRESH = timedelta(minutes=15)
_PREFIX = "proof"
_BACK = f"{_PREFIX}-back"


class PasswordProofForm(forms.Form):
    password = password_input("Your password", "current-password")
    password.widget.attrs["autofocus"] = True


def proven(view: View, *, when: Callable[..., bool] = lambda **_: True) -> View:
    """For views behind `needs`: what changes something waits for a fresh proof, `when` the address names such a thing."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in SAFE and when(**kwargs):
            asked = None if staff_sessions.is_proven(request.session, within=FRESH) else _ask(request)
            if asked:
                return asked
            _drop_proof(request)
        return view(request, *args, **kwargs)

    marked = cast(Any, sensitive_post_parameters()(guarded))
    marked.is_proven = True
    return cast(View, marked)


def check_password(request: HttpRequest, user: User, password: str) -> None:
    """Somebody at a browser that was left open does not know it. Raises WrongPassword, TooManyTries."""
    counted = f"own password of {user.pk}"
    if throttle.is_blocked(request, counted):
        raise TooManyTries
    if not passwords.verify(user, password):
        throttle.count_failure(request, counted)
        raise WrongPassword
    throttle.forget(request, counted)


def _ask(request: HttpRequest) -> HttpResponse | None:
    """The page that asks; None when what was posted is the right answer."""
    user, status = administrator(request), 200
    form = _form(user, request.POST if any(name.startswith(f"{_PREFIX}-") for name in request.POST) else None)
    typed = [(key, value) for key, values in request.POST.lists() for value in values if _is_typed(key)]
    if form.is_valid():
        try:
            _check(request, user, form.cleaned_data)
        except DomainError as error:
            staff_sessions.note_failed_proof(user=user, reason=error.code)
            form.add_error(next(iter(form.fields)), error.message)
            status = 429 if error.status == 429 else 401
        else:
            staff_sessions.note_proof(session=request.session, user=user)
            return None
    context = {"form": form, "typed": typed, "back": _back(request)}
    response = render(request, "console/session/confirm.html", context, status=status)
    return retarget(reswap(response, "innerHTML"), "body") if getattr(request, "htmx", None) else response


def _form(user: User, data: Any) -> forms.Form:
    return (SecondStepForm if second_step.is_needed(user) else PasswordProofForm)(data, prefix=_PREFIX)


def _check(request: HttpRequest, user: User, answer: dict[str, str]) -> None:
    if "code" in answer:
        second_step.verify(request, user, answer["code"])
    else:
        check_password(request, user, answer["password"])


def _drop_proof(request: HttpRequest) -> None:
    """The view may carry on what it was sent, so it is not sent this."""
    left = request.POST.copy()
    for name in [key for key in left if key.startswith(f"{_PREFIX}-")]:
        del left[name]
    request.POST = left  # type: ignore[assignment]


def _is_typed(key: str) -> bool:
    return key != "csrfmiddlewaretoken" and not key.startswith(f"{_PREFIX}-")


def _back(request: HttpRequest) -> str:
    """Where the administrator came from, when that is a page of ours."""
    came_from = request.POST.get(_BACK) or request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if is_ours else reverse("console:get-started")
