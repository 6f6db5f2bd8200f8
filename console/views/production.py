from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.access import Permission, needs
from console.production import points


@needs(Permission.READ)
@require_safe
def production(request: HttpRequest) -> HttpResponse:
    return render(request, "console/production.html", {"points": list(points())})
