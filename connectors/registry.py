"""Finds kinds of connector by id: the built-in ones, and those that installed packages offer as entry points."""

import logging
from collections.abc import Callable
from functools import cache
from importlib import metadata

from connectors.back_channel import BackChannel
from connectors.breaches import Breaches
from connectors.captcha import RECAPTCHA, TURNSTILE
from connectors.outbox import Outbox
from connectors.ports import CaptchaKind, ConnectorKind, ConnectorType, OutboxEntry
from connectors.smtp import SMTP
from connectors.twilio_sms import TWILIO_SMS

ENTRY_POINT_GROUP = "latchkey.connectors"
BUILT_IN = (TWILIO_SMS, SMTP)

logger = logging.getLogger(__name__)


class UnknownConnector(LookupError):
    def __init__(self, id: str) -> None:
        self.id = id
        super().__init__(f"No connector is called {id!r}.")


def kinds(type: ConnectorType | None = None) -> tuple[ConnectorKind, ...]:
    return tuple(kind for kind in _all_kinds().values() if type in (None, kind.type))


def kind(id: str) -> ConnectorKind:
    try:
        return _all_kinds()[id]
    except KeyError:
        raise UnknownConnector(id) from None


def captcha_kinds() -> dict[str, CaptchaKind]:
    """By their type, in the order in which they are offered."""
    return {kind.type: kind for kind in (TURNSTILE, RECAPTCHA)}


def outbox(record: Callable[[OutboxEntry], None]) -> Outbox:
    """A sender for development: nothing leaves the machine."""
    return Outbox(record)


def back_channel(*, allow_private: bool) -> BackChannel:
    """Whoever tells applications that a session has ended."""
    return BackChannel(allow_private=allow_private)


@cache
def breaches() -> Breaches:
    """Whoever knows which passwords are public; one for the process, so that it remembers when to leave it alone."""
    return Breaches()


@cache
def _all_kinds() -> dict[str, ConnectorKind]:
    found = {kind.id: kind for kind in BUILT_IN}
    for entry in metadata.entry_points(group=ENTRY_POINT_GROUP):
        loaded = _load(entry)
        if loaded is None:
            continue
        if loaded.id in found:
            logger.error(
                "Entry point %s offers the connector %r, which already exists; ignored.", entry.name, loaded.id
            )
            continue
        found[loaded.id] = loaded
    return found


def _load(entry: metadata.EntryPoint) -> ConnectorKind | None:
    try:
        loaded = entry.load()
    except Exception:
        # Somebody else's package: it may raise anything, and sign-in must go on without it.
        logger.exception("Entry point %s of group %s could not be loaded; ignored.", entry.name, ENTRY_POINT_GROUP)
        return None
    if not isinstance(loaded, ConnectorKind):
        logger.error("Entry point %s is not a ConnectorKind but %r; ignored.", entry.name, type(loaded).__name__)
        return None
    return loaded
