"""Terms, privacy, help, and where people go who lost their way."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from console.access import staff_required
from console.experience_forms import saved
from console.forms.content import ContentForm
from idp.signin.models import SignInExperience


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def content(request: HttpRequest) -> HttpResponse:
    form = ContentForm(SignInExperience.load(), request.POST if request.method == "POST" else None)
    if saved(request, form):
        return redirect("console:experience-content")
    return render(request, "console/experience/content.html", {"form": form})
