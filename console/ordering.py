"""Rows of an ordered list: how far one is to be moved, and how it comes back.

By one place with its buttons, by more when it was dragged (static/js/drag.js).
"""

from django.contrib import messages
from django.http import HttpRequest

from console.undo import announce_done, opposite


def places_to_move(request: HttpRequest) -> int:
    text = request.POST.get("places", "")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 4 else 1


def moved(request: HttpRequest, order: list[str], pk: str, *, up: bool) -> list[str]:
    """The order as asked for; the first and the last place are the end of it."""
    place, others = order.index(pk), [one for one in order if one != pk]
    others.insert(max(0, place + places_to_move(request) * (-1 if up else 1)), pk)
    return others


def is_outdated(request: HttpRequest, order: list[str]) -> bool:
    """Would a move be taken back although somebody changed the order since? Says so."""
    seen = request.POST.get("version", "")
    if not seen or seen == _version(order):
        return False
    messages.warning(request, "Somebody changed the order since. It stays as it is.")
    return True


def announce_moved(request: HttpRequest, text: str, *, name: str, pk: str, before: list[str], after: list[str]) -> None:
    """`name` is the page that moves `pk`; both orders are of ids."""
    places = after.index(pk) - before.index(pk)
    back = opposite(name, pk, "up" if places > 0 else "down", places=str(abs(places)), version=_version(after))
    announce_done(request, text, back if places else None)


def _version(order: list[str]) -> str:
    return " ".join(order)
