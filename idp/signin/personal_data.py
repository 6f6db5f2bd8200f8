"""What this server knows about a person, for them to take away."""

from typing import Any

from django.db import models

from idp.audit.models import Event
from idp.audit.services import record
from idp.authorization.queries import role_names
from idp.signin.sessions import live_sessions
from idp.tokens.grants import connections
from idp.users.models import User

_MOST_EVENTS = 10_000


def export(*, user: User, by: str = "") -> dict[str, Any]:
    """Profile, identifiers, sessions, applications and their own part of the log; no secrets and nobody else's data.

    An empty `by` is the person themself.
    """
    record("user.data_exported", by=by or user.audit_name, target=user.audit_name)
    return {
        "id": user.pk,
        "profile": {"name": user.name, "avatar": user.avatar, **user.profile},
        "customData": user.custom_data,
        "identifiers": {"username": user.username, "email": user.primary_email, "phone": user.primary_phone},
        "hasPassword": user.has_password,
        "isAdministrator": user.is_staff,
        "createdAt": user.created_at,
        "updatedAt": user.updated_at,
        "lastSignInAt": user.last_sign_in_at,
        "signedUpWith": user.application_id or None,
        "sessions": [
            {
                "createdAt": session.created_at, "expiresAt": session.expires_at, "address": session.address,
                "userAgent": session.user_agent, "method": session.method,
            }
            for session in live_sessions(user)
        ],
        "roles": role_names(user.pk),
        "organizations": _organizations(user),
        "applications": [
            {
                "id": one.application.pk, "name": one.application.name, "scopes": one.scopes, "since": one.since,
                "grants": one.grants,
            }
            for one in connections(user)
        ],
        "events": [_event(event, user) for event in _events(user)],
    }  # fmt: skip


def _organizations(user: User) -> list[dict[str, Any]]:
    found = user.memberships.select_related("organization").prefetch_related("roles").order_by("organization__name")
    return [
        {
            "id": one.organization.pk,
            "name": one.organization.name,
            "roles": sorted(role.name for role in one.roles.all()),
        }
        for one in found
    ]


def _events(user: User) -> models.QuerySet[Event]:
    """What happened to them and what they did, without what an administrator did to others."""
    others = models.Q(target__startswith="user:") & ~models.Q(target=user.audit_name)
    return Event.objects.about_user(user.pk).exclude(others).order_by("-created_at", "-pk")[:_MOST_EVENTS]


def _event(event: Event, user: User) -> dict[str, Any]:
    facts = {"key": event.key, "createdAt": event.created_at, "succeeded": event.succeeded, "data": event.data}
    if event.actor in ("", user.audit_name):
        return {**facts, "address": event.address, "userAgent": event.user_agent}
    return {**facts, "by": "somebody else"}  # whose address is none of this person's business
