"""Links that sign somebody in once (Logto section 5.9): make them, use them up, take them back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from idp.audit.services import record
from idp.lib.errors import DomainError
from idp.lib.ids import client_secret, digest
from idp.users import identifiers
from idp.users.models import User
from idp.verification.errors import (
    TokenCannotReactivate,
    TokenConsumed,
    TokenEmailMismatch,
    TokenExpired,
    TokenNotFound,
    TokenRevoked,
)
from idp.verification.models import OneTimeToken

LIFETIME = timedelta(minutes=10)
_Status = OneTimeToken.Status


@transaction.atomic
def create(
    *,
    by: str,
    email: str,
    lifetime: timedelta = LIFETIME,
    context: dict[str, Any] | None = None,
    by_owner: bool = False,
) -> tuple[OneTimeToken, str]:
    """A token of 32 characters for this email address; others that still live stay valid. Raises InvalidIdentifier.

    The app sends it on as `one_time_token` with `login_hint`. It cannot be read again. Administrators are signed in by an
    owner's only, also those who became one, or got this address, after it was made.
    """
    email, now, token = identifiers.clean("email", email), timezone.now(), client_secret()
    OneTimeToken.objects.filter(email=email, status=_Status.ACTIVE, expires_at__lte=now).update(status=_Status.EXPIRED)
    row = OneTimeToken.objects.create(
        digest=digest(token), email=email, context=context or {}, by_owner=by_owner, expires_at=now + lifetime
    )  # fmt: skip
    record("one_time_token.created", by=by, target=f"one-time-token:{row.pk}")
    return row, token


def consume(*, token_digest: str, email: str, prove: Callable[[], None]) -> OneTimeToken:
    """Use up a token, once; `prove` writes down what it proves, in the same transaction.

    Raises TokenNotFound, TokenEmailMismatch, TokenConsumed, TokenRevoked, TokenExpired.
    """
    row = OneTimeToken.objects.filter(digest=token_digest).first()
    if row is None:
        raise TokenNotFound
    if row.email != email:
        raise TokenEmailMismatch
    _refuse_for_administrator(row)
    with transaction.atomic():
        live = OneTimeToken.objects.filter(pk=row.pk, status=_Status.ACTIVE, expires_at__gt=timezone.now())
        if live.update(status=_Status.CONSUMED):
            prove()
            record("one_time_token.consumed", target=f"one-time-token:{row.pk}")
            return row
    row.refresh_from_db()
    raise _why_over(row)


@transaction.atomic
def revoke(*, by: str, row: OneTimeToken) -> None:
    """Take a link back. Raises TokenCannotReactivate when it is over already."""
    if not OneTimeToken.objects.filter(pk=row.pk, status=_Status.ACTIVE).update(status=_Status.REVOKED):
        raise TokenCannotReactivate
    record("one_time_token.revoked", by=by, target=f"one-time-token:{row.pk}")


def _refuse_for_administrator(row: OneTimeToken) -> None:
    """Whoever may help people could otherwise keep a link for the day on which somebody becomes their colleague."""
    if row.by_owner or not User.objects.administrators().filter(primary_email=row.email).exists():
        return
    if OneTimeToken.objects.filter(pk=row.pk, status=_Status.ACTIVE).update(status=_Status.REVOKED):
        record("one_time_token.revoked", target=f"one-time-token:{row.pk}")
    raise TokenRevoked


def _why_over(row: OneTimeToken) -> DomainError:
    return {_Status.CONSUMED: TokenConsumed, _Status.REVOKED: TokenRevoked}.get(_Status(row.status), TokenExpired)()
