"""Forgotten passwords: prove the email address or phone number, then choose a new one. And passwords that have expired."""

from collections.abc import Callable

from django.http import HttpResponse

from idp.lib import countries
from idp.lib.errors import DomainError
from idp.pages.forms import IdentifierForm, NewPasswordForm
from idp.pages.views.sign_in import send_first_code
from idp.pages.visit import Visit, page
from idp.signin import recovery, services
from idp.signin.errors import RecoveryNotEnabled
from idp.signin.experience import recovery_kinds
from idp.signin.flow import Step


@page
def forgot_password(visit: Visit) -> HttpResponse:
    """/forgot-password: which account is it?"""
    kinds = recovery_kinds(visit.experience)
    if not kinds:
        raise RecoveryNotEnabled
    form = IdentifierForm(visit.request.POST or None, kinds=kinds, initial=_initial(visit, kinds))
    if visit.request.method != "POST":
        services.begin(visit.interaction, event="ForgotPassword")
    elif form.is_valid():
        try:
            services.begin(visit.interaction, event="ForgotPassword")
            services.show_captcha(visit.interaction, visit.experience, answer=visit.captcha_answer)
            recovery.identify_for_recovery(visit.interaction, visit.experience, kind=form.kind, value=form.value)
            send_first_code(visit)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return visit.go_on()
    return visit.render("pages/forgot_password.html", form=form)


def _initial(visit: Visit, kinds: list[str]) -> dict[str, str]:
    """What the person typed on the way here need not be typed again."""
    typed = f"+{visit.state.value}" if visit.state.kind == "phone" else visit.state.value
    return {"identifier": typed if visit.state.kind in kinds else "", "country": countries.guess(visit.request)}


@page
def reset_password(visit: Visit) -> HttpResponse:
    """/forgot-password/reset: the new password."""
    return _new_password(
        visit, Step.RESET_PASSWORD, recovery.reset_password,
        lambda: visit.go_to("pages:sign-in", notice="password-changed"),
    )  # fmt: skip


@page
def renew_password(visit: Visit) -> HttpResponse:
    """/sign-in/new-password: the old one was right, and has expired."""
    return _new_password(visit, Step.RENEW_PASSWORD, recovery.renew_password, visit.go_on)


def _new_password(
    visit: Visit, step: Step, change: Callable[..., None], then: Callable[[], HttpResponse]
) -> HttpResponse:
    """Ask for a new password while this step is next; `change` takes it."""
    if not visit.is_at(step):
        return visit.go_on()
    form = NewPasswordForm(visit.request.POST or None, policy=visit.experience.passwords)
    if form.is_valid():
        try:
            change(visit.interaction, visit.experience, password=form.cleaned_data["password"])
        except DomainError as error:
            form.add_error("password", error.message)
        else:
            return then()
    return visit.render("pages/reset_password.html", form=form, has_expired=step is Step.RENEW_PASSWORD)
