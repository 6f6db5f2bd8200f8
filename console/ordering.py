"""How far a row of an ordered list is to be moved: one place by its buttons, more when it was dragged (static/js/drag.js)."""

from django.http import HttpRequest


def places_to_move(request: HttpRequest) -> int:
    text = request.POST.get("places", "")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 4 else 1
