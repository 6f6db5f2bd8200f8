"""What one connector sent: numbers by day, and each message that is still kept with what became of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from console import charts
from console.access import Permission, needs
from console.connector_facts import account_of, name_of
from console.forms.connector_log import LogForm
from console.paging import Page, newest_first
from console.replica import reads_replica
from idp.messaging.models import Connector, SentMessage
from idp.statistics import counting, reading

PAGE_SIZE = 50
_DAYS = 30


@needs(Permission.READ)
@require_safe
@reads_replica
def connector_log(request: HttpRequest, pk: str) -> HttpResponse:
    connector = get_object_or_404(Connector, pk=pk)
    last = counting.today()
    found = reading.of_connector(connector=pk, last=last, days=_DAYS)
    form = LogForm(request.GET, reading.countries_of(connector=pk, last=last, days=_DAYS))
    page = _page(connector, form, request.GET.get("before", "")) if form.is_valid() else Page([], "")
    context = {
        "connector": connector, "name": name_of(connector), "account": account_of(connector), "form": form,
        "page": page, "filled": form.filled(),
        "chart": _chart(found), "sums": _sums(found),
    }  # fmt: skip
    return render(request, "console/connectors/log.html", context)


def _page(connector: Connector, form: LogForm, before: str) -> Page:
    messages = SentMessage.objects.filter(connector=connector.pk, **form.wanted())
    return newest_first(messages, before=before, size=PAGE_SIZE, filled=form.filled())


def _chart(found: dict[Any, dict[str, int]]) -> charts.Chart:
    days = reading.days_until(counting.today(), _DAYS)
    series = {name.capitalize(): [found.get(day, {}).get(name, 0) for day in days] for name in reading.FUNNEL}
    return charts.lines(key="messages", title="Messages by day", days=days, series=series)


def _sums(found: dict[Any, dict[str, int]]) -> list[tuple[str, int]]:
    names = (*reading.FUNNEL, "refused")
    return [(name.capitalize(), sum(day[name] for day in found.values())) for name in names]
