"""What all forms over the sign-in experience have in common: saving it, and showing which rule was broken."""

from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpRequest

from console.access import administrator
from idp.signin.errors import ExperienceInvalid
from idp.signin.experience import update_experience


class ExperienceFields(Protocol):
    def is_valid(self) -> bool: ...

    def changes(self) -> dict[str, Any]:
        """Columns of SignInExperience."""

    def show_problem(self, error: ExperienceInvalid) -> None:
        """Put the sentence beside its field."""


def saved(request: HttpRequest, form: ExperienceFields) -> bool:
    """Save what was posted, and say so; False when there is nothing to save, or the form shows why it cannot be."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        update_experience(by=administrator(request).audit_name, **form.changes())
    except ExperienceInvalid as error:
        form.show_problem(error)
        return False
    messages.success(request, "The changes are saved.")
    return True
