"""The two ways a connector says no: a configuration that cannot work, and a send that did not work."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_FIRST_STEP = re.compile(r"^\$\.(?P<key>\w+)")


class ErrorCategory(StrEnum):
    CONFIGURATION = "configuration"  # an administrator has to change something
    RECIPIENT = "recipient"  # this address cannot be reached; another one may
    RETRY = "retry"  # nothing is wrong for good; a later attempt may pass
    FRAUD = "fraud"  # the provider takes the request for abuse
    DELIVERY = "delivery"  # accepted by the provider, lost on the way


class ConnectorError(Exception):
    """Carries the provider's own words for the log and the console; str() stays safe to show and to store."""

    def __init__(
        self,
        *,
        category: ErrorCategory,
        meaning: str,
        advice: str,
        provider_code: str = "",
        provider_message: str = "",
        permanent: bool | None = None,
    ) -> None:
        self.category = category
        self.meaning = meaning
        self.advice = advice
        self.provider_code = provider_code
        self.provider_message = provider_message
        self.permanent = category is not ErrorCategory.RETRY if permanent is None else permanent
        super().__init__(f"{meaning} [{provider_code}]" if provider_code else meaning)


@dataclass(frozen=True)
class ConfigProblem:
    path: str  # a JSON path into the configuration: $.templates[2].content
    message: str

    @property
    def key(self) -> str:
        """The form item the problem belongs to."""
        match = _FIRST_STEP.match(self.path)
        return match["key"] if match else ""

    @property
    def inner_path(self) -> str:
        """The same place seen from the form item's own value: $[2].content"""
        return _FIRST_STEP.sub("$", self.path)


class ConfigError(Exception):
    """All problems of one configuration, so that nobody has to mend them one by one."""

    def __init__(self, problems: Iterable[ConfigProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.path}: {problem.message}" for problem in self.problems))


def redact(text: str, secrets: Iterable[str]) -> str:
    """Providers sometimes echo what they were given."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "[hidden]")
    return text
