from django.utils.translation import gettext_noop as _

from connectors.ports import ConfigProblem
from idp.lib.errors import DomainError


class ConnectorMissing(DomainError):
    """No connector is set up for this kind of message, and this is production."""

    code = "connector.not_found"
    message = _("No connector is set up for this.")
    status = 501


class ConnectorUnknown(DomainError):
    code = "connector.not_found_with_connector_id"
    message = _("There is no such kind of connector.")
    status = 422


class InvalidConfig(DomainError):
    """The parameters do not fit the connector; `problems` name each place by its JSON path."""

    code = "connector.invalid_config"
    message = _("The parameters of the connector are not right.")

    def __init__(self, problems: list[ConfigProblem]) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.message}" for problem in problems))
        self.problems = problems


class DeliveryFailed(DomainError):
    """The provider did not take the message. What it said is in `__cause__` (a ConnectorError) and in the log."""

    code = "connector.general"
    message = _("The message could not be sent. Try again in a moment, or sign in another way.")

    def __init__(self, *, detail: str = "", category: str = "") -> None:
        super().__init__(detail=detail)
        self.category = category  # a connectors.ports.ErrorCategory; empty when no provider was asked


class ReportNotTrusted(DomainError):
    """A report on a message that its provider did not sign."""

    code = "auth.forbidden"
    message = _("The signature is not right.")
    status = 403
