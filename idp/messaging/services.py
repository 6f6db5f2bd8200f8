"""Set up connectors and send through them."""

import logging
import threading
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from connectors.ports import (
    ConfigError,
    ConnectorError,
    ConnectorKind,
    ConnectorType,
    EmailSender,
    Message,
    OutboxEntry,
    SmsSender,
    UsageType,
)
from connectors.registry import UnknownConnector, kind, outbox
from idp.audit.services import record
from idp.messaging.errors import ConnectorMissing, ConnectorUnknown, DeliveryFailed, InvalidConfig
from idp.messaging.models import Connector, OutboxMessage

logger = logging.getLogger(__name__)
TEST_CODE = "000000"
# Half of a worker's threads: a provider that hangs must not take the others, which answer everybody else.
_slots = threading.BoundedSemaphore(4)
_WAIT = 1.0  # seconds for a free one


def find_kind(connector_id: str) -> ConnectorKind:
    try:
        return kind(connector_id)
    except UnknownConnector as error:
        raise ConnectorUnknown from error


def save_connector(*, by: str, connector_id: str, config: dict[str, Any]) -> Connector:
    """Set up a connector; it takes the place of the one of its type. Raises ConnectorUnknown, InvalidConfig."""
    chosen = find_kind(connector_id)
    config = _validated(chosen, config)
    with transaction.atomic():
        connector, created = Connector.objects.update_or_create(
            type=str(chosen.type), defaults={"connector_id": chosen.id, "config": config}
        )
        record(
            "connector.created" if created else "connector.updated",
            by=by,
            target=f"connector:{connector.pk}",
            kind=chosen.id,
        )
    return connector


@transaction.atomic
def delete_connector(*, by: str, connector: Connector) -> None:
    target, connector_id = f"connector:{connector.pk}", connector.connector_id
    connector.delete()
    record("connector.deleted", by=by, target=target, kind=connector_id)


def test_connector(*, by: str, connector_id: str, config: dict[str, Any], to: str) -> None:
    """Send the Generic template through parameters that need not be saved yet.

    `to` is an E.164 number with its plus, or an email address. Raises InvalidConfig, DeliveryFailed.
    """
    chosen = find_kind(connector_id)
    sender = chosen.build(_validated(chosen, config))
    try:
        _deliver(sender, Message(to=to, usage_type=UsageType.GENERIC, variables={"code": TEST_CODE}))
    finally:
        record("connector.tested", by=by, target=f"connector-kind:{chosen.id}")


def send(*, type: ConnectorType, to: str, usage_type: str, variables: dict[str, object]) -> None:
    """Send a message through the connector of this type, or into the outbox in development, in the language of the moment.

    Raises ConnectorMissing, DeliveryFailed.
    """
    language = get_language() or "en"
    _deliver(_sender(type), Message(to=to, usage_type=UsageType(usage_type), variables=variables, language=language))


@transaction.atomic
def clear_outbox(*, by: str) -> None:
    """Forget every message that stayed on this machine."""
    count, _ = OutboxMessage.objects.all().delete()
    record("outbox.cleared", by=by, count=count)


def is_set_up(type: ConnectorType) -> bool:
    """Has an administrator saved a connector of this type?"""
    return Connector.objects.filter(type=str(type)).exists()


def can_send(type: ConnectorType) -> bool:
    """Would a message of this type go anywhere?"""
    return not settings.PRODUCTION or is_set_up(type)


def _validated(chosen: ConnectorKind, config: dict[str, Any]) -> dict[str, Any]:
    try:
        return chosen.validate(config)
    except ConfigError as error:
        raise InvalidConfig(list(error.problems)) from error


def _sender(type: ConnectorType) -> SmsSender | EmailSender:
    connector = Connector.objects.filter(type=str(type)).first()
    if connector is not None:
        return find_kind(connector.connector_id).build(connector.config)
    if settings.PRODUCTION:
        raise ConnectorMissing(detail=f"no {type} connector")
    return outbox(_keep_in_outbox)


def _deliver(sender: SmsSender | EmailSender, message: Message) -> None:
    if not _slots.acquire(timeout=_WAIT):
        logger.warning("Message %s was not sent: the provider holds up too many already", message.usage_type)
        raise DeliveryFailed(detail="too many messages under way")
    try:
        sender.send(message)
    except ConnectorError as error:
        logger.warning("Message %s was not sent: %s (%s)", message.usage_type, error, error.category)
        raise DeliveryFailed(detail=str(error)) from error
    finally:
        _slots.release()


def _keep_in_outbox(entry: OutboxEntry) -> None:
    OutboxMessage.objects.create(
        type=str(entry.type),
        recipient=entry.to,
        usage_type=str(entry.usage_type),
        subject=entry.subject,
        text=entry.text,
    )
