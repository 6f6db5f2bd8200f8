"""How hosted pages look, for all applications and for one; the preview renders them with what is not saved yet."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods

from console.access import Permission, administrator, needs
from console.editing import answer, edit
from console.experience_forms import answered, edit_experience
from console.forms.looks import LooksForm
from console.preview import drawn, not_drawn
from console.views.application import guide_of, managed_application
from idp.applications.errors import InvalidSetting
from idp.applications.models import Application
from idp.applications.services import update_application
from idp.audit.models import EventFilter
from idp.signin import branding as brands
from idp.signin.errors import ExperienceInvalid
from idp.signin.models import SignInExperience
from idp.signin.rules import check

_DRAFT = "branding_draft"


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def branding(request: HttpRequest) -> HttpResponse:
    editing = edit_experience(request, _form)
    if answer := answered(request, editing, "console:experience-branding"):
        return answer
    return render(request, "console/experience/branding.html", {"form": editing.form}, status=editing.status)


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def application_branding(request: HttpRequest, pk: str) -> HttpResponse:
    """What one application has instead: an empty field is as it is for all."""

    def build(application: Application, data: Any) -> LooksForm:
        return LooksForm(application.color, application.branding, application.custom_css, data)

    def write(application: Application, form: LooksForm) -> bool:
        try:
            update_application(by=administrator(request).audit_name, application=application, **form.changes())
        except InvalidSetting as error:
            form.show_problem(error)
            return False
        return True

    editing = edit(
        request, load=lambda lock: managed_application(pk, lock=lock), build=build, write=write,
        about=EventFilter(subject=f"application:{pk}"), columns=lambda form: form.changes(),
    )  # fmt: skip
    application = managed_application(pk)
    context = {"application": application, "guide": guide_of(application)}
    return answer(request, editing, "console/applications/branding.html", context)


@needs(Permission.READ)
@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
def branding_preview(request: HttpRequest) -> HttpResponse:
    """A page of the sign-in as the form describes it (GET: as it is saved), or why it cannot be drawn."""
    draft = SignInExperience.load()
    if request.method != "POST":
        return drawn(request, draft)
    form = _form(draft, request.POST)
    form.is_valid()
    for field, value in form.changes().items():
        setattr(draft, field, value)
    try:
        check(draft)
    except ExperienceInvalid as error:
        return not_drawn(request, error.message)
    request.session[_DRAFT] = form.changes()
    address = f"{reverse('console:experience-branding-css')}?v={brands.of(draft).version}"
    return drawn(request, draft, draft_stylesheet=address)


@needs(Permission.READ)
@require_GET
def draft_stylesheet(request: HttpRequest) -> HttpResponse:
    """The CSS of the draft that this administrator looks at."""
    draft = SignInExperience()
    for field, value in request.session.get(_DRAFT, {}).items():
        setattr(draft, field, value)
    return HttpResponse(brands.of(draft).stylesheet, content_type="text/css; charset=utf-8")


def _form(experience: SignInExperience, data: Any) -> LooksForm:
    return LooksForm(experience.color, experience.branding, experience.custom_css or "", data)
