"""Set up connectors, order them, and try them."""

from typing import Any

from django.conf import settings
from django.db import models, transaction

from connectors.ports import (
    ConfigError,
    ConfigProblem,
    ConnectorError,
    ConnectorKind,
    ConnectorType,
    Message,
    UsageType,
)
from connectors.registry import UnknownConnector, kind
from idp.audit.services import record
from idp.messaging import pending
from idp.messaging.errors import ConnectorUnknown, DeliveryFailed, InvalidConfig
from idp.messaging.models import Connector, OutboxMessage, PendingMessage
from idp.messaging.sending import deliver
from idp.messaging.signals import message_lost

TEST_CODE = "000000"


def find_kind(connector_id: str) -> ConnectorKind:
    try:
        return kind(connector_id)
    except UnknownConnector as error:
        raise ConnectorUnknown from error


@transaction.atomic
def save_connector(
    *, by: str, connector_id: str, config: dict[str, Any], name: str | None = None, connector: Connector | None = None
) -> Connector:
    """Set up a connector, the last in the order of its type, or change the one given. Without `name` it keeps its own.

    Raises ConnectorUnknown, InvalidConfig.
    """
    chosen = find_kind(connector_id)
    saved = connector or Connector(type=str(chosen.type), connector_id=chosen.id, position=_next_place(chosen.type))
    saved.config = _validated(chosen, config)
    saved.name = saved.name if name is None else _checked_name(name)
    saved.save(update_fields=["config", "name", "updated_at"] if connector else None)
    key = "connector.created" if connector is None else "connector.updated"
    record(key, by=by, target=f"connector:{saved.pk}", kind=chosen.id, name=saved.name)
    return saved


@transaction.atomic
def order_connectors(*, by: str, type: str, ids: list[str]) -> None:
    """The first sends; the others stand by, in this order. Those that are not named come after."""
    stored = list(Connector.objects.select_for_update().filter(type=type))
    wanted = sorted(stored, key=lambda one: ids.index(one.pk) if one.pk in ids else len(ids))
    if wanted == stored and [one.position for one in stored] == list(range(len(stored))):
        return
    for position, connector in enumerate(wanted):
        Connector.objects.filter(pk=connector.pk).update(position=position)
    if wanted != stored:
        record("connector.reordered", by=by, target=f"connector-type:{type}", order=[one.pk for one in wanted])


@transaction.atomic
def delete_connector(*, by: str, connector: Connector) -> None:
    target = f"connector:{connector.pk}"
    connector.delete()
    record("connector.deleted", by=by, target=target, kind=connector.connector_id, name=connector.name)


def test_connector(*, by: str, connector_id: str, config: dict[str, Any], to: str) -> None:
    """Send the Generic template through parameters that need not be saved yet.

    `to` is an E.164 number with its plus, or an email address. Raises InvalidConfig, DeliveryFailed.
    """
    chosen = find_kind(connector_id)
    sender = chosen.build(_validated(chosen, config))
    try:
        deliver(sender, Message(to=to, usage_type=UsageType.GENERIC, variables={"code": TEST_CODE}))
    except ConnectorError as error:
        raise DeliveryFailed(detail=str(error), category=error.category) from error
    finally:
        record("connector.tested", by=by, target=f"connector-kind:{chosen.id}")


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
    return str(type) in sendable()


def sendable() -> set[str]:
    """The types of messages that would go anywhere. Without production, all of them: to the outbox at least."""
    if not settings.PRODUCTION:
        return {str(type) for type in ConnectorType}
    return set(Connector.objects.order_by().values_list("type", flat=True).distinct())


@transaction.atomic
def hurry(*, by: str, row: PendingMessage) -> bool:
    """Let the background worker make one more attempt now, also when there was none left.

    False when the message is gone, out of time, or being sent.
    """
    if not pending.allow_another(row):
        return False
    record("message.hurried", by=by, target=f"message:{row.pk}", usage=row.usage_type)
    return True


@transaction.atomic
def cancel(*, by: str, row: PendingMessage) -> bool:
    """No further attempt at a message that waits; False when there was none. One that is under way may still arrive."""
    if not PendingMessage.objects.filter(pk=row.pk).delete()[0]:
        return False
    record("message.cancelled", by=by, target=f"message:{row.pk}", usage=row.usage_type)
    message_lost.send(sender=PendingMessage, reference=row.reference, category="")
    return True


def _next_place(type: ConnectorType) -> int:
    last = Connector.objects.filter(type=str(type)).aggregate(last=models.Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def _checked_name(name: str) -> str:
    name = name.strip()
    if len(name) > Connector.NAME_LENGTH:
        raise InvalidConfig([ConfigProblem("$.name", f"The name has at most {Connector.NAME_LENGTH} characters.")])
    return name


def _validated(chosen: ConnectorKind, config: dict[str, Any]) -> dict[str, Any]:
    try:
        return chosen.validate(config)
    except ConfigError as error:
        raise InvalidConfig(list(error.problems)) from error
