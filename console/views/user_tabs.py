"""The parts of a person's page: how they sign in, where they are signed in, where they belong, what happened."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from console import connector_facts
from console.access import Permission, administrator, may, may_change, needs
from console.forms.users import PasswordForm
from console.replica import reads_replica
from console.views.activity import rows
from console.views.user_list import application_names
from idp.audit.models import Event, EventFilter
from idp.lib import phones
from idp.lib.browsers import browser_in_words
from idp.messaging.models import SentMessage
from idp.organizations.models import Organization
from idp.signin import personal_data
from idp.signin.sessions import live_sessions
from idp.tokens.grants import connections
from idp.users.models import User

EVENTS_SHOWN = 20
SESSIONS_SHOWN = 20
MESSAGES_SHOWN = 20


@needs(Permission.PEOPLE, person=True)
@require_safe
def user_sign_in(request: HttpRequest, pk: str) -> HttpResponse:
    return show_sign_in(request, get_object_or_404(User, pk=pk), PasswordForm())


@needs(Permission.PEOPLE, person=True)
@require_safe
def user_sessions(request: HttpRequest, pk: str) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    sessions = [(session, browser_in_words(session.user_agent)) for session in live_sessions(user)[:SESSIONS_SHOWN]]
    more = {"sessions": sessions, "sessions_shown": SESSIONS_SHOWN, "connections": connections(user)}
    return render(request, "console/users/sessions.html", head(request, user) | more)


@needs(Permission.PEOPLE, person=True)
@require_safe
def user_organizations(request: HttpRequest, pk: str) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    more = {"organizations": Organization.objects.of(user.pk)}
    return render(request, "console/users/organizations.html", head(request, user) | more)


@needs(Permission.PEOPLE, person=True)
@require_safe
@reads_replica
def user_activity(request: HttpRequest, pk: str) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    more = {
        "application": application_names([user.application_id]).get(user.application_id, user.application_id),
        "messages_sent": _messages_to(user),
        "connector_labels": connector_facts.labels(),
        "events": rows(request, Event.objects.newest(EventFilter(subject=user.audit_name), EVENTS_SHOWN)),
    }
    return render(request, "console/users/activity.html", head(request, user) | more)


@needs(Permission.MANAGE, person=True)
@require_POST
def user_data(request: HttpRequest, pk: str) -> HttpResponse:
    """Everything that is stored about a person, for them (GDPR article 15); what they download themselves is the same."""
    user = get_object_or_404(User, pk=pk)
    data = personal_data.export(user=user, by=administrator(request).audit_name)
    response = JsonResponse(data, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="user-{user.pk}.json"'
    return response


def head(request: HttpRequest, user: User) -> dict[str, Any]:
    """What each part needs: whose it is, and what may be done to them. `user` is the administrator who looks at the page."""
    return {
        "person": user,
        "may_help": may_do(request, Permission.SUPPORT, user),
        "may_edit": may_do(request, Permission.MANAGE, user),
    }


def may_do(request: HttpRequest, permission: Permission, person: User) -> bool:
    return may(request, permission) and may_change(request, person)


def show_sign_in(request: HttpRequest, user: User, form: PasswordForm) -> HttpResponse:
    return render(request, "console/users/sign_in.html", head(request, user) | {"password_form": form})


def _messages_to(user: User) -> list[SentMessage]:
    """What went to the addresses that the person has now."""
    own = [phones.e164(user.primary_phone) if user.primary_phone else "", user.primary_email or ""]
    return list(SentMessage.objects.to(filter(None, own)).order_by("-created_at")[:MESSAGES_SHOWN])
