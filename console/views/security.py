"""What new passwords must be, and when guessing stops."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from console.access import administrator, staff_required
from console.forms.security import SecurityForm
from idp.signin.errors import ExperienceInvalid
from idp.signin.experience import update_experience
from idp.signin.models import SignInExperience


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def security(request: HttpRequest) -> HttpResponse:
    form = SecurityForm(SignInExperience.load(), request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            update_experience(by=administrator(request).audit_name, **form.changes())
        except ExperienceInvalid as error:
            form.show_problem(error)
        else:
            messages.success(request, "The changes are saved.")
            return redirect("console:security")
    return render(request, "console/security/page.html", {"form": form})
