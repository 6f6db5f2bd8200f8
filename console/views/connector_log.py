"""What one connector sent: numbers by day, and each message that is still kept with what became of it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from console import charts
from console.access import Permission, needs
from console.connector_facts import installed_kind
from console.forms.connector_log import LogForm
from console.replica import reads_replica
from idp.lib import keyset
from idp.messaging.models import Connector, SentMessage
from idp.statistics import counting, reading

PAGE_SIZE = 50
_DAYS = 30


@needs(Permission.READ)
@require_safe
@reads_replica
def connector_log(request: HttpRequest, pk: str) -> HttpResponse:
    connector = get_object_or_404(Connector, pk=pk)
    kind, last = installed_kind(connector), counting.today()
    found = reading.of_connector(connector=pk, last=last, days=_DAYS)
    form = LogForm(request.GET, reading.countries_of(connector=pk, last=last, days=_DAYS))
    messages, older = _page(connector, form, request.GET.get("before", "")) if form.is_valid() else ([], "")
    context = {
        "connector": connector, "name": kind.name if kind else connector.connector_id, "form": form,
        "messages_sent": messages, "older": older, "filled": form.filled(),
        "chart": _chart(found), "sums": _sums(found),
    }  # fmt: skip
    return render(request, "console/connectors/log.html", context)


def _page(connector: Connector, form: LogForm, before: str) -> tuple[list[SentMessage], str]:
    """The newest that are wanted, or those before a message; and the address of the next page, or nothing."""
    messages = SentMessage.objects.filter(connector=connector.pk, **form.wanted())
    if edge := SentMessage.objects.filter(pk=before, connector=connector.pk).first():
        messages = messages.filter(keyset.earlier_than(edge))
    rows = list(messages.order_by("-created_at", "-pk")[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    return shown, "?" + urlencode({**form.filled(), "before": shown[-1].pk}) if len(rows) > PAGE_SIZE else ""


def _chart(found: dict[Any, dict[str, int]]) -> charts.Chart:
    days = reading.days_until(counting.today(), _DAYS)
    series = {name.capitalize(): [found.get(day, {}).get(name, 0) for day in days] for name in reading.FUNNEL}
    return charts.lines(key="messages", title="Messages by day", days=days, series=series)


def _sums(found: dict[Any, dict[str, int]]) -> list[tuple[str, int]]:
    names = (*reading.FUNNEL, "refused")
    return [(name.capitalize(), sum(day[name] for day in found.values())) for name in names]
