"""Messages that stayed on this machine, because no connector is set up. Development only."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from console.access import Permission, administrator, needs
from idp.messaging.models import OutboxMessage
from idp.messaging.services import clear_outbox

SHOWN = 100
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


@dataclass(frozen=True)
class Entry:
    """A message with the code in it set apart."""

    message: OutboxMessage
    before: str
    code: str
    after: str


@needs(Permission.MANAGE)
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The page, or for htmx its list: 204, which changes nothing, while no message is newer than `latest`."""
    _refuse_in_production()
    entries = [_entry(message) for message in OutboxMessage.objects.all()[:SHOWN]]
    latest = entries[0].message.pk if entries else 0
    if "HX-Request" in request.headers and request.GET.get("latest") == str(latest):
        return HttpResponse(status=204)
    template = "console/outbox/_list.html" if "HX-Request" in request.headers else "console/outbox/list.html"
    return render(request, template, {"entries": entries, "latest": latest})


@needs(Permission.MANAGE)
@require_POST
def outbox_clear(request: HttpRequest) -> HttpResponse:
    _refuse_in_production()
    clear_outbox(by=administrator(request).audit_name)
    messages.success(request, "The outbox is empty.")
    return redirect("console:outbox")


def _refuse_in_production() -> None:
    if settings.PRODUCTION:
        raise Http404


def _entry(message: OutboxMessage) -> Entry:
    found = _CODE.search(message.text)
    if found is None:
        return Entry(message, message.text, "", "")
    return Entry(message, message.text[: found.start()], found.group(), message.text[found.end() :])
