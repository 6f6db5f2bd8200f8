"""What text messages cost. A provider names the price some time after it took the message, so it is asked again later; the
latest price to a country is what the next message there is expected to cost.
"""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from connectors.ports import ConnectorError, Receipt
from connectors.registry import UnknownConnector, kind
from idp.messaging.models import Connector, SentMessage, SmsPrice

logger = logging.getLogger(__name__)
MILLION = 1_000_000  # amounts are whole millionths of their currency
_FIRST_ASKED = timedelta(minutes=2)
_GIVEN_UP = timedelta(hours=6)
_BATCH = 30
_PATIENCE = 5.0  # seconds that one round may take, because others wait for the same worker


def last_known(country: str, currency: str) -> int | None:
    """Millionths of this currency, or None while no provider has named a price in it."""
    return SmsPrice.objects.filter(country=country, currency=currency).values_list("amount", flat=True).first()


def note(*, country: str, price: Decimal, currency: str) -> None:
    """Keep what one message to this country (ISO 3166) cost; the latest price stays."""
    new = SmsPrice(country=country, currency=currency, amount=round(price * MILLION), updated_at=timezone.now())
    SmsPrice.objects.bulk_create(
        [new], update_conflicts=True, unique_fields=["country", "currency"], update_fields=["amount", "updated_at"]
    )


def facts(message: SentMessage, receipt: Receipt) -> dict[str, object]:
    """Columns of a message by what its provider said: the price, or when to ask for it."""
    if receipt.price is not None:
        if message.country:
            note(country=message.country, price=receipt.price, currency=receipt.currency)
        return {"price": receipt.price, "currency": receipt.currency, "price_due_at": None}
    can_ask = receipt.provider_id and _fetch(message) is not None
    return {"price_due_at": timezone.now() + _FIRST_ASKED if can_ask else None}


def ask_due() -> int:
    """Ask providers what messages cost, as many as fit into a few seconds; returns how many were asked about."""
    asked, until = 0, time.monotonic() + _PATIENCE
    for message in SentMessage.objects.filter(price_due_at__lte=timezone.now()).order_by("price_due_at")[:_BATCH]:
        if time.monotonic() > until:
            break
        if _claim(message):
            asked += 1
            if not _ask(message):
                break
    return asked


def _claim(message: SentMessage) -> bool:
    """One guarded statement: of two workers one asks. The next time is a quarter of the message's age later, for some hours."""
    age = timezone.now() - message.created_at
    again = timezone.now() + max(_FIRST_ASKED, age / 4) if age < _GIVEN_UP else None
    mine = SentMessage.objects.filter(pk=message.pk, price_due_at=message.price_due_at)
    return bool(mine.update(price_due_at=again))


def _ask(message: SentMessage) -> bool:
    """False when the provider is in trouble: it is left alone until the next round."""
    connector = Connector.objects.filter(pk=message.connector).first()
    fetch = _fetch(message)
    if connector is None or fetch is None:
        SentMessage.objects.filter(pk=message.pk).update(price_due_at=None)
        return True
    try:
        receipt = fetch(connector.config, message.provider_id)
    except ConnectorError as error:
        logger.info("The price of message %s is not known yet: %s", message.pk, error)
        return False
    if receipt.price is not None:
        SentMessage.objects.filter(pk=message.pk).update(segments=receipt.segments, **facts(message, receipt))
    return True


def _fetch(message: SentMessage) -> Callable[[Mapping[str, Any], str], Receipt] | None:
    try:
        return kind(message.kind).fetch_receipt
    except UnknownConnector:
        return None
