"""What a service refused, shown where it was typed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html

from idp.lib.errors import DomainError
from idp.signin.errors import ExperienceInvalid


class ProblemForm(forms.Form):
    """Shows the error of a service at its field, where it has one."""

    def show_problem(self, error: DomainError, field: str = "") -> None:
        name = field or getattr(error, "field", "").removeprefix("$.")
        self.add_error(name if name in self.fields else None, error.message)

    def is_taken_by(self, service: Callable[..., object], *, field: str = "", **arguments: Any) -> bool:
        """Call it. False when it refused, which is shown at its field then."""
        try:
            service(**arguments)
        except DomainError as error:
            self.show_problem(error, field)
            return False
        return True


def explained(error: ExperienceInvalid) -> ValidationError:
    """Its sentence, with the way to set up the connector that is missing."""
    message: str = error.message
    if error.connector_type:
        link = reverse("console:connector-pick", args=[error.connector_type.lower()])
        message = format_html('{} <a href="{}">Set up</a>', message, link)
    return ValidationError(message, code=error.code)
