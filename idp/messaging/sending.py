"""Send through the connectors of a type, in their order.

A provider in trouble is passed over for a minute: the next one sends at once instead of after its timeout.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections
from django.utils import timezone

from connectors.ports import (
    ConnectorError,
    EmailSender,
    ErrorCategory,
    Message,
    OutboxEntry,
    Receipt,
    SmsSender,
    UsageType,
)
from connectors.registry import UnknownConnector, kind, outbox
from idp.audit.services import record
from idp.messaging import delivery_log, lanes, pending
from idp.messaging.errors import ConnectorMissing, DeliveryFailed
from idp.messaging.models import Connector, OutboxMessage, PendingMessage, SentMessage
from idp.messaging.signals import message_lost

logger = logging.getLogger(__name__)
PATIENCE = 0.8  # seconds that a person waits for the provider's answer; then the page goes on and the message by itself
_WAIT = 0.3  # seconds of these for a free lane
_TEST_WAIT = 15.0  # an administrator who tries a connector wants its answer
# These would be the same at any provider; whoever is taken for a fraudster is not passed on to the next.
_FINAL = {ErrorCategory.RECIPIENT, ErrorCategory.FRAUD}
_REST = 60.0  # seconds
_resting: dict[str, float] = {}  # connector: until when, by this process's clock


def send(row: PendingMessage) -> None:
    """Send what `pending.write` wrote, once that is committed: through the first connector of its type that takes it, or into
    the outbox in development.

    Returns when a provider took it, or after PATIENCE: it then goes on in the background, and `signals.message_lost` says
    when it could not be sent after all. Raises ConnectorMissing, DeliveryFailed for what is known by then; no further attempt
    is made.
    """
    try:
        _Attempt(row).within(PATIENCE)
    except (ConnectorMissing, DeliveryFailed):
        pending.give_up(row)
        raise


def send_due() -> int:
    """Begin another attempt at messages whose time has come: what a process that is gone did not send, what was handed over,
    what failed once. As many as there are free lanes; returns how many. Safe to run in several processes.
    """
    begun = 0
    for row in PendingMessage.objects.due(timezone.now())[: lanes.LANES]:
        if not lanes.reserve():
            break
        if pending.claim(row):
            lanes.use(_Attempt(row).alone)
            begun += 1
        else:
            lanes.release()
    return begun


def deliver(sender: SmsSender | EmailSender, message: Message) -> Receipt | None:
    """Hand over to the provider and wait for it, in a lane. Raises DeliveryFailed, ConnectorError."""
    if not lanes.reserve(wait=_WAIT):
        raise DeliveryFailed(detail="too many messages under way")
    errand = lanes.Errand(lambda: sender.send(message), lambda _: None)
    lanes.use(errand.run)
    outcome = errand.wait(_TEST_WAIT)
    if outcome is None:
        raise DeliveryFailed(detail="the provider did not answer")
    receipt: Receipt | None = outcome.result()
    return receipt


class _Overtaken(Exception):
    """The attempt took so long that another process has begun the next one."""


class _Attempt:
    """One attempt at a message: from connector to connector, until one takes it."""

    def __init__(self, row: PendingMessage) -> None:
        self._row = row
        self._message = Message(
            to=row.body["to"], usage_type=UsageType(row.usage_type), variables=row.body["variables"],
            language=row.body["language"], domain=urlsplit(settings.ENDPOINT).hostname or "",
        )  # fmt: skip
        self._connectors: list[Connector] = []
        self._entry = SentMessage()  # in the delivery log, of the call that is under way

    def within(self, seconds: float) -> None:
        """Wait for the outcome, but not longer. Raises ConnectorMissing, DeliveryFailed."""
        if not self._find_connectors():
            return
        lanes.outcome_of(lambda: _sender(self._connectors[0]))  # what it imports takes time once; no provider's fault
        until = time.monotonic() + seconds
        while not self._is_taken(until):
            continue

    def _is_taken(self, until: float) -> bool:
        """By the next connector, or by the background."""
        if not lanes.reserve(wait=min(_WAIT, max(0.0, until - time.monotonic()))):
            pending.hand_over(self._row)
            return True
        errand = lanes.Errand(self._next_call(), self.alone)
        lanes.use(errand.run)
        outcome = errand.wait(max(0.0, until - time.monotonic()))
        return outcome is None or self._settle(outcome)

    def alone(self, outcome: lanes.Outcome | None = None) -> None:
        """In a lane, with `outcome` of a call that somebody no longer waits for. Nobody is there to raise an error to."""
        try:
            if outcome is not None or self._find_connectors():
                while not self._settle(outcome or lanes.outcome_of(self._next_call())):
                    outcome = None
        except (ConnectorMissing, DeliveryFailed) as error:
            self._failed(error)
        except _Overtaken:
            logger.warning("Message %s took too long; another attempt is under way", self._row.usage_type)
        except Exception:  # the row stays, and what is left of its attempts
            logger.exception("Message %s was not sent", self._row.usage_type)
        finally:
            connections.close_all()

    def _find_connectors(self) -> bool:
        """False when the message stays on this machine."""
        type = self._row.type
        self._connectors = sorted(Connector.objects.filter(type=type), key=_is_resting)
        if self._connectors:
            return True
        if settings.PRODUCTION:
            raise ConnectorMissing(detail=f"no {type} connector")
        outbox(_keep_in_outbox).send(self._message)
        pending.done(self._row)
        return False

    def _next_call(self) -> Callable[[], Any]:
        """Hands the message to the first connector that is left."""
        connector = self._connectors[0]
        self._entry = delivery_log.begin(connector, self._message, self._row.reference)
        message = self._message
        if settings.STATUS_CALLBACKS:
            message = replace(message, status_url=delivery_log.status_url(self._entry.pk))
        return lambda: _sender(connector).send(message)

    def _settle(self, outcome: lanes.Outcome) -> bool:
        """True when the message is taken, False when the next connector is to be asked. Raises DeliveryFailed, _Overtaken."""
        try:
            receipt = outcome.result()
        except ConnectorError as error:
            delivery_log.refused(self._entry, error)
            self._pass_on(error)
            return False
        delivery_log.accepted(self._entry, receipt)
        pending.done(self._row)
        return True

    def _pass_on(self, error: ConnectorError) -> None:
        logger.warning("Message %s was not sent: %s (%s)", self._row.usage_type, error, error.category)
        failed, *self._connectors = self._connectors
        if error.category in _FINAL or not self._connectors:
            raise DeliveryFailed(detail=str(error), category=error.category) from error
        _resting[failed.pk] = time.monotonic() + _REST
        record(
            "connector.failed_over", target=f"connector:{failed.pk}", succeeded=False, kind=failed.connector_id,
            error=str(error), to=f"connector:{self._connectors[0].pk}",
        )  # fmt: skip
        if not pending.hold_on(self._row):
            raise _Overtaken

    def _failed(self, error: ConnectorMissing | DeliveryFailed) -> None:
        category = error.category if isinstance(error, DeliveryFailed) else ""
        if category not in _FINAL and pending.try_again(self._row):
            return
        if pending.give_up(self._row):
            message_lost.send(sender=PendingMessage, reference=self._row.reference, category=category)


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


def _keep_in_outbox(entry: OutboxEntry) -> None:
    OutboxMessage.objects.create(
        type=str(entry.type),
        recipient=entry.to,
        usage_type=str(entry.usage_type),
        subject=entry.subject,
        text=entry.text,
    )
