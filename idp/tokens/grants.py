"""Which applications a person has let in, and the end of that."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import models, transaction
from django.utils import timezone

from idp.applications import services as applications
from idp.applications.models import BUILT_IN, Application
from idp.audit.services import record
from idp.lib.conflicts import insist
from idp.tokens.models import Consent, Grant
from idp.tokens.services import revoke_grant
from idp.users.models import User


@dataclass(frozen=True)
class Connection:
    """An application that holds grants of a person, or whose request they would not be asked about again."""

    application: Application
    scopes: tuple[str, ...]
    since: datetime
    grants: int


def live_grants(user: User) -> models.QuerySet[Grant]:
    """What has neither ended nor expired, the oldest first, each with its application."""
    grants = Grant.objects.filter(user=user, revoked_at=None, expires_at__gt=timezone.now())
    return grants.select_related("application").order_by("created_at", "pk")


def connections(user: User) -> list[Connection]:
    """The applications that a person has let in, by name: two statements, however many there are."""
    consents = Consent.objects.filter(user=user).select_related("application")
    rows: list[Grant | Consent] = [*live_grants(user), *consents]
    found: dict[str, list[Grant | Consent]] = {}
    for row in rows:
        found.setdefault(row.application_id, []).append(row)
    return sorted(map(_connection, found.values()), key=lambda one: (one.application.name.casefold(), one.since))


@transaction.atomic
def revoke_application_access(*, by: str, user: User, application: Application) -> int:
    """End every grant that an application has of a person and forget their consent; returns how many grants there were.

    Tokens that APIs check by themselves (JWTs) live out their hour; everything else stops at once, and the person is asked
    again when the application is somebody else's.
    """
    grants = list(live_grants(user).filter(application=application))
    for grant in grants:
        revoke_grant(grant=grant, reason="access revoked")
    forgotten, _ = Consent.objects.filter(user=user, application=application).delete()
    if grants or forgotten:
        record(
            "user.application_access_revoked", by=by, target=user.audit_name, application=application.pk,
            grants=len(grants),
        )  # fmt: skip
    return len(grants)


def grants_of_application(application: Application) -> models.QuerySet[Grant]:
    """What people let an application do now, the newest first, each with its person: one index, read from its end."""
    live = Grant.objects.filter(application=application, revoked_at=None, expires_at__gt=timezone.now())
    return live.select_related("user").order_by("-created_at", "-pk")


@transaction.atomic
def revoke_all_of_application(*, by: str, application: Application) -> int:
    """End every grant of an application and forget every consent; returns how many grants ended."""
    now = timezone.now()
    ended = Grant.objects.filter(application=application, revoked_at=None, expires_at__gt=now).update(revoked_at=now)
    forgotten, _ = Consent.objects.filter(application=application).delete()
    if ended or forgotten:
        record("application.access_revoked", by=by, target=application.audit_name, grants=ended, consents=forgotten)
    return ended


def delete_application(*, by: str, application: Application) -> None:
    """Delete a client with its secrets and all tokens. Raises BuiltinApplication.

    Its grants end first, in a transaction of their own: apps that go on asking for tokens would hold up the removal. Never
    inside a transaction.
    """
    if not application.is_builtin:
        Grant.objects.filter(application=application, revoked_at=None).update(revoked_at=timezone.now())
    insist(partial(_remove, by=by, application_id=application.pk))


@transaction.atomic
def _remove(*, by: str, application_id: str) -> None:
    found = Application.objects.filter(pk=application_id)
    if found.exclude(pk__in=BUILT_IN).exists():
        Grant.objects.filter(application_id=application_id).delete()  # the most of it, while nobody has to wait
    application = found.select_for_update().first()  # what would be stored for it meanwhile waits
    if application is not None:
        applications.delete_application(by=by, application=application)


def revoke_all_grants(*, user: User, reason: str, keep_session_id: str = "", keep_grant_id: str = "") -> None:
    """End everything that every application holds of a person, but for what began in the session to keep, and one grant."""
    for grant in live_grants(user):
        if (keep_session_id and grant.session_id == keep_session_id) or grant.pk == keep_grant_id:
            continue
        revoke_grant(grant=grant, reason=reason)


def _connection(rows: list[Grant | Consent]) -> Connection:
    grants = [row for row in rows if isinstance(row, Grant)]
    since = min(row.created_at if isinstance(row, Grant) else row.updated_at for row in rows)
    return Connection(rows[0].application, _scopes(row.scope for row in rows), since, len(grants))


def _scopes(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for text in texts for name in text.split()))
