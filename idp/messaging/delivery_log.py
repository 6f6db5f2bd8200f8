"""What became of each message: one row for each attempt to hand it to a provider."""

import logging
from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from connectors.ports import BadSignature, ConnectorError, Message, Receipt, StatusReport
from connectors.registry import kind
from idp.lib import metrics, phones
from idp.messaging import prices
from idp.messaging.errors import ReportNotTrusted
from idp.messaging.models import Connector, SentMessage, recipient_digest

logger = logging.getLogger(__name__)


def begin(connector: Connector, message: Message, reference: str) -> SentMessage:
    """Stored before it is sent: the provider may report on it before it has answered us."""
    row = SentMessage(
        type=connector.type, usage_type=str(message.usage_type), reference=reference, connector=connector.pk,
        kind=connector.connector_id, recipient=recipient_digest(message.to), recipient_hint=_hint(message.to),
        country="" if "@" in message.to else phones.country(message.to.removeprefix("+")),
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def accepted(row: SentMessage, receipt: Receipt | None) -> None:
    receipt = receipt or Receipt()
    SentMessage.objects.filter(pk=row.pk).update(
        provider_id=receipt.provider_id, segments=receipt.segments, **prices.facts(row, receipt)
    )
    _advance(row.pk, SentMessage.Status.ACCEPTED)
    metrics.count("messages", row.kind, "accepted")


def refused(row: SentMessage, error: ConnectorError) -> None:
    _advance(row.pk, SentMessage.Status.REFUSED, report=StatusReport(None, error=error))
    metrics.count("messages", row.kind, "refused")


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
        metrics.count("messages", message.kind, str(report.status))
        if report.error is not None:
            logger.info("Message %s was not delivered: %s", message.pk, report.error)


def note_verified(*, reference: str) -> None:
    """The code that it carried came back: it arrived, whatever the provider says."""
    arrived = SentMessage.objects.filter(reference=reference).exclude(status=SentMessage.Status.REFUSED)
    latest = arrived.order_by("-created_at").values_list("pk", flat=True).first()
    if latest is not None:
        SentMessage.objects.filter(pk=latest).update(verified_at=timezone.now())


def status_url(message_id: str) -> str:
    return f"{settings.ENDPOINT}{reverse('api:message_status', args=[message_id])}"


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


def _hint(to: str) -> str:
    """Enough for support to recognize it: `+1 ••• 67`, `a•••@example.com`."""
    if "@" in to:
        name, _, domain = to.rpartition("@")
        return f"{name[:1]}•••@{domain}"
    return f"{phones.readable(to.removeprefix('+')).partition(' ')[0]} ••• {to[-2:]}"
