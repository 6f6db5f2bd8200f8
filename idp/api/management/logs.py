"""/api/logs: what happened. The same log as the Activity page of the console."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from idp.api.management import shapes
from idp.api.management.access import Permission, needs
from idp.api.management.errors import NotSupported
from idp.api.management.finding import find
from idp.api.management.log_schemas import LogQuery
from idp.api.management.paging import MOST_COUNTED, Page, paged
from idp.api.parsing import number
from idp.audit.models import Event, EventFilter

router = Router(tags=["Logs"])


@router.get("", auth=needs(Permission.PEOPLE))
def list_logs(
    request: HttpRequest, response: HttpResponse, paging: Page, query: Query[LogQuery]
) -> list[dict[str, Any]]:
    """Newest first, the newest 10,000: to go further back, name an `end_time`."""
    if query.userId and query.applicationId:
        raise NotSupported("applicationId", "ask for a person or for an application.")
    wanted = EventFilter(
        key=query.logKey, subject=_subject(query), since=_moment(query.start_time), until=_moment(query.end_time)
    )
    return [shapes.log(one) for one in paged(request, response, paging, _Newest(wanted))]


@router.get("/{log_id}", auth=needs(Permission.PEOPLE))
def get_log(request: HttpRequest, log_id: str) -> dict[str, Any]:
    return shapes.log(find(Event, str(number(log_id))))


class _Newest(Sequence[Event]):
    """What is wanted, newest first, as a list that is read where it is looked at and ends at the bound."""

    def __init__(self, wanted: EventFilter) -> None:
        self._wanted = wanted

    def __len__(self) -> int:
        return Event.objects.count_up_to(self._wanted, MOST_COUNTED + 1)

    def __getitem__(self, wanted: Any) -> Any:
        return Event.objects.newest(self._wanted, min(wanted.stop, MOST_COUNTED))[wanted.start :]


def _subject(query: LogQuery) -> str:
    if query.userId:
        return f"user:{query.userId}"
    return f"application:{query.applicationId}" if query.applicationId else ""


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
