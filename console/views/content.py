"""Terms, privacy, help, and where people go who lost their way."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from console.access import administrator, staff_required
from console.forms.content import ContentForm
from idp.signin.errors import ExperienceInvalid
from idp.signin.experience import update_experience
from idp.signin.models import SignInExperience


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def content(request: HttpRequest) -> HttpResponse:
    form = ContentForm(SignInExperience.load(), request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            update_experience(by=administrator(request).audit_name, **form.changes())
        except ExperienceInvalid as error:
            form.show_problem(error)
        else:
            messages.success(request, "The changes are saved.")
            return redirect("console:experience-content")
    return render(request, "console/experience/content.html", {"form": form})
