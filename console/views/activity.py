"""What happened in this installation: find, read, take away."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.access import Permission, administrator, may, needs
from console.downloads import download
from console.event_export import FORMATS, facts
from console.event_names import Named, application_of, member_of, names_of, target_of
from console.event_words import sentence
from console.forms.activity import ActivityForm
from console.live import first_cursor
from console.replica import reads_replica
from idp.audit.models import Event, EventFilter, EventPage
from idp.audit.services import EXPORT_CAP, export
from idp.lib.browsers import browser_in_words

PAGE_SIZE = 30
_NOTHING = EventPage([], has_newer=False, has_older=False)


@dataclass(frozen=True, slots=True)
class Row:
    event: Event
    sentence: str
    actor: Named | None
    target: Named | None
    application: Named | None
    member: Named | None
    browser: str


@needs(Permission.PEOPLE)
@require_safe
@reads_replica
def activity_list(request: HttpRequest) -> HttpResponse:
    form = ActivityForm(request.GET)
    page, cursor = _NOTHING, ""
    if form.is_valid():
        cursors = {side: _event(request.GET.get(side, "")) for side in ("before", "after")}
        cursor = first_cursor(form.wanted())
        page = Event.objects.page(form.wanted(), PAGE_SIZE, **cursors)
    context = {
        "form": form, "page": page, "rows": rows(request, page.events), "filled": form.filled(), "query": form.query(),
        "cap": f"{EXPORT_CAP:,}", "live": "" if page.has_newer else cursor,
    }  # fmt: skip
    return render(request, "console/activity/list.html", context)


@needs(Permission.PEOPLE)
@require_safe
def activity_detail(request: HttpRequest, event_id: int) -> HttpResponse:
    event = get_object_or_404(Event, pk=event_id)
    form = ActivityForm(request.GET)
    wanted = form.wanted() if form.is_valid() else EventFilter()
    older, newer = Event.objects.newest(wanted, 1, before=event), Event.objects.next_after(wanted, 1, event)
    context = {
        "row": rows(request, [event])[0],
        "older": older[0] if older else None,
        "newer": newer[0] if newer else None,
        "person": next((name for name in (event.actor, event.target) if name.startswith("user:")), ""),
        "raw": json.dumps(facts(event), ensure_ascii=False, indent=2),
        "query": form.query(),
    }
    return render(request, "console/activity/detail.html", context)


@needs(Permission.READ)
@require_POST
def activity_export(request: HttpRequest) -> HttpResponseBase:
    form = ActivityForm(request.POST)
    format = request.POST.get("format", "csv")
    if format not in FORMATS or not form.is_valid():
        messages.error(request, "This filter cannot be exported. Correct it first.")
        return redirect(f"{reverse('console:activity-list')}?{form.query()}")
    events = export(by=administrator(request).audit_name, wanted=form.wanted(), format=format)
    return download(FORMATS[format](events), name="activity", format=format)


def rows(request: HttpRequest, events: Iterable[Event]) -> list[Row]:
    """The events with the names and pages of everybody and everything in them; those of settings are linked for those who may look at them."""
    shown = list(events)
    names = names_of(shown, linked=may(request, Permission.READ))
    return [
        Row(
            event, sentence(event), names.get(event.actor), target_of(event, names), names.get(application_of(event)),
            names.get(member_of(event)), browser_in_words(event.user_agent) if event.user_agent else "",
        )
        for event in shown
    ]  # fmt: skip


def _event(text: str) -> Event | None:
    """Where a page begins; nothing, for the newest page, when it is no event."""
    fits = text.isascii() and text.isdecimal() and len(text) <= 18
    return Event.objects.filter(pk=int(text)).first() if fits else None
