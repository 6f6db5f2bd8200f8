"""Passkeys: sign in with one, verify with one, create one. The browser's part is static/js/passkey.js."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from idp.lib.errors import DomainError
from idp.lib.forms import PasskeyForm
from idp.pages.views.sign_in import identifier_form, sign_in_page
from idp.pages.visit import Visit, page
from idp.signin import passkeys
from idp.signin.flow import Step


@page
def sign_in(visit: Visit) -> HttpResponse:
    """POST /sign-in/passkey: who is there, and that it is them, in one."""
    form = PasskeyForm(visit.request.POST or None)
    if not form.is_valid():
        return visit.go_to("pages:sign-in")
    try:
        passkeys.sign_in(
            visit.interaction, visit.experience, ceremony_id=form.cleaned_data["ceremony"],
            payload=form.cleaned_data["credential"],
        )  # fmt: skip
    except DomainError as error:
        return sign_in_page(visit, identifier_form(visit, is_empty=True), problem=error.message)
    return visit.go_on()


def verify(visit: Visit, others: list[tuple[str, str]]) -> HttpResponse:
    """/mfa-verification/passkey, and /mfa-verification when it is what the person prefers."""
    problem, done = _answered(visit, passkeys.verify, still=Step.MFA_VERIFY)
    if done:
        return visit.go_on_after_verification()
    question = passkeys.begin_verification(visit.interaction, visit.experience)
    action = visit.address("pages:mfa-verify-with", "passkey")
    return visit.render("pages/mfa_passkey.html", question=question, problem=problem, others=others, action=action)


@page
def setup(visit: Visit) -> HttpResponse:
    """/mfa-binding/passkey: a new passkey as the second factor."""
    return _create(visit, Step.MFA_SETUP)


@page
def offer(visit: Visit) -> HttpResponse:
    """/create-passkey: offered once, for the next time."""
    return _create(visit, Step.CREATE_PASSKEY)


@page
def skip(visit: Visit) -> HttpResponse:
    """POST /create-passkey/skip"""
    if visit.request.method == "POST" and visit.is_at(Step.CREATE_PASSKEY):
        passkeys.skip(visit.interaction, visit.experience)
    return visit.go_on()


def _create(visit: Visit, step: Step) -> HttpResponse:
    if not visit.is_at(step):
        return visit.go_on()
    problem, done = _answered(visit, _check_and_bind, still=step)
    if done:
        return visit.go_on()
    question = passkeys.begin_registration(visit.interaction, visit.experience)
    is_offer = step is Step.CREATE_PASSKEY
    action = visit.address("pages:create-passkey" if is_offer else "pages:mfa-passkey")
    return visit.render(
        "pages/create_passkey.html", question=question, problem=problem, is_offer=is_offer, action=action
    )


def _check_and_bind(interaction: Any, experience: Any, *, ceremony_id: str, payload: dict[str, Any]) -> None:
    passkeys.check_new(interaction, experience, ceremony_id=ceremony_id, payload=payload)
    passkeys.bind(interaction, experience, ceremony_id=ceremony_id)


def _answered(visit: Visit, accept: Callable[..., None], *, still: Step) -> tuple[str, bool]:
    """Was a right answer sent? What was wrong otherwise; a form whose twin was faster goes on."""
    form = PasskeyForm(visit.request.POST or None)
    if not form.is_valid():
        return "", False
    try:
        accept(
            visit.interaction, visit.experience, ceremony_id=form.cleaned_data["ceremony"],
            payload=form.cleaned_data["credential"],
        )  # fmt: skip
    except DomainError as error:
        visit.interaction.refresh_from_db()
        return error.message, not visit.is_at(still)
    return "", True
