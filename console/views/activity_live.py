"""The Activity page while "Live" is on: what came since the last question, for a script to put on top."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.access import Permission, needs, unattended
from console.forms.activity import ActivityForm
from console.live import Cursor
from console.views.activity import rows
from idp.audit.models import Event

AT_ONCE = 50  # rows in one answer; of more, the newest


@needs(Permission.PEOPLE)
@unattended
@require_safe
def activity_new(request: HttpRequest) -> HttpResponse:
    """Rows of what came after `after` and fits the filter, newest first, with the next cursor; 204 while there is nothing."""
    form, after = ActivityForm(request.GET), Cursor.read(request.GET.get("after", ""))
    if after is None or not form.is_valid():
        return HttpResponseBadRequest("This filter or cursor cannot be followed.", content_type="text/plain")
    found = Event.objects.arrived(form.wanted(), AT_ONCE + 1, after)
    if not found:
        return HttpResponse(status=204)
    context = {
        "rows": rows(request, found[:AT_ONCE]),
        "cursor": Cursor(found[0].created_at, found[0].pk),
        "more": len(found) > AT_ONCE,
        "query": form.query(),
    }
    return render(request, "console/activity/new.html", context)
