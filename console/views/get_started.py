from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from console import checklist
from console.access import Permission, may, needs
from console.guides import catalogue


@needs(Permission.PEOPLE)
def get_started(request: HttpRequest) -> HttpResponse:
    steps = checklist.steps() if may(request, Permission.MANAGE) else []
    context = {
        "guides": catalogue.featured(),
        "steps": steps,
        "done": sum(step.done for step in steps),
        "next": next((step for step in steps if not step.done), None),
        "production": settings.PRODUCTION,
    }
    return render(request, "console/get_started.html", context)
