"""Sign-in: who are you, and how do you prove it?"""

from django.http import HttpResponse

from idp.lib import countries
from idp.lib.errors import DomainError
from idp.lib.forms import CodeForm
from idp.pages.forms import AgreeForm, IdentifierForm, PasswordForm
from idp.pages.visit import Visit, page
from idp.signin import completion, cookies, flow, passkeys, services
from idp.signin.experience import recovery_kinds
from idp.signin.flow import Step
from idp.users.identifiers import CODE_KINDS
from idp.verification.errors import ResendTooSoon
from idp.verification.services import seconds_until_resend, was_lost

_STARTS = {"SignIn": "pages:sign-in", "Register": "pages:register", "ForgotPassword": "pages:forgot-password"}


@page
def sign_in(visit: Visit) -> HttpResponse:
    """/sign-in: the identifier, with the password when every way to sign in is one."""
    if not visit.experience.allows_sign_in:
        return visit.go_to("pages:register")
    form = identifier_form(visit)
    other_method = ""
    if visit.request.method != "POST":
        services.begin(visit.interaction, event="SignIn")
    elif form.is_valid():
        try:
            services.begin(visit.interaction, event="SignIn")
            services.show_captcha(visit.interaction, visit.experience, answer=visit.captcha_answer)
            if visit.agreement("SignIn"):
                completion.agree(visit.interaction, visit.experience)
            return _identified(visit, form)
        except DomainError as error:
            form.add_error(None, error.message)
            other_method = _other_method(visit)
    return sign_in_page(visit, form, other_method=other_method)


def sign_in_page(visit: Visit, form: IdentifierForm, *, other_method: str = "", problem: str = "") -> HttpResponse:
    """The first page; with a question for passkeys where people may sign in with one."""
    question = passkeys.begin_sign_in(visit.interaction, visit.experience) if visit.experience.offers_passkeys else None
    if question and visit.experience.autofills_passkeys:
        form.offer_passkeys()
    return visit.render(
        "pages/sign_in.html", form=form, other_method=other_method, problem=problem, question=question,
        last_way=_last_way(visit, form, with_passkeys=question is not None),
        agreement=visit.agreement("SignIn"),
        action=visit.address("pages:sign-in-passkey"), can_recover=bool(recovery_kinds(visit.experience)),
    )  # fmt: skip


def _last_way(visit: Visit, form: IdentifierForm, *, with_passkeys: bool) -> str:
    """How somebody signed in here last, where that is still offered and there is a choice; or ""."""
    ways = [*form.kinds, *(["passkey"] if with_passkeys and visit.experience.shows_passkey_button else [])]
    last = cookies.last_way(visit.request)
    return last if last in ways and len(ways) > 1 else ""


def _other_method(visit: Visit) -> str:
    """The password, when a code could not be sent to somebody who may use one."""
    method = visit.experience.method_for(visit.state.kind) if visit.state.kind else None
    return "password" if method and method["password"] and not visit.state.uses_password else ""


def identifier_form(visit: Visit, *, is_empty: bool = False) -> IdentifierForm:
    methods = visit.experience.methods
    params = visit.interaction.params["params"]
    offered = [method["identifier"] for method in methods]
    wanted = [kind for kind in params.get("identifier", "").split() if kind in offered]
    return IdentifierForm(
        None if is_empty else visit.request.POST or None,
        kinds=wanted or offered,
        with_password=not any(method["verificationCode"] for method in methods),
        agreement=visit.agreement("SignIn"),
        initial={"identifier": params.get("login_hint", ""), "country": countries.guess(visit.request)},
    )


def _identified(visit: Visit, form: IdentifierForm) -> HttpResponse:
    services.identify(visit.interaction, visit.experience, kind=form.kind, value=form.value)
    if "password" in form.cleaned_data:
        services.verify_password(visit.interaction, visit.experience, password=form.cleaned_data["password"])
    elif not visit.state.uses_password:
        send_first_code(visit)
    return visit.go_on()


def send_first_code(visit: Visit) -> None:
    """A code that went out a moment ago, before the person came back to this page, is good enough."""
    try:
        services.send_code(visit.interaction, visit.experience)
    except ResendTooSoon:
        return


@page
def password(visit: Visit) -> HttpResponse:
    """/sign-in/password"""
    if not visit.is_at(Step.PASSWORD):
        return visit.go_on()
    form = PasswordForm(visit.request.POST or None)
    if form.is_valid():
        try:
            services.verify_password(visit.interaction, visit.experience, password=form.cleaned_data["password"])
        except DomainError as error:
            form.add_error("password", error.message)
        else:
            return visit.go_on()
    return visit.render(
        "pages/password.html", form=form, method=visit.experience.method_for(visit.state.kind),
        can_recover=bool(recovery_kinds(visit.experience)),
    )  # fmt: skip


@page
def switch_method(visit: Visit) -> HttpResponse:
    """POST /sign-in/method: the same person, by password instead of code or the other way round."""
    method = visit.request.POST.get("method", "")
    if visit.request.method != "POST" or method not in ("password", "code") or not visit.state.kind:
        return visit.go_on()
    state = visit.state
    services.identify(visit.interaction, visit.experience, kind=state.kind, value=state.value, method=method)
    if method == "code":
        try:
            send_first_code(visit)
        except DomainError as error:
            return _code_page(visit, CodeForm(), problem=error.message)
    return visit.go_on()


@page
def code(visit: Visit) -> HttpResponse:
    """/sign-in/verification-code and /register/verification-code"""
    if not visit.is_at(Step.CODE):
        return visit.go_on()
    form = CodeForm(visit.request.POST or None)
    if form.is_valid():
        try:
            services.verify_code(visit.interaction, visit.experience, digits=form.cleaned_data["code"])
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            return visit.go_on()
    return _code_page(visit, form)


@page
def resend(visit: Visit) -> HttpResponse:
    """POST /sign-in/resend: another code to the same recipient; the server keeps the pace."""
    if visit.request.method != "POST" or not visit.is_at(Step.CODE):
        return visit.go_on()
    try:
        services.send_code(visit.interaction, visit.experience)
    except DomainError as error:
        return _code_page(visit, CodeForm(), problem=error.message)
    return visit.go_on()


def _code_page(visit: Visit, form: CodeForm, problem: str = "") -> HttpResponse:
    state = visit.state
    wait = seconds_until_resend(visit.interaction.pk, state.kind, state.value)
    event = visit.interaction.event
    return visit.render(
        "pages/code.html", form=form, problem=problem, wait=wait, start=_STARTS[event],
        method=visit.experience.method_for(state.kind) if event == "SignIn" else None,
        was_lost=was_lost(visit.interaction.verification_id), another_kind=_another_kind(visit),
    )  # fmt: skip


def _another_kind(visit: Visit) -> str:
    """Another channel that codes can be had by here; by the settings alone, which say nothing about this person."""
    experience, event = visit.experience, visit.interaction.event
    offered = {
        "SignIn": [method["identifier"] for method in experience.methods if method["verificationCode"]],
        "Register": experience.sign_up["identifiers"],
        "ForgotPassword": recovery_kinds(experience),
    }[event]
    return next((kind for kind in CODE_KINDS if kind in offered and kind != visit.state.kind), "")


@page
def offer_account(visit: Visit) -> HttpResponse:
    """/sign-in/new-account: the identifier is proved and belongs to nobody. Create an account?"""
    if not visit.is_at(Step.OFFER_ACCOUNT):
        return visit.go_on()
    agreement = visit.agreement("Register")
    form = AgreeForm(visit.request.POST if visit.request.method == "POST" else None, agreement=agreement)
    if form.is_valid():
        completion.agree(visit.interaction, visit.experience)
        services.accept_account(visit.interaction, visit.experience)
        return visit.go_on()
    possible = flow.may_sign_up_with(visit.experience, visit.state.kind)
    return visit.render("pages/offer_account.html", possible=possible, form=form, agreement=agreement)
