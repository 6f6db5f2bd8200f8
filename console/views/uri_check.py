"""What to say about an address while somebody types it: by the rules that saving follows."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.access import Permission, needs
from console.forms.applications import FORM_FIELDS
from console.forms.uri_rows import note


@needs(Permission.READ)
@require_safe
def uri_check(request: HttpRequest, kind: str, field: str) -> HttpResponse:
    if field not in FORM_FIELDS.values():
        raise Http404
    level, sentence = note(field, request.GET.get(field, "")[:2048], is_native=kind == "Native")
    return render(request, "console/widgets/_uri_note.html", {"level": level, "sentence": sentence})
