from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.access import staff_required
from console.production import points


@require_safe
@staff_required
def production(request: HttpRequest) -> HttpResponse:
    return render(request, "console/production.html", {"points": list(points())})
