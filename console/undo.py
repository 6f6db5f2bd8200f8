"""Taking back what was just done: a POST to a page of the console, from the toast.

Of a form it is the form as it was, sent to its page again; of an action it is what does the opposite. So the permission, the
rules, the service function and the conflict with others of that page apply, and the log has one more change. What a secret
was is not kept: where one was changed, nothing is offered. Until the toast is shown the values wait in the session, encrypted.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from console.forms.uri_rows import UriRows
from idp.lib.encryption import decrypt, encrypt

FIELD = "undo"  # in the POST that takes back
TAG = "undo"  # of the message that offers it
_KEPT = "undo"  # in the session
_NAMED = 3  # fields


@dataclass(frozen=True, slots=True)
class Undo:
    """Where to send what; `version` is that of what there is now (console.editing, console.ordering)."""

    path: str
    fields: list[tuple[str, str]]
    version: str = ""
    label: str = "Undo"


def opposite(name: str, /, *args: str, label: str = "Undo", version: str = "", **fields: str | list[str]) -> Undo:
    """The page of the console that does the opposite, and what it asks for."""
    pairs = [
        (field, text) for field, value in fields.items() for text in ([value] if isinstance(value, str) else value)
    ]
    return Undo(reverse(f"console:{name}", args=args), pairs, version, label)


def as_posted(form: forms.BaseForm) -> list[tuple[str, str]]:
    """What a browser would send of the form with its initial values."""
    parts: list[tuple[str, forms.BaseForm]] = [("", form), *getattr(form, "parts", [])]
    return [
        (bound.html_name, text)
        for _, part in parts
        for bound in part
        if not bound.field.disabled
        for text in _texts(bound)
    ]


def _texts(bound: forms.BoundField) -> list[str]:
    value = bound.field.prepare_value(bound.initial)
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return ["on"] if value else []
    if isinstance(bound.field, forms.MultipleChoiceField) or isinstance(bound.field.widget, UriRows):
        return [str(one) for one in value or []]
    return [] if value is None else [str(value)]


def announce(request: HttpRequest, *, text: str, changed: list[str], undo: Undo | None) -> None:
    """Say that it is saved and what changed, with a button that takes it back where that can be done."""
    if FIELD in request.POST:
        messages.success(request, "Undone. Everything is as it was before.")
        return
    more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
    named = f" Changed: {', '.join(changed[:_NAMED])}{more}." if changed else ""
    if undo is None and changed:
        named += " A secret that was replaced is not kept, so this cannot be undone."
    _offer(request, text + named, undo)


def announce_done(request: HttpRequest, text: str, undo: Undo | None = None) -> None:
    """Say what was done, with a button for the opposite; of an opposite itself, that it was done."""
    is_undo = FIELD in request.POST
    _offer(request, f"Undone. {text}" if is_undo else text, None if is_undo else undo)


def _offer(request: HttpRequest, text: str, undo: Undo | None) -> None:
    messages.success(request, text, extra_tags=TAG if undo else "")
    if undo:
        request.session[_KEPT] = encrypt(json.dumps(asdict(undo)))


def take(request: HttpRequest) -> dict[str, Any] | None:
    """What waits in the session, once."""
    kept = request.session.pop(_KEPT, None)
    return dict(json.loads(decrypt(kept))) if kept else None
