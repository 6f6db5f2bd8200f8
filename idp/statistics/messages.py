"""What became of messages, by day, connector and country. A report or a price may come days later, so days are counted anew."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum

from idp.lib.days import start_of
from idp.messaging.models import SentMessage
from idp.messaging.prices import MILLION
from idp.statistics.models import DailyMessages

LOOKED_AT_EVERY = timedelta(minutes=30)  # days before today
_CHANGES_FOR = timedelta(days=3)  # providers report within that, and give up on it
_BATCH = 500
Status = SentMessage.Status


def count(day: date, *, everything: bool) -> None:
    """Count the messages of this day, and with `everything` of the days before it that may have changed."""
    first = day
    if everything:
        counted = DailyMessages.objects.filter(day__lt=day).exists()
        # The very first time, as far back as messages are kept.
        # Never a day of which messages are forgotten already.
        kept = timedelta(days=settings.DELIVERY_RETENTION_DAYS - 1)
        first = day - (min(_CHANGES_FOR, kept) if counted else kept)
    for back in range((day - first).days + 1):
        _count_day(day - timedelta(days=back))


def _count_day(day: date) -> None:
    """Replace what was counted of this day."""
    begin = start_of(day)
    rows = _of(SentMessage.objects.filter(created_at__gte=begin, created_at__lt=begin + timedelta(days=1)))
    found = [
        DailyMessages(
            day=day, connector=row["connector"], type=row["type"], country=row["country"], currency=row["currency"],
            sent=row["sent"], delivered=row["delivered"], verified=row["verified"], refused=row["refused"],
            cost=round((row["price_sum"] or 0) * MILLION),
        )
        for row in rows
    ]  # fmt: skip
    DailyMessages.objects.filter(day=day).delete()
    DailyMessages.objects.bulk_create(found, batch_size=_BATCH)


def _of(messages: QuerySet[SentMessage]) -> Any:
    arrived = Q(status=Status.DELIVERED) | Q(verified_at__isnull=False)
    refused = Q(status=Status.REFUSED, verified_at=None)
    return (
        messages.order_by()
        .values("connector", "type", "country", "currency")
        .annotate(
            sent=Count("pk", filter=~refused & ~Q(status=Status.PENDING, verified_at=None)),
            delivered=Count("pk", filter=arrived),
            verified=Count("pk", filter=Q(verified_at__isnull=False)),
            refused=Count("pk", filter=refused),
            price_sum=Sum("price"),
        )
    )
