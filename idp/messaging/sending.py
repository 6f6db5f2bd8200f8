"""Send through the connectors of a type, in their order, and keep what became of each message.

A provider in trouble is passed over for a minute: the next one sends at once instead of after its timeout.
"""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from connectors.ports import (
    BadSignature,
    ConnectorError,
    ConnectorType,
    EmailSender,
    ErrorCategory,
    Message,
    OutboxEntry,
    Receipt,
    SmsSender,
    StatusReport,
    UsageType,
)
from connectors.registry import UnknownConnector, kind, outbox
from idp.audit.services import record
from idp.lib import phones
from idp.messaging import prices
from idp.messaging.errors import ConnectorMissing, DeliveryFailed, ReportNotTrusted
from idp.messaging.models import Connector, OutboxMessage, SentMessage, recipient_digest

logger = logging.getLogger(__name__)
# Half of a worker's threads: a provider that hangs must not take the others, which answer everybody else.
_slots = threading.BoundedSemaphore(4)
_WAIT = 1.0  # seconds for a free one
# These would be the same at any provider; whoever is taken for a fraudster is not passed on to the next.
_FINAL = {ErrorCategory.RECIPIENT, ErrorCategory.FRAUD}
_REST = 60.0  # seconds
_resting: dict[str, float] = {}  # connector: until when, by this process's clock


def send(
    *, type: ConnectorType, to: str, usage_type: str, variables: Mapping[str, object], reference: str = ""
) -> None:
    """Send a message through the first connector of this type that takes it, or into the outbox in development, in the
    language of the moment. `reference` names what it carries (the id of a one-time code).

    Raises ConnectorMissing, DeliveryFailed.
    """
    language = get_language() or "en"
    message = Message(
        to=to, usage_type=UsageType(usage_type), variables=variables, language=language,
        domain=urlsplit(settings.ENDPOINT).hostname or "",
    )  # fmt: skip
    connectors = list(Connector.objects.filter(type=str(type)))
    if not connectors:
        if settings.PRODUCTION:
            raise ConnectorMissing(detail=f"no {type} connector")
        outbox(_keep_in_outbox).send(message)
        return
    _send_through(sorted(connectors, key=_is_resting), message, reference)


def deliver(sender: SmsSender | EmailSender, message: Message) -> Receipt | None:
    """Hand over to the provider, but never let one that hangs take every thread. Raises DeliveryFailed, ConnectorError."""
    with _slot(message):
        return sender.send(message)


def status_of(reference: str) -> SentMessage | None:
    """The latest attempt to send what `reference` names."""
    return SentMessage.objects.filter(reference=reference).order_by("-created_at").first()


def note_status(*, message_id: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> None:
    """Keep what the provider reports about a message of ours; an older status than the one we have changes nothing, and so
    does a message that we do not know (any more). Raises ReportNotTrusted.
    """
    message = SentMessage.objects.filter(pk=message_id).first()
    connector = Connector.objects.filter(pk=message.connector).first() if message is not None else None
    read = kind(connector.connector_id).read_status if connector is not None else None
    if message is None or connector is None or read is None:
        return
    try:
        report = read(connector.config, status_url(message.pk), fields, headers)
    except BadSignature as error:
        raise ReportNotTrusted from error
    if report.status is not None:
        _advance(message.pk, SentMessage.Status(report.status), report=report)
        if report.error is not None:
            logger.info("Message %s was not delivered: %s", message.pk, report.error)


def status_url(message_id: str) -> str:
    return f"{settings.ENDPOINT}{reverse('api:message_status', args=[message_id])}"


def _send_through(connectors: list[Connector], message: Message, reference: str) -> None:
    for number, connector in enumerate(connectors, 1):
        try:
            _attempt(connector, message, reference)
        except ConnectorError as error:
            logger.warning("Message %s was not sent: %s (%s)", message.usage_type, error, error.category)
            if error.category in _FINAL or number == len(connectors):
                raise DeliveryFailed(detail=str(error), category=error.category) from error
            _resting[connector.pk] = time.monotonic() + _REST
            record(
                "connector.failed_over", target=f"connector:{connector.pk}", succeeded=False, kind=connector.connector_id,
                error=str(error), to=f"connector:{connectors[number].pk}",
            )  # fmt: skip
        else:
            return


def _attempt(connector: Connector, message: Message, reference: str) -> None:
    """Stored before it is sent: the provider may report on it before it has answered us."""
    with _slot(message):
        row = SentMessage(
            type=connector.type, usage_type=str(message.usage_type), reference=reference, connector=connector.pk,
            kind=connector.connector_id, recipient=recipient_digest(message.to), recipient_hint=_hint(message.to),
            country="" if "@" in message.to else phones.country(message.to.removeprefix("+")),
        )  # fmt: skip
        row.save(force_insert=True)
        try:
            receipt = _sender(connector).send(_with_status_url(message, row.pk))
        except ConnectorError as error:
            _advance(row.pk, SentMessage.Status.REFUSED, report=StatusReport(None, error=error))
            raise
        receipt = receipt or Receipt()
        SentMessage.objects.filter(pk=row.pk).update(
            provider_id=receipt.provider_id, segments=receipt.segments, **prices.facts(row, receipt)
        )
        _advance(row.pk, SentMessage.Status.ACCEPTED)


def _with_status_url(message: Message, message_id: str) -> Message:
    return replace(message, status_url=status_url(message_id)) if settings.STATUS_CALLBACKS else message


def _advance(message_id: str, status: SentMessage.Status, *, report: StatusReport | None = None) -> None:
    """One guarded statement: of two reports at the same moment the later status stays."""
    rank = SentMessage.RANKS[status]
    facts: dict[str, object] = {"status": status, "rank": rank, "updated_at": timezone.now()}
    if report is not None and report.error is not None:
        error = report.error
        facts |= {
            "error_code": error.provider_code[:40], "error_category": str(error.category),
            "error_meaning": error.meaning[:300],
        }  # fmt: skip
    SentMessage.objects.filter(pk=message_id, rank__lt=rank).update(**facts)


def _sender(connector: Connector) -> SmsSender | EmailSender:
    try:
        return kind(connector.connector_id).build(connector.config)
    except UnknownConnector as error:
        raise ConnectorError(
            category=ErrorCategory.CONFIGURATION,
            meaning="This kind of connector is not installed.",
            advice="Install its package again, or remove the connector.",
        ) from error


def _is_resting(connector: Connector) -> bool:
    return _resting.get(connector.pk, 0.0) > time.monotonic()


@contextmanager
def _slot(message: Message) -> Iterator[None]:
    if not _slots.acquire(timeout=_WAIT):
        logger.warning("Message %s was not sent: the provider holds up too many already", message.usage_type)
        raise DeliveryFailed(detail="too many messages under way")
    try:
        yield
    finally:
        _slots.release()


def _hint(to: str) -> str:
    """Enough for support to recognize it: `+1 ••• 67`, `a•••@example.com`."""
    if "@" in to:
        name, _, domain = to.rpartition("@")
        return f"{name[:1]}•••@{domain}"
    return f"{phones.readable(to.removeprefix('+')).partition(' ')[0]} ••• {to[-2:]}"


def _keep_in_outbox(entry: OutboxEntry) -> None:
    OutboxMessage.objects.create(
        type=str(entry.type),
        recipient=entry.to,
        usage_type=str(entry.usage_type),
        subject=entry.subject,
        text=entry.text,
    )
