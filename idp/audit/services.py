from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

from django.dispatch import Signal

from idp.audit import caller
from idp.audit.models import Event, EventFilter
from idp.lib.statements import Insertion

recorded = Signal()  # `event`: a higher room may count it
EXPORT_CAP = 100_000  # events in one file: what a spreadsheet opens, and a minute of a server's time
_BATCH = 1_000
_EVENTS = Insertion(Event)


def record(key: str, *, by: str = "", target: str = "", succeeded: bool = True, **data: Any) -> Event:
    """Write one event with the address and user agent of the current request. Never pass a secret in `data`.

    `application` in `data` is the id of the application that it was done with. What a script of an administrator does names
    its key.
    """
    now = caller.current()
    if now.api_key:
        data["api_key"] = now.api_key
    event = _EVENTS.insert(Event(
        key=key, actor=by, target=target, succeeded=succeeded, data=data, application=str(data.get("application") or "")[:64],
        address=now.address, user_agent=now.user_agent,
    ))  # fmt: skip
    recorded.send(sender=Event, event=event)
    return event


def export(*, by: str, wanted: EventFilter, format: str) -> Iterator[Event]:
    """What is wanted, newest first, read in batches while somebody takes it; that it was taken is an event of its own.

    One event more than EXPORT_CAP at most: whoever writes the file sees by it that there are more.
    """
    chosen = {name: str(value) for name, value in asdict(wanted).items() if value not in ("", None)}
    record("audit.exported", by=by, format=format, filter=chosen)
    return islice(Event.objects.walk(wanted, batch=_BATCH), EXPORT_CAP + 1)
