"""The parameters of a connector: set one up, change it, and try it before saving."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from connectors.ports import ConnectorError, ConnectorKind, ConnectorType
from console.access import Permission, administrator, may, needs
from console.connector_facts import (
    WORDS,
    account_of,
    consequences,
    installed_kind,
    kind_or_404,
    label_of,
    name_of,
    stored_connectors,
    used_types,
)
from console.editing import Edit, edit
from console.forms.connectors import (
    FORMS,
    AnyConnectorForm,
    ConnectorForm,
    ConnectorJsonForm,
    RecipientForm,
    stored_values,
)
from console.markdown import render_guide
from idp.audit.models import EventFilter
from idp.messaging.errors import DeliveryFailed, InvalidConfig
from idp.messaging.models import Connector, SentMessage
from idp.messaging.services import save_connector, test_connector

LOG_SHOWN = 30


@dataclass(frozen=True)
class Outcome:
    """What became of a test message."""

    to: str
    error: ConnectorError | None = None


@needs(Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def connector_setup(request: HttpRequest, kind_id: str) -> HttpResponse:
    """Another connector; where there is one of its type already, this one stands by."""
    kind = kind_or_404(kind_id)
    if "switch" in request.POST:
        return _page(request, _switched(request, kind, None), None)
    form = _form_class(request)(kind, _posted(request))
    if form.is_bound and (saved := _save(request, form)):
        messages.success(request, f"{name_of(saved)} is set up.")
        return redirect("console:connector-detail", saved.pk)
    return _page(request, form, None)


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def connector_detail(request: HttpRequest, pk: str) -> HttpResponse:
    connector = get_object_or_404(Connector, pk=pk)
    kind = installed_kind(connector)
    if kind is None:
        context = {"connector": connector, "words": WORDS[ConnectorType(connector.type)]}
        return render(request, "console/connectors/gone.html", context)
    if "switch" in request.POST and may(request, Permission.MANAGE):
        editing = Edit(_switched(request, kind, stored_values(connector)), request.POST.get("version", ""))
        return _page(request, editing.form, connector)
    editing = edit(
        request,
        load=lambda lock: _connector(pk, lock),
        build=lambda stored, data: _form_class(request)(kind, data, stored=stored_values(stored)),
        write=lambda stored, form: _save(request, form, stored) is not None,
        about=EventFilter(subject=f"connector:{pk}"),
    )
    if editing.saved:
        editing.announce(request, "The changes are saved. Messages go out with these parameters from now on.")
        return redirect("console:connector-detail", pk)
    return _page(request, editing.form, connector, status=editing.status)


@needs(Permission.MANAGE)
@require_POST
@sensitive_post_parameters()
def connector_test(request: HttpRequest, kind_id: str) -> HttpResponse:
    """Send a message with what the form says now, saved or not, and show the form again with what came of it."""
    kind = kind_or_404(kind_id)
    stored = Connector.objects.filter(pk=request.GET.get("connector", ""), connector_id=kind.id).first()
    form = _form_class(request)(kind, request.POST, stored=stored_values(stored) if stored is not None else None)
    recipient = RecipientForm(kind.type, request.POST)
    return _page(request, form, stored, recipient=recipient, outcome=_send_test(request, form, recipient))


def _connector(pk: str, lock: bool) -> Connector:
    return get_object_or_404(Connector.objects.select_for_update() if lock else Connector.objects.all(), pk=pk)


def _form_class(request: HttpRequest) -> type[ConnectorForm] | type[ConnectorJsonForm]:
    """A field for each parameter, or all of them as JSON."""
    return FORMS.get(request.POST.get("mode", request.GET.get("mode", "")), ConnectorForm)


def _switched(request: HttpRequest, kind: ConnectorKind, stored: dict[str, Any] | None) -> AnyConnectorForm:
    """The other form with what was typed into this one; this one again when that is no JSON object."""
    form = _form_class(request)(kind, request.POST, stored=stored)
    if isinstance(form, ConnectorForm):
        return ConnectorJsonForm(kind, stored=stored, typed=form.typed())
    return ConnectorForm(kind, stored=stored, typed=form.typed()) if form.is_valid() else form


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _save(request: HttpRequest, form: AnyConnectorForm, connector: Connector | None = None) -> Connector | None:
    if not form.is_valid():
        return None
    by = administrator(request).audit_name
    try:
        return save_connector(
            by=by, connector_id=form.kind.id, config=form.config(), name=form.name(), connector=connector
        )
    except InvalidConfig as error:
        form.show_problems(error)
        return None


def _send_test(request: HttpRequest, form: AnyConnectorForm, recipient: RecipientForm) -> Outcome | None:
    if not all([form.is_valid(), recipient.is_valid()]):  # both, so that every mistake is shown at once
        return None
    by, to = administrator(request).audit_name, recipient.cleaned_data["to"]
    try:
        test_connector(by=by, connector_id=form.kind.id, config=form.config(), to=to)
    except InvalidConfig as error:
        form.show_problems(error)
        return None
    except DeliveryFailed as error:
        if not isinstance(error.__cause__, ConnectorError):
            raise
        return Outcome(to, error.__cause__)
    return Outcome(to)


def _page(
    request: HttpRequest, form: AnyConnectorForm, connector: Connector | None, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The set-up page, or the page of a connector; only the part that a test replaces when htmx asks."""
    kind = form.kind
    recipient = RecipientForm(kind.type, typed=request.POST.get("test-to", ""))
    context = {"form": form, "kind": kind, "connector": connector, "recipient": recipient, **more}
    if "HX-Request" in request.headers:
        return render(request, "console/connectors/_form.html", context)
    context |= {
        "words": WORDS[kind.type],
        "name": name_of(connector) if connector else "",
        "label": label_of(connector) if connector else "",
        "account": account_of(connector) if connector else "",
        "others": [one for one in stored_connectors(kind.type) if connector is None or one.pk != connector.pk],
        "log": SentMessage.objects.filter(connector=connector.pk).order_by("-created_at")[:LOG_SHOWN]
        if connector
        else [],
        "guide": render_guide(kind.readme),
        "is_used": str(kind.type) in used_types(),
        "consequences": consequences(connector) if connector and may(request, Permission.MANAGE) else None,
    }
    return render(request, f"console/connectors/{'detail' if connector else 'setup'}.html", context, status=status)
