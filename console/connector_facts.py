"""What the connector pages say about each type of connector, and how they find kinds and stored connectors."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import Http404
from django.utils import timezone

from connectors.ports import ConnectorKind, ConnectorType
from connectors.registry import UnknownConnector, kind
from idp.messaging.models import Connector, SentMessage
from idp.signin.experience import CONNECTOR_TYPES
from idp.signin.models import SignInExperience

_COUNTED = 1_000  # messages, at most


@dataclass(frozen=True)
class Words:
    slug: str
    title: str
    noun: str
    purpose: str
    pick: str
    icon: str


WORDS = {
    ConnectorType.EMAIL: Words(
        slug="email",
        title="Email connector",
        noun="email connector",
        purpose="Carries codes by e-mail",
        pick="Set up an email connector",
        icon="envelope",
    ),
    ConnectorType.SMS: Words(
        slug="sms",
        title="SMS connector",
        noun="SMS connector",
        purpose="Carries codes by text message",
        pick="Set up an SMS connector",
        icon="chat-bubble-left-ellipsis",
    ),
}


def used_types() -> set[str]:
    """Types of connector that sign-up or sign-in sends codes with."""
    experience = SignInExperience.load()
    identifiers = {method["identifier"] for method in experience.methods if method["verificationCode"]}
    if experience.sign_up["verify"]:
        identifiers |= set(experience.sign_up["identifiers"])
    return {str(type) for identifier, type in CONNECTOR_TYPES.items() if identifier in identifiers}


@dataclass(frozen=True)
class Consequences:
    """Of deleting a connector. `sent` says how many messages it was given in 24 hours; `stand_in` is who sends then."""

    sent: str
    stand_in: str
    sends_first: bool


def consequences(connector: Connector) -> Consequences:
    """A count that stops at a thousand, and the order of its type."""
    recent = SentMessage.objects.filter(connector=connector.pk, created_at__gte=timezone.now() - timedelta(days=1))
    number = recent.order_by()[: _COUNTED + 1].count()
    words = f"more than {_COUNTED:,} messages" if number > _COUNTED else f"{number:,} message{'s' * (number != 1)}"
    ordered = stored_connectors(ConnectorType(connector.type))
    others = [one for one in ordered if one.pk != connector.pk]
    return Consequences(words if number else "", _name(others[0]) if others else "", ordered[0].pk == connector.pk)


def _name(connector: Connector) -> str:
    kind = installed_kind(connector)
    return kind.name if kind else connector.connector_id


def stored_connectors(type: ConnectorType) -> list[Connector]:
    """In the order in which they send."""
    return list(Connector.objects.filter(type=str(type)))


def installed_kind(connector: Connector | None) -> ConnectorKind | None:
    """None also for a stored connector whose package is gone."""
    try:
        return kind(connector.connector_id) if connector is not None else None
    except UnknownConnector:
        return None


def kind_or_404(kind_id: str) -> ConnectorKind:
    try:
        found = kind(kind_id)
    except UnknownConnector as error:
        raise Http404 from error
    if found.type not in WORDS:
        raise Http404
    return found


def type_or_404(slug: str) -> ConnectorType:
    found = next((type for type, words in WORDS.items() if words.slug == slug), None)
    if found is None:
        raise Http404
    return found
