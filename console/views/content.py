"""Terms, privacy, help, and where people go who lost their way."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from console.access import Permission, needs
from console.experience_forms import answered, edit_experience
from console.forms.content import ContentForm


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def content(request: HttpRequest) -> HttpResponse:
    editing = edit_experience(request, ContentForm)
    if answer := answered(request, editing, "console:experience-content"):
        return answer
    return render(request, "console/experience/content.html", {"form": editing.form}, status=editing.status)
