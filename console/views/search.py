"""Find anything: the command palette's answers, and the same as a page for those without a script."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.access import Permission, needs
from console.search import find

LONGEST = 128


@needs(Permission.PEOPLE)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:LONGEST]
    template = "console/search/_hits.html" if getattr(request, "htmx", None) else "console/search/page.html"
    return render(request, template, {"text": text, "groups": find(request, text)})
