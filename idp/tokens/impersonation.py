"""Administrators who act as a person, for a reason that is written down (docs/adr/0014-impersonation.md)."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from idp.applications.models import TOKEN_EXCHANGE, Application
from idp.audit.services import record
from idp.lib import ids
from idp.tokens.errors import ApplicationCannotExchange, CannotImpersonate
from idp.tokens.models import SubjectToken
from idp.users.models import User
from idp.users.roles import GRANTED, Permission

LIFETIME = timedelta(minutes=10)  # of the subject token, and of every token that comes from it


@transaction.atomic
def impersonate(*, by: User, user: User, application: Application, reason: str) -> str:
    """`sub_…`, once, for ten minutes and for this application alone. Returned this once, stored as its digest.

    Raises CannotImpersonate, ApplicationCannotExchange.
    """
    if not _is_allowed(by, user):
        raise CannotImpersonate
    if not application.allows_grant_type(TOKEN_EXCHANGE):
        raise ApplicationCannotExchange
    value = ids.subject_token()
    SubjectToken.objects.create(
        pk=ids.digest(value), user=user, administrator_id=by.pk, application_id=application.pk,
        expires_at=timezone.now() + LIFETIME,
    )  # fmt: skip
    record(
        "user.impersonated", by=by.audit_name, target=user.audit_name, application=application.pk, given_reason=reason
    )
    return value


def actor_of(token: SubjectToken) -> dict[str, Any] | None:
    """`act` of whoever exchanges it: the administrator, as long as they and the person are what they were. None: no longer."""
    administrator = User.objects.filter(pk=token.administrator_id).first()
    if administrator is None or not _is_allowed(administrator, token.user):
        return None
    return {"sub": administrator.pk}


def _is_allowed(administrator: User, user: User) -> bool:
    """Owners and administrators, for people who administer nothing: whoever could act as a colleague could hide behind them."""
    may = administrator.is_active and Permission.MANAGE in GRANTED.get(administrator.staff_role, ())
    return may and not user.is_staff and not user.is_suspended
