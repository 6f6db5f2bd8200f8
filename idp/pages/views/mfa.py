"""The second factor: verify one, set one up, keep the backup codes."""

from django import forms
from django.http import HttpResponse

from idp.lib.errors import DomainError
from idp.lib.forms import CodeForm
from idp.mfa.factors import CHANNELS, Factor
from idp.pages.forms import BackupCodeForm, TotpForm
from idp.pages.views import passkey
from idp.pages.visit import Visit, page
from idp.signin import factor_setup, second_factor
from idp.signin.flow import Step

_SLUGS = {
    "passkey": Factor.WEBAUTHN, "totp": Factor.TOTP, "phone": Factor.PHONE, "email": Factor.EMAIL, "backup-code": Factor.BACKUP_CODE,
}  # fmt: skip
_SLUG_OF = {factor: slug for slug, factor in _SLUGS.items()}
_FORMS: dict[Factor, type[forms.Form]] = {
    Factor.TOTP: TotpForm, Factor.PHONE: CodeForm, Factor.EMAIL: CodeForm, Factor.BACKUP_CODE: BackupCodeForm,
}  # fmt: skip


@page
def verify(visit: Visit, slug: str = "") -> HttpResponse:
    """/mfa-verification: the factor that the person prefers; /mfa-verification/<slug>: another one of theirs."""
    factor = _factor(visit, slug)
    if factor is None:
        return visit.go_on()
    if factor is Factor.WEBAUTHN:
        return passkey.verify(visit, others=_others(visit, factor))
    form = _FORMS[factor](visit.request.POST or None)
    if form.is_valid():
        try:
            _verify(visit, factor, form.cleaned_data["code"])
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            return visit.go_on_after_verification()
    return _verify_page(visit, factor, form)


@page
def send(visit: Visit, slug: str) -> HttpResponse:
    """POST /mfa-verification/<slug>/send: a code to the person's own phone or email address; the server keeps the pace."""
    factor = _factor(visit, slug)
    if visit.request.method != "POST" or factor not in CHANNELS:
        return visit.go_on()
    try:
        second_factor.send_code(visit.interaction, visit.experience, factor=factor)
    except DomainError as error:
        return _verify_page(visit, factor, CodeForm(), problem=error.message)
    return visit.go_to("pages:mfa-verify-with", slug)


def _factor(visit: Visit, slug: str) -> Factor | None:
    """The factor that the address names, if the person has it, or the one they prefer; None when none is asked for."""
    if not visit.is_at(Step.MFA_VERIFY):
        return None
    usable = visit.state.second_factors
    named = _SLUGS.get(slug)
    return named if named in usable else usable[0]


def _verify(visit: Visit, factor: Factor, code: str) -> None:
    if factor is Factor.TOTP:
        second_factor.verify_totp(visit.interaction, visit.experience, digits=code)
    elif factor is Factor.BACKUP_CODE:
        second_factor.verify_backup_code(visit.interaction, visit.experience, code=code)
    else:
        second_factor.verify_code(visit.interaction, visit.experience, factor=factor, digits=code)


def _verify_page(visit: Visit, factor: Factor, form: forms.Form, problem: str = "") -> HttpResponse:
    state = visit.state
    masked = second_factor.masked_recipients(state)
    by_channel = factor in CHANNELS
    return visit.render(
        "pages/mfa_verify.html", form=form, problem=problem, slug=_SLUG_OF[factor], by_channel=by_channel,
        recipient=masked.get(factor, ""), sent=not by_channel or second_factor.sent_code(visit.interaction, factor),
        wait=second_factor.seconds_until_resend(state, factor) if by_channel else 0,
        others=_others(visit, factor),
    )  # fmt: skip


def _others(visit: Visit, factor: Factor) -> list[tuple[str, str]]:
    """The person's other ways: what the address calls them, and where their codes would go."""
    state = visit.state
    masked = second_factor.masked_recipients(state)
    return [(_SLUG_OF[other], masked.get(other, "")) for other in state.second_factors if other is not factor]


@page
def setup(visit: Visit) -> HttpResponse:
    """/mfa-binding: what the person can set up, or not now."""
    if not visit.is_at(Step.MFA_SETUP):
        return visit.go_on()
    state = visit.state
    return visit.render("pages/mfa_setup.html", possible=state.new_factors, may_skip=state.may_skip_setup)


@page
def skip(visit: Visit) -> HttpResponse:
    """POST /mfa-binding/skip"""
    if visit.request.method == "POST" and visit.is_at(Step.MFA_SETUP):
        factor_setup.skip_setup(visit.interaction, visit.experience)
    return visit.go_on()


@page
def totp(visit: Visit) -> HttpResponse:
    """/mfa-binding/totp: scan the key, and prove it with a code."""
    if not visit.is_at(Step.MFA_SETUP):
        return visit.go_on()
    _, app = factor_setup.start_totp(visit.interaction, visit.experience)
    form = TotpForm(visit.request.POST or None)
    if form.is_valid():
        try:
            factor_setup.check_new_totp(visit.interaction, visit.experience, digits=form.cleaned_data["code"])
            factor_setup.bind_totp(visit.interaction, visit.experience)
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            return visit.go_on()
    return visit.render("pages/mfa_totp.html", form=form, app=app)


@page
def backup_codes(visit: Visit) -> HttpResponse:
    """/mfa-binding/backup-codes: shown until the person says that they have them."""
    if not visit.is_at(Step.BACKUP_CODES):
        return visit.go_on()
    if visit.request.method == "POST":
        factor_setup.keep_backup_codes(visit.interaction, visit.experience)
        return visit.go_on()
    _, codes = factor_setup.backup_codes(visit.interaction, visit.experience)
    return visit.render("pages/mfa_backup_codes.html", codes=codes, text="\n".join(codes))
