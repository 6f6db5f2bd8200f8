"""What all forms over the sign-in experience have in common: saving it, and showing which rule was broken."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from console.access import administrator
from console.dangers import Danger, answer_to, dangers_of
from console.editing import Edit, edit
from idp.audit.models import EventFilter
from idp.signin.errors import ExperienceInvalid
from idp.signin.experience import update_experience, with_changes
from idp.signin.models import SignInExperience

_NOT_TYPED = ("csrfmiddlewaretoken", "confirmed")


class ExperienceFields(Protocol):
    def changes(self) -> dict[str, Any]:
        """Columns of SignInExperience."""

    def show_problem(self, error: ExperienceInvalid) -> None:
        """Put the sentence beside its field."""


AnyForm = TypeVar("AnyForm", bound=Any)  # a form that is ExperienceFields


def edit_experience(request: HttpRequest, build: Callable[[SignInExperience, Any], AnyForm]) -> Edit[AnyForm]:
    """Show a part of the sign-in experience, or save what was posted and say so.

    What is dangerous is saved once it is confirmed; `answered` has the page that asks.
    """
    if "back" in request.POST:  # from that page: everything as it was typed
        return Edit(build(experience(False), request.POST), request.POST.get("version", ""))

    def write(stored: SignInExperience, form: Any) -> bool:
        try:
            form.dangers = _unconfirmed(request, stored, form.changes())
            if form.dangers:
                return False
            update_experience(by=administrator(request).audit_name, **form.changes())
        except ExperienceInvalid as error:
            form.show_problem(error)
            return False
        return True

    about = EventFilter(subject="sign-in-experience")
    return edit(
        request, load=experience, build=build, write=write, about=about, columns=lambda form: getattr(form, "columns", form.changes())
    )  # fmt: skip


def answered(request: HttpRequest, editing: Edit[Any], name: str) -> HttpResponse | None:
    """Back to the page of that name after saving, or the page that asks first; None: the form itself is to be shown."""
    if editing.saved:
        editing.announce(request)
        return redirect(name)
    dangers: list[Danger] = getattr(editing.form, "dangers", [])
    if not dangers:
        return None
    typed = [(key, value) for key, values in request.POST.lists() if key not in _NOT_TYPED for value in values]
    context = {"dangers": dangers, "answer": answer_to(dangers), "typed": typed}
    return render(request, "console/experience/confirm.html", context)


def _unconfirmed(request: HttpRequest, stored: SignInExperience, changes: dict[str, Any]) -> list[Danger]:
    dangers = dangers_of(stored, with_changes(stored, changes))
    return dangers if request.POST.get("confirmed") != answer_to(dangers) else []


def experience(lock: bool) -> SignInExperience:
    """The row that everything about hosted pages waits for while it is changed."""
    if not lock:
        return SignInExperience.load()
    SignInExperience.objects.get_or_create(pk="default")
    return SignInExperience.objects.select_for_update().get(pk="default")
