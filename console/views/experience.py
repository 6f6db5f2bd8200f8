"""How people sign up and sign in, with a preview of the page they will see."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from console.access import Permission, needs
from console.connector_facts import WORDS
from console.editing import Edit
from console.experience_forms import answered, edit_experience
from console.forms.experience import ExperienceForm, moved
from console.preview import drawn, not_drawn
from idp.signin.errors import ExperienceInvalid
from idp.signin.experience import missing_connectors
from idp.signin.models import SignInExperience
from idp.signin.rules import check


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def experience(request: HttpRequest) -> HttpResponse:
    if "move" in request.POST:
        form = ExperienceForm(SignInExperience.load(), moved(request.POST, request.POST["move"]))
        return _page(request, Edit(form, request.POST.get("version", "")))
    editing = edit_experience(request, ExperienceForm)
    if answer := answered(request, editing, "console:experience"):
        return answer
    return _page(request, editing)


@needs(Permission.READ)
@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
def experience_preview(request: HttpRequest) -> HttpResponse:
    """A page of the sign-in as the form describes it (GET: as it is saved), or why it cannot be drawn."""
    stored = SignInExperience.load()
    if request.method != "POST":
        return drawn(request, stored)
    form = ExperienceForm(stored, request.POST)
    if not form.is_valid():
        return not_drawn(request, "Some of the settings are not complete.")
    draft = form.draft()
    try:
        check(draft)
    except ExperienceInvalid as error:
        return not_drawn(request, error.message)
    return drawn(request, draft)


def _page(request: HttpRequest, editing: Edit[ExperienceForm]) -> HttpResponse:
    missing = [WORDS[type] for type in missing_connectors(SignInExperience.load())]
    context = {"form": editing.form, "missing": missing, "production": settings.PRODUCTION}
    return render(request, "console/experience/page.html", context, status=editing.status)
