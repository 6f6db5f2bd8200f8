"""What `idp` and connector packages of others agree on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from connectors.errors import ConfigError, ConfigProblem, ConnectorError, ErrorCategory
from connectors.forms import FormItem, FormItemType, SelectItem, ShowCondition

__all__ = [
    "ConfigError",
    "ConfigProblem",
    "ConnectorError",
    "ConnectorKind",
    "ConnectorType",
    "EmailSender",
    "ErrorCategory",
    "FormItem",
    "FormItemType",
    "Message",
    "OutboxEntry",
    "SelectItem",
    "ShowCondition",
    "SmsSender",
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


@dataclass(frozen=True)
class OutboxEntry:
    """A message that stayed on this machine."""

    type: ConnectorType
    to: str
    usage_type: UsageType
    subject: str  # empty for a text message
    text: str = field(repr=False)
    variables: Mapping[str, object] = field(repr=False)


class SmsSender(Protocol):
    def send(self, message: Message) -> None:
        """Hand over to the provider, or raise ConnectorError."""


class EmailSender(Protocol):
    def send(self, message: Message) -> None:
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

    @property
    def readme(self) -> str:
        return self.guide.read_text(encoding="utf-8")
