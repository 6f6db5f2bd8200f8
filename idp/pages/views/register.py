"""Sign-up: a new account."""

from django.http import HttpResponse

from idp.lib import countries
from idp.lib.errors import DomainError
from idp.pages.forms import IdentifierForm, NewPasswordForm
from idp.pages.views.sign_in import send_first_code
from idp.pages.visit import Visit, page
from idp.signin import completion, services
from idp.signin.flow import Step
from idp.users.identifiers import CODE_KINDS


@page
def register(visit: Visit) -> HttpResponse:
    """/register: the identifier of the new account."""
    if not visit.experience.allows_sign_up:
        return visit.go_to("pages:sign-in")
    form = _form(visit)
    if visit.request.method != "POST":
        services.begin(visit.interaction, event="Register")
    elif form.is_valid():
        try:
            services.begin(visit.interaction, event="Register")
            services.show_captcha(visit.interaction, visit.experience, answer=visit.captcha_answer)
            completion.agree(visit.interaction, visit.experience)
            services.identify_new(visit.interaction, visit.experience, kind=form.kind, value=form.value)
            if form.kind in CODE_KINDS:
                send_first_code(visit)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return visit.go_on()
    return visit.render("pages/register.html", form=form, agreement=visit.agreement("Register"))


def _form(visit: Visit) -> IdentifierForm:
    params = visit.interaction.params["params"]
    initial = {"identifier": params.get("login_hint", ""), "country": countries.guess(visit.request)}
    return IdentifierForm(
        visit.request.POST or None, kinds=visit.experience.sign_up["identifiers"], initial=initial,
        agreement=visit.agreement("Register"),
    )  # fmt: skip


@page
def password(visit: Visit) -> HttpResponse:
    """/register/password: the password of the new account; /continue/password: of one that has none."""
    if not visit.is_at(Step.NEW_PASSWORD):
        return visit.go_on()
    form = NewPasswordForm(visit.request.POST or None, policy=visit.experience.passwords)
    if form.is_valid():
        try:
            completion.choose_password(visit.interaction, visit.experience, password=form.cleaned_data["password"])
        except DomainError as error:
            form.add_error("password", error.message)
        else:
            return visit.go_on()
    return visit.render("pages/new_password.html", form=form)


@page
def offer_sign_in(visit: Visit) -> HttpResponse:
    """/register/existing-account: the proved identifier has an account already. Sign in to it?"""
    if not visit.is_at(Step.OFFER_SIGN_IN):
        return visit.go_on()
    if visit.request.method == "POST":
        services.accept_sign_in(visit.interaction, visit.experience)
        return visit.go_on()
    return visit.render("pages/offer_sign_in.html")
