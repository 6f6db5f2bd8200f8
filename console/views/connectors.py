"""The connectors that are set up, the choice of a provider, and the end of one."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connectors.ports import ConnectorType
from connectors.registry import kinds
from console.access import Permission, administrator, needs
from console.connector_facts import (
    WORDS,
    Words,
    account_of,
    consequences,
    installed_kind,
    kind_name_of,
    label_of,
    name_of,
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
    """A stored connector. `place` is its place in the order of its type, from 1; `kind` is empty for what has no name."""

    connector: Connector
    name: str
    kind: str
    account: str
    is_installed: bool
    place: int


@dataclass(frozen=True)
class Group:
    """The connectors of one type, in the order in which they send."""

    words: Words
    is_used: bool
    rows: list[Row]


@needs(Permission.READ)
@require_safe
def connector_list(request: HttpRequest) -> HttpResponse:
    used = used_types()
    groups = [Group(words, type in used, _rows(type)) for type, words in WORDS.items()]
    context = {
        "groups": groups,
        "unset": [group.words.noun for group in groups if not group.rows],
        "production": settings.PRODUCTION,
    }
    return render(request, "console/connectors/list.html", context)


def _rows(type: ConnectorType) -> list[Row]:
    return [
        Row(
            connector=one, name=name_of(one), kind=kind_name_of(one) if one.name else "", account=account_of(one),
            is_installed=installed_kind(one) is not None, place=place,
        )
        for place, one in enumerate(stored_connectors(type), 1)
    ]  # fmt: skip


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
        text = f"{label_of(connector)}: it is number {after.index(pk) + 1} now."
        announce_moved(request, text, name="connector-move", pk=pk, before=before, after=after)
    return redirect("console:connector-list")


@needs(Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def connector_delete(request: HttpRequest, pk: str) -> HttpResponse:
    connector = get_object_or_404(Connector, pk=pk)
    if request.method == "POST":
        delete_connector(by=administrator(request).audit_name, connector=connector)
        messages.success(request, f"{label_of(connector)} is deleted.")
        return redirect("console:connector-list")
    context = {
        "connector": connector,
        "name": name_of(connector),
        "label": label_of(connector),
        "is_used": connector.type in used_types(),
        "consequences": consequences(connector),
    }
    return render(request, "console/connectors/delete.html", context)
