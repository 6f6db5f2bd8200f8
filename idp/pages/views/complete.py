"""/continue/…: what an account still needs, asked of new people and of those who lack it."""

from django.http import HttpResponse

from idp.lib import countries
from idp.lib.errors import DomainError
from idp.lib.forms import CodeForm
from idp.pages.forms import IdentifierForm
from idp.pages.visit import Visit, page
from idp.signin import completion
from idp.signin.flow import Step
from idp.users.errors import IdentifierTaken, ProfileValueInvalid
from idp.users.profile_answers import answer_of
from idp.users.profile_form import ProfileFieldsForm
from idp.verification.services import seconds_until_resend

_KINDS = {"username": ["username"], "email": ["email"], "phone": ["phone"], "emailOrPhone": ["email", "phone"]}


@page
def identifier(visit: Visit, method: str) -> HttpResponse:
    """/continue/username, /continue/email, /continue/phone, /continue/emailOrPhone; coming back here is giving another one."""
    if not _asks_for_identifier(visit):
        return visit.go_on()
    if visit.state.missing_profile[0] != method:
        return visit.go_to("pages:continue", visit.state.missing_profile[0])
    form = IdentifierForm(
        visit.request.POST or None, kinds=_KINDS[method], initial={"country": countries.guess(visit.request)}
    )  # fmt: skip
    if visit.request.method != "POST":
        completion.forget_adding(visit.interaction)
    elif form.is_valid():
        try:
            completion.add_identifier(visit.interaction, visit.experience, kind=form.kind, value=form.value)
        except DomainError as error:
            form.add_error("identifier", error.message)
        else:
            return visit.go_on()
    return _identifier_page(visit, method, form, taken=visit.request.GET.get("notice") == "taken" and not form.is_bound)


@page
def code(visit: Visit) -> HttpResponse:
    """/continue/verification-code: is the address theirs?"""
    if not visit.is_at(Step.ADD_IDENTIFIER_CODE):
        return visit.go_on()
    adding, form = visit.state.adding, CodeForm(visit.request.POST or None)
    if form.is_valid():
        try:
            completion.verify_code(visit.interaction, visit.experience, digits=form.cleaned_data["code"])
            completion.take_identifier(
                visit.interaction, visit.experience, kind=adding["type"], value=adding["value"]
            )  # fmt: skip
        except IdentifierTaken:  # only whoever reads its messages learns that
            return visit.go_to("pages:continue", visit.state.missing_profile[0], notice="taken")
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            return visit.go_on()
    return _code_page(visit, form)


@page
def resend(visit: Visit) -> HttpResponse:
    """POST /continue/resend"""
    if visit.request.method != "POST" or not visit.is_at(Step.ADD_IDENTIFIER_CODE):
        return visit.go_on()
    try:
        completion.send_code(visit.interaction, visit.experience)
    except DomainError as error:
        return _code_page(visit, CodeForm(), problem=error.message)
    return visit.go_on()


@page
def profile(visit: Visit) -> HttpResponse:
    """/continue/extra-profile: everything that is asked about the person, on one page."""
    if not visit.is_at(Step.EXTRA_PROFILE):
        return visit.go_on()
    fields, owner = visit.state.fields_to_ask, visit.state.owner
    known = {field.name: answer for field in fields if owner and (answer := answer_of(owner, field)) is not None}
    data = visit.request.POST if visit.request.method == "POST" else None
    form = ProfileFieldsForm(data, fields=fields, answers=known)
    if form.is_valid():
        try:
            completion.answer(visit.interaction, visit.experience, answers=form.answers)
        except ProfileValueInvalid as error:
            form.add_error(None, error.message)
        else:
            return visit.go_on()
    return visit.render("pages/extra_profile.html", form=form)


def _asks_for_identifier(visit: Visit) -> bool:
    return visit.is_at(Step.ADD_IDENTIFIER, Step.ADD_IDENTIFIER_CODE)


def _identifier_page(visit: Visit, method: str, form: IdentifierForm, *, taken: bool) -> HttpResponse:
    return visit.render(
        "pages/add_identifier.html", form=form, method=method, taken=taken,
        policy=visit.experience.usernames if method == "username" else None,
    )  # fmt: skip


def _code_page(visit: Visit, form: CodeForm, problem: str = "") -> HttpResponse:
    adding = visit.state.adding
    wait = seconds_until_resend(visit.interaction.pk, adding["type"], adding["value"])
    back = visit.state.missing_profile[0]
    return visit.render(
        "pages/add_identifier_code.html", form=form, adding=adding, wait=wait, problem=problem, back=back
    )
