"""What support does for several people at once in the data browser: the same services as on the pages of the console."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.lib.errors import DomainError
from idp.mfa.services import LOCKOUT_KIND
from idp.signin.accounts import suspend
from idp.signin.sessions import end_all_sessions
from idp.tokens.grants import connections, revoke_application_access
from idp.users.models import User
from idp.users.services import set_suspended
from idp.verification.lockout import unblock


@admin.action(description="End all sessions", permissions=["support"])
def end_sessions(page: Any, request: HttpRequest, people: "QuerySet[User]") -> None:
    _each(page, request, people, "signed out everywhere", lambda by, user: end_all_sessions(by=by, user=user))


@admin.action(description="Suspend", permissions=["support"])
def suspend_people(page: Any, request: HttpRequest, people: "QuerySet[User]") -> None:
    _each(page, request, people, "suspended", lambda by, user: suspend(by=by, user=user))


@admin.action(description="Reactivate", permissions=["support"])
def reactivate(page: Any, request: HttpRequest, people: "QuerySet[User]") -> None:
    _each(page, request, people, "active again", lambda by, user: set_suspended(by=by, user=user, suspended=False))


@admin.action(description="Unlock after too many tries", permissions=["support"])
def unlock(page: Any, request: HttpRequest, people: "QuerySet[User]") -> None:
    _each(page, request, people, "unlocked", _unlock)


@admin.action(description="Revoke all access of applications", permissions=["support"])
def revoke_access(page: Any, request: HttpRequest, people: "QuerySet[User]") -> None:
    _each(page, request, people, "free of applications", _revoke)


ACTIONS = (end_sessions, suspend_people, reactivate, unlock, revoke_access)


def _unlock(by: str, user: User) -> None:
    named = {"username": user.username, "email": user.primary_email, "phone": user.primary_phone, LOCKOUT_KIND: user.pk}
    unblock(by=by, identifiers=[(kind, value) for kind, value in named.items() if value], whose=user.audit_name)


def _revoke(by: str, user: User) -> None:
    for one in connections(user):
        revoke_application_access(by=by, user=user, application=one.application)


def _each(
    page: Any, request: HttpRequest, people: "QuerySet[User]", what: str, act: Callable[[str, User], object]
) -> None:
    """One transaction for each person: what cannot be done for one does not keep it from the others."""
    staff: Any = request.user
    done = 0
    for user in people:
        if not staff.may_change(user):
            page.message_user(request, f"{user}: an administrator is changed by owners only.", messages.WARNING)
            continue
        try:
            act(staff.audit_name, user)
        except DomainError as error:
            page.message_user(request, f"{user}: {error.message}", messages.WARNING)
        else:
            done += 1
    page.message_user(request, f"{done} of {len(people)} people: {what}.")
