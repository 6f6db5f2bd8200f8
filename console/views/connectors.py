"""The connectors that are set up, the choice of a provider, and the end of one."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connectors.ports import ConnectorKind, ConnectorType
from connectors.registry import kinds
from console.access import Permission, administrator, needs
from console.connector_facts import (
    WORDS,
    Words,
    consequences,
    installed_kind,
    stored_connectors,
    type_or_404,
    used_types,
)
from console.forms.connectors import PickForm
from console.ordering import announce_moved, is_outdated, moved
from idp.messaging.models import Connector
from idp.messaging.services import delete_connector, order_connectors


@dataclass(frozen=True)
class Row:
    """A connector, or the lack of one. `place` is its place in the order of its type, from 1."""

    words: Words
    connector: Connector | None
    kind: ConnectorKind | None  # None although set up: the package it came from is gone
    is_used: bool
    place: int = 1
    is_last: bool = True


@needs(Permission.READ)
@require_safe
def connector_list(request: HttpRequest) -> HttpResponse:
    used = used_types()
    rows = [row for type, words in WORDS.items() for row in _rows(type, words, is_used=type in used)]
    context = {
        "rows": rows,
        "unset": [row.words.noun for row in rows if row.connector is None],
        "production": settings.PRODUCTION,
    }
    return render(request, "console/connectors/list.html", context)


def _rows(type: ConnectorType, words: Words, *, is_used: bool) -> list[Row]:
    stored = stored_connectors(type)
    return [
        Row(words, connector, installed_kind(connector), is_used, place, place == len(stored))
        for place, connector in enumerate(stored, 1)
    ] or [Row(words, None, None, is_used)]


@needs(Permission.MANAGE)
@require_safe
def connector_pick(request: HttpRequest, type: str) -> HttpResponse:
    chosen_type = type_or_404(type)
    offered = kinds(chosen_type)
    form = PickForm(offered, request.GET if "kind" in request.GET else None)
    if form.is_valid():
        return redirect("console:connector-setup", form.cleaned_data["kind"])
    context = {
        "words": WORDS[chosen_type],
        "kinds": offered,
        "form": form,
        "in_use": {connector.connector_id for connector in stored_connectors(chosen_type)},
        "chosen": offered[0].id,
    }
    return render(request, "console/connectors/pick.html", context)


@needs(Permission.MANAGE)
@require_POST
def connector_move(request: HttpRequest, pk: str, direction: str) -> HttpResponse:
    connector = get_object_or_404(Connector, pk=pk)
    type = ConnectorType(connector.type)
    before = [one.pk for one in stored_connectors(type)]
    if not is_outdated(request, before):
        after = moved(request, before, pk, up=direction == "up")
        order_connectors(by=administrator(request).audit_name, type=connector.type, ids=after)
        text = f"{WORDS[type].title}: it is number {after.index(pk) + 1} now."
        announce_moved(request, text, name="connector-move", pk=pk, before=before, after=after)
    return redirect("console:connector-list")


@needs(Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def connector_delete(request: HttpRequest, pk: str) -> HttpResponse:
    connector = get_object_or_404(Connector, pk=pk)
    words = WORDS[ConnectorType(connector.type)]
    if request.method == "POST":
        delete_connector(by=administrator(request).audit_name, connector=connector)
        messages.success(request, f"The {words.noun} is deleted.")
        return redirect("console:connector-list")
    kind = installed_kind(connector)
    context = {
        "connector": connector,
        "name": kind.name if kind else connector.connector_id,
        "is_used": connector.type in used_types(),
        "consequences": consequences(connector),
    }
    return render(request, "console/connectors/delete.html", context)
