"""What `idp` and connector packages of others agree on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from connectors.errors import ConfigError, ConfigProblem, ConnectorError, ErrorCategory
from connectors.forms import FormItem, FormItemType, SelectItem, ShowCondition

__all__ = [
    "BadSignature",
    "CaptchaKind",
    "CaptchaVerifier",
    "ConfigError",
    "ConfigProblem",
    "ConnectorError",
    "ConnectorKind",
    "ConnectorType",
    "DeliveryStatus",
    "EmailSender",
    "ErrorCategory",
    "FormItem",
    "FormItemType",
    "Message",
    "OutboxEntry",
    "Receipt",
    "SelectItem",
    "ShowCondition",
    "SmsSender",
    "StatusReport",
    "UsageType",
]


class ConnectorType(StrEnum):
    SMS = "Sms"
    EMAIL = "Email"
    SOCIAL = "Social"


class UsageType(StrEnum):
    SIGN_IN = "SignIn"
    REGISTER = "Register"
    FORGOT_PASSWORD = "ForgotPassword"  # noqa: S105 - the name of a template
    ADMINISTRATOR_INVITATION = "AdministratorInvitation"  # ours: by email, to somebody who is to use the console
    ORGANIZATION_INVITATION = "OrganizationInvitation"
    GENERIC = "Generic"
    USER_PERMISSION_VALIDATION = "UserPermissionValidation"
    BIND_NEW_IDENTIFIER = "BindNewIdentifier"
    MFA_VERIFICATION = "MfaVerification"
    BIND_MFA = "BindMfa"


@dataclass(frozen=True)
class Message:
    to: str  # E.164 with the plus, or an e-mail address
    usage_type: UsageType
    # Holds the code; kept out of repr() so that no log line gives it away.
    variables: Mapping[str, object] = field(repr=False)
    language: str = "en"  # that the reader wants, by Django's codes
    domain: str = ""  # of the page that the code is typed into
    status_url: str = ""  # where the provider may tell what became of it; empty: nowhere


@dataclass(frozen=True)
class OutboxEntry:
    """A message that stayed on this machine."""

    type: ConnectorType
    to: str
    usage_type: UsageType
    subject: str  # empty for a text message
    text: str = field(repr=False)
    variables: Mapping[str, object] = field(repr=False)


class DeliveryStatus(StrEnum):
    """How far a message came, in words that fit every provider."""

    ACCEPTED = "accepted"  # by the provider
    SENT = "sent"  # on to the recipient's network
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class Receipt:
    """What the provider says when it takes a message, as far as it says it."""

    provider_id: str = ""
    segments: int | None = None
    price: Decimal | None = None
    currency: str = ""  # ISO 4217


@dataclass(frozen=True)
class StatusReport:
    """What the provider says later. `status` is None for a report that changes nothing; `error` is why it failed."""

    status: DeliveryStatus | None
    error: ConnectorError | None = None


class BadSignature(Exception):
    """A report that did not come from the provider."""


class SmsSender(Protocol):
    def send(self, message: Message) -> Receipt | None:
        """Hand over to the provider, or raise ConnectorError."""


class EmailSender(Protocol):
    def send(self, message: Message) -> Receipt | None:
        """Hand over to the provider, or raise ConnectorError."""


@dataclass(frozen=True, kw_only=True)
class ConnectorKind:
    """One provider: what it is called, what it asks for, how to check that, how to make a sender of it."""

    id: str
    target: str
    type: ConnectorType
    name: str
    description: str
    icon: str
    guide: Path
    form_items: tuple[FormItem, ...]
    # Returns the configuration in its normal form, or raises ConfigError with every problem found.
    validate: Callable[[Mapping[str, Any]], dict[str, Any]]
    # Expects what `validate` returned.
    build: Callable[[Mapping[str, Any]], SmsSender | EmailSender]
    # The parameters that tell two of this kind apart where they are listed: the account, the sender. None of them a secret.
    identified_by: tuple[str, ...] = ()
    # Reads a report that was posted to `Message.status_url`: (configuration, that URL, form fields, headers). Raises
    # BadSignature. None: the provider reports nothing, or nothing that can be trusted.
    read_status: Callable[[Mapping[str, Any], str, Mapping[str, str], Mapping[str, str]], StatusReport] | None = None
    # Asks the provider again about a message it has taken (configuration, the provider's id), once it knows what it cost.
    # Raises ConnectorError. None: the provider cannot be asked.
    fetch_receipt: Callable[[Mapping[str, Any], str], Receipt] | None = None

    @property
    def readme(self) -> str:
        return self.guide.read_text(encoding="utf-8")


class CaptchaVerifier(Protocol):
    def verify(self, token: str, address: str) -> bool:
        """Does the token come from a person? Raises ConnectorError when the provider gives no answer."""


@dataclass(frozen=True, kw_only=True)
class CaptchaKind:
    """A provider that tells people from robots, as ConnectorKind."""

    type: str
    name: str
    form_items: tuple[FormItem, ...]
    validate: Callable[[Mapping[str, Any]], dict[str, Any]]
    build: Callable[[Mapping[str, Any]], CaptchaVerifier]
    # Directives of the Content-Security-Policy, and what its script needs in them.
    sources: Callable[[Mapping[str, Any]], dict[str, tuple[str, ...]]]
