from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from console.access import staff_required
from console.guides import catalogue


@staff_required
def get_started(request: HttpRequest) -> HttpResponse:
    context = {"guides": catalogue.featured(), "production": settings.PRODUCTION}
    return render(request, "console/get_started.html", context)
