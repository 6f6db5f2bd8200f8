"""How people sign up and sign in, with a preview of the page they will see."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from console.access import administrator, staff_required
from console.connector_facts import WORDS
from console.forms.experience import ExperienceForm, moved
from idp.pages.preview import sign_in_preview
from idp.signin.errors import ExperienceInvalid
from idp.signin.experience import check, missing_connectors, update_experience
from idp.signin.models import SignInExperience


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def experience(request: HttpRequest) -> HttpResponse:
    saved = SignInExperience.load()
    if "move" in request.POST:
        return _page(request, saved, ExperienceForm(saved, moved(request.POST, request.POST["move"])))
    form = ExperienceForm(saved, request.POST if request.method == "POST" else None)
    if request.method == "POST" and _save(request, form):
        messages.success(request, "The changes are saved.")
        return redirect("console:experience")
    return _page(request, saved, form)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
def experience_preview(request: HttpRequest) -> HttpResponse:
    """The sign-in page as the form describes it (GET: as it is saved), or why it cannot be drawn."""
    saved = SignInExperience.load()
    if request.method == "GET":
        return sign_in_preview(request, saved)
    form = ExperienceForm(saved, request.POST)
    if not form.is_valid():
        return _no_preview(request, "Some of the settings are not complete.")
    draft = form.draft()
    try:
        check(draft)
    except ExperienceInvalid as error:
        return _no_preview(request, error.message)
    return sign_in_preview(request, draft)


def _save(request: HttpRequest, form: ExperienceForm) -> bool:
    if not form.is_valid():
        return False
    try:
        update_experience(by=administrator(request).audit_name, **form.changes())
    except ExperienceInvalid as error:
        form.show_problem(error)
        return False
    return True


def _page(request: HttpRequest, saved: SignInExperience, form: ExperienceForm) -> HttpResponse:
    missing = [WORDS[type] for type in missing_connectors(saved)]
    context = {"form": form, "missing": missing, "production": settings.PRODUCTION}
    return render(request, "console/experience/page.html", context)


def _no_preview(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "console/experience/no_preview.html", {"reason": reason})
