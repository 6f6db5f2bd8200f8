"""Who is looking at their account, and where they go next."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from idp.applications.models import ACCOUNT_APP_ID
from idp.lib.errors import DomainError
from idp.lib.http import see_other
from idp.signin import cookies, interactions, sessions
from idp.signin.account_center import require_enabled
from idp.signin.errors import AccountCenterDisabled, FieldNotEnabled
from idp.signin.proofs import Owner
from idp.verification.errors import ProofRequired

# The pages that a proof of the person leads back to, by name: never an address that somebody brought along.
_AFTER_PROOF = {
    "username", "email", "phone", "email-remove", "phone-remove", "password", "data", "delete", "passkey-add", "app", "app-remove",
    "backup-codes",
}  # fmt: skip
_ONE_OF_MANY = {"passkey", "passkey-remove"}  # pages about one thing: `next` ends in a colon and its number
_STARTS = {"email-code": "email", "email-resend": "email", "phone-code": "phone", "phone-resend": "phone"}


def signed_in(*methods: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Give a view the person at the browser, for these methods. Others sign in and come back; a change that needs a proof
    of the person leads to the page that asks for one, and one that is not theirs to make to a page that says so."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapper(request: HttpRequest, **parts: str) -> HttpResponse:
            session = sessions.find_session(request)
            if session is None:
                return _to_sign_in(request)
            if request.method not in methods:
                return go_to("overview")
            owner = Owner.in_browser(session)
            try:
                require_enabled(owner.center)
                return view(request, owner, **parts)
            except ProofRequired:
                return go_to("verify", next=page_name(request))
            except (AccountCenterDisabled, FieldNotEnabled) as error:
                return _refused(request, error)

        return wrapper

    return decorate


def page_name(request: HttpRequest) -> str:
    """The page that the visitor is at, as `next` names it."""
    match = request.resolver_match
    name = (match.url_name if match else None) or ""
    if match and name in _ONE_OF_MANY:
        return f"{name}:{match.kwargs['passkey']}"
    return _STARTS.get(name, name)


def next_page(request: HttpRequest) -> str:
    """The page that was wanted before the proof."""
    name = request.GET.get("next", "")
    page, _, number = name.partition(":")
    is_one_of_many = page in _ONE_OF_MANY and re.fullmatch(r"\d{1,18}", number, re.ASCII)
    return name if name in _AFTER_PROOF or is_one_of_many else "overview"


def go_to(page: str, *parts: str, **query: str) -> HttpResponse:
    """303 to an account page, named as next_page names it; `notice` is the key of a sentence there."""
    page, _, number = page.partition(":")
    address = reverse(f"account:{page}", args=parts or ((number,) if number else ()))
    return see_other(f"{address}?{urlencode(query)}" if query else address)


def show(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    response = render(request, f"account/{template}.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    response = show(request, "refused", error=error)
    response.status_code = 403
    return response


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """A form that was sent after the session had ended is not sent again: its page is shown once more."""
    page = request.get_full_path() if request.method == "GET" else reverse("account:overview")
    interaction = interactions.start_for_page(application_id=ACCOUNT_APP_ID, page=page)
    response = see_other(f"{reverse('pages:sign-in')}?{urlencode({'app_id': ACCOUNT_APP_ID})}")
    cookies.remember_interaction(request, response, interaction)
    return response
