"""What the connector pages say about each type of connector, and how they find kinds and stored connectors."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone

from connectors.ports import ConnectorKind, ConnectorType
from connectors.registry import UnknownConnector, kind
from idp.messaging.models import Connector, SentMessage
from idp.mfa.factors import CHANNELS
from idp.signin.models import SignInExperience
from idp.signin.rules import CONNECTOR_TYPES, RECOVERY_METHODS

_COUNTED = 1_000  # messages, at most


@dataclass(frozen=True)
class Words:
    slug: str
    heading: str
    title: str
    noun: str
    purpose: str
    pick: str
    icon: str


WORDS = {
    ConnectorType.EMAIL: Words(
        slug="email",
        heading="Email",
        title="Email connector",
        noun="email connector",
        purpose="Carries codes and invitations to an email address.",
        pick="Set up an email connector",
        icon="envelope",
    ),
    ConnectorType.SMS: Words(
        slug="sms",
        heading="Text messages",
        title="SMS connector",
        noun="SMS connector",
        purpose="Carries codes to a phone number.",
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
    """What depends on a connector, and what deleting it would mean.

    `uses` is what its messages are for; `sent` how many it was given in a week, in words; `languages` those that it has
    texts of its own for; `place` is its place in the order of its type, from 1; `stand_in` is who sends without it.
    """

    uses: list[str]
    sent: str
    languages: str
    place: int
    of: int
    stand_in: str

    @property
    def sends_first(self) -> bool:
        return self.place == 1


def consequences(connector: Connector) -> Consequences:
    """A count that stops at a thousand, and the order of its type."""
    ordered = stored_connectors(ConnectorType(connector.type))
    ids = [one.pk for one in ordered]
    others = [one for one in ordered if one.pk != connector.pk]
    return Consequences(
        uses=uses(ConnectorType(connector.type)),
        sent=_sent_in_a_week(connector),
        languages=", ".join(_languages(connector.config.get("templates"))),
        place=ids.index(connector.pk) + 1,
        of=len(ordered),
        stand_in=label_of(others[0]) if others else "",
    )


def uses(type: ConnectorType) -> list[str]:
    """What messages of this type are for, as the sign-in experience has it now."""
    experience = SignInExperience.load()
    kind = next(identifier for identifier, one in CONNECTOR_TYPES.items() if one is type)
    method = experience.method_for(kind)
    second = next(factor for factor, channel in CHANNELS.items() if channel == kind)
    recovery = experience.forgot_password_methods
    asked_for = {name for names in experience.required_identifiers for name in names}
    facts = {
        "signing in with a code": bool(method and method["verificationCode"] and experience.allows_sign_in),
        "proving the address or number of new accounts": experience.allows_sign_up and kind in asked_for,
        "resetting a forgotten password": recovery is None or RECOVERY_METHODS[kind] in recovery,
        "the second step (MFA)": str(second) in experience.mfa_factors,
    }
    return [words for words, holds in facts.items() if holds]


def _sent_in_a_week(connector: Connector) -> str:
    """Empty for none."""
    recent = SentMessage.objects.filter(connector=connector.pk, created_at__gte=timezone.now() - timedelta(days=7))
    number = recent.order_by()[: _COUNTED + 1].count()
    words = f"more than {_COUNTED:,} messages" if number > _COUNTED else f"{number:,} message{'s' * (number != 1)}"
    return words if number else ""


def _languages(templates: Any) -> list[str]:
    """The tags that its texts have; a configuration of somebody else's package may hold anything."""
    entries = [one for one in templates if isinstance(one, dict)] if isinstance(templates, list) else []
    return sorted({str(one["language"]) for one in entries if one.get("language")})


def name_of(connector: Connector) -> str:
    """As administrators call it, else as its kind is called."""
    return connector.name or kind_name_of(connector)


def kind_name_of(connector: Connector) -> str:
    """Its id, when its package is gone."""
    kind = installed_kind(connector)
    return kind.name if kind else connector.connector_id


def account_of(connector: Connector) -> str:
    """The sender, or the account: what tells two of one kind apart that have no name."""
    kind = installed_kind(connector)
    values = [connector.config.get(key) for key in kind.identified_by] if kind else []
    return " · ".join(str(value) for value in values if value)


def label_of(connector: Connector) -> str:
    """Where nothing else tells it from others of its kind: its name, or its kind with the account."""
    account = account_of(connector)
    return connector.name or (f"{kind_name_of(connector)} ({account})" if account else kind_name_of(connector))


def labels() -> dict[str, str]:
    """`label_of` of every stored connector, by id."""
    return {one.pk: label_of(one) for one in Connector.objects.all()}


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
