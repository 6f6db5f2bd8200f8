"""How a page follows the log: a cursor says up to where it has read."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from idp.audit.models import SETTLED_AFTER, EventFilter

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where reading goes on: after this event. As text `1790000000000000-42`, microseconds since 1970 and the number."""

    created_at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.created_at - _EPOCH) // _MICROSECOND}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        moment, _, number = text.partition("-")
        if not all(part.isascii() and part.isdecimal() and len(part) <= 18 for part in (moment, number)):
            return None
        try:
            return cls(_EPOCH + int(moment) * _MICROSECOND, int(number))
        except OverflowError:
            return None


def first_cursor(wanted: EventFilter) -> str:
    """The cursor of a page that shows all there is now; empty where nothing can come any more.

    It lies a little in the past: what was not readable yet when the page was made comes with the first answer, together
    with what the page has already.
    """
    now = timezone.now()
    return "" if wanted.until and wanted.until <= now else str(Cursor(now - SETTLED_AFTER, 0))
