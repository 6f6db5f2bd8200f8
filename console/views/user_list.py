"""Everybody: find them, do something to several, take them away as a file."""

from collections.abc import Iterable, Iterator, Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.access import Permission, administrator, may, may_change, needs, refused
from console.downloads import download
from console.forms.user_list import BulkForm, UserFilterForm
from console.replica import reads_replica
from console.undo import Undo, announce_done, opposite
from console.user_export import FORMATS
from idp.applications.models import Application
from idp.lib.errors import DomainError
from idp.signin import accounts
from idp.users.finding import UserPage, most
from idp.users.models import User
from idp.users.services import export, set_suspended

PAGE_SIZE = 20
_NOBODY = UserPage([], has_newer=False, has_older=False)
# What is done, and whether it is asked about first.
_DONE = {"suspend": "suspended", "reactivate": "active again", "delete": "deleted"}
_OPPOSITES = {"suspend": "reactivate", "reactivate": "suspend"}
_ASKS_FIRST = {"suspend", "delete"}
_MANAGES = {"delete", *FORMATS}  # more than helping people in


@needs(Permission.PEOPLE)
@require_safe
@reads_replica
def user_list(request: HttpRequest) -> HttpResponse:
    form = UserFilterForm(request.GET)
    page = _NOBODY
    if form.is_valid():
        cursors = {side: _person(request.GET.get(side, "")) for side in ("before", "after")}
        page = User.objects.wanted(form.wanted()).page(PAGE_SIZE, **cursors)
    names = application_names(user.application_id for user in page.users)
    context = {
        "form": form, "page": page, "filled": form.filled(), "query": form.query(), "paging": _paging(form),
        "rows": [(user, names.get(user.application_id, user.application_id)) for user in page.users],
    }  # fmt: skip
    return render(request, "console/users/list.html", context)


@needs(Permission.SUPPORT)
@require_POST
def user_bulk(request: HttpRequest) -> HttpResponseBase:
    """Suspend, reactivate, delete or export those who are ticked. One who cannot be is named; the others are done."""
    form = BulkForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.non_field_errors()[0]) if form.non_field_errors() else "Choose what to do.")
        return redirect("console:user-list")
    action, people = form.cleaned_data["action"], User.objects.filter(pk__in=form.ids)
    if action in _MANAGES and not may(request, Permission.MANAGE):
        return refused(request, Permission.MANAGE)
    if action in FORMATS:
        return _file(request, people, action, {"chosen": len(form.ids)})
    chosen = list(people)
    if action in _ASKS_FIRST and not form.cleaned_data["confirmed"]:
        return render(request, "console/users/bulk.html", {"action": action, "people": chosen})
    changed = [user.pk for user in chosen if user.is_suspended != (action == "suspend")]
    done = {user.pk for user in chosen if _do(request, action, user)}
    if done:
        text = f"{len(done)} {'person is' if len(done) == 1 else 'people are'} {_DONE[action]}."
        announce_done(request, text, _way_back(action, [pk for pk in changed if pk in done]))
    return redirect("console:user-list")


@needs(Permission.MANAGE)
@require_POST
def user_export(request: HttpRequest) -> HttpResponseBase:
    form = UserFilterForm(request.POST)
    format = request.POST.get("format", "csv")
    if format not in FORMATS or not form.is_valid():
        messages.error(request, "This filter cannot be exported. Correct it first.")
        return redirect(f"{reverse('console:user-list')}?{form.query()}")
    return _file(request, User.objects.wanted(form.wanted()).walk(), format, form.filled())


def _way_back(action: str, ids: list[str]) -> Undo | None:
    """For those who were changed by it; who was suspended before stays so."""
    if action not in _OPPOSITES or not ids:
        return None
    return opposite("user-bulk", action=_OPPOSITES[action], confirmed="on", user=ids)


def application_names(ids: Iterable[str]) -> dict[str, str]:
    return {pk: application.name for pk, application in Application.objects.in_bulk(set(filter(None, ids))).items()}


def _paging(form: UserFilterForm) -> str:
    cap = most() if form.filled().get("q") else None
    return f"Newest first; of more than {cap:,} who match, the newest" if cap else ""


def _do(request: HttpRequest, action: str, user: User) -> bool:
    by, name = administrator(request).audit_name, user.display_name
    if not may_change(request, user):
        messages.error(request, f"{name}: only owners change administrators.")
        return False
    try:
        if action == "delete":
            accounts.delete(by=by, user=user)
        elif action == "suspend":
            accounts.suspend(by=by, user=user)
        else:
            set_suspended(by=by, user=user, suspended=False)
    except DomainError as error:
        messages.error(request, f"{name}: {error.message}")
        return False
    return True


def _file(request: HttpRequest, people: Iterable[User], format: str, what: Mapping[str, object]) -> HttpResponseBase:
    users: Iterator[User] = export(by=administrator(request).audit_name, users=people, format=format, what=what)
    return download(FORMATS[format](users), name="users", format=format)


def _person(pk: str) -> User | None:
    """Where a page begins; nothing, for the newest page, when it is nobody."""
    return User.objects.filter(pk=pk).first() if pk else None
