"""What all forms over the sign-in experience have in common: saving it, and showing which rule was broken."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from django.contrib import messages
from django.http import HttpRequest

from console.access import administrator
from console.editing import Edit, edit
from idp.audit.models import EventFilter
from idp.signin.errors import ExperienceInvalid
from idp.signin.experience import update_experience
from idp.signin.models import SignInExperience


class ExperienceFields(Protocol):
    def changes(self) -> dict[str, Any]:
        """Columns of SignInExperience."""

    def show_problem(self, error: ExperienceInvalid) -> None:
        """Put the sentence beside its field."""


AnyForm = TypeVar("AnyForm", bound=Any)  # a form that is ExperienceFields


def edit_experience(request: HttpRequest, build: Callable[[SignInExperience, Any], AnyForm]) -> Edit[AnyForm]:
    """Show a part of the sign-in experience, or save what was posted and say so."""

    def write(_: SignInExperience, form: ExperienceFields) -> bool:
        try:
            update_experience(by=administrator(request).audit_name, **form.changes())
        except ExperienceInvalid as error:
            form.show_problem(error)
            return False
        messages.success(request, "The changes are saved.")
        return True

    about = EventFilter(subject="sign-in-experience")
    return edit(
        request, load=experience, build=build, write=write, about=about, columns=lambda form: form.changes()
    )  # fmt: skip


def experience(lock: bool) -> SignInExperience:
    """The row that everything about hosted pages waits for while it is changed."""
    if not lock:
        return SignInExperience.load()
    SignInExperience.objects.get_or_create(pk="default")
    return SignInExperience.objects.select_for_update().get(pk="default")
