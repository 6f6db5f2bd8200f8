"""Tokens that are there to be exchanged for others, and the exchange (RFC 8693)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from idp.applications.models import Application
from idp.audit.services import record
from idp.lib import ids
from idp.tokens.errors import AlreadyConsumed, PersonalAccessTokenExpiresInThePast, PersonalAccessTokenNameTaken
from idp.tokens.models import AccessToken, PersonalAccessToken, SubjectToken
from idp.tokens.services import NewTokens
from idp.tokens.subjects import Subject
from idp.users.models import User

SUBJECT_TOKEN_LIFETIME = timedelta(seconds=600)


@transaction.atomic
def create_subject_token(*, by: str, user: User, context: dict[str, Any] | None = None) -> str:
    """`sub_…`: whoever exchanges it within ten minutes acts as this person, once. Returned this once, stored as its digest."""
    value = ids.subject_token()
    SubjectToken.objects.create(
        pk=ids.digest(value), user=user, context=context or {}, expires_at=timezone.now() + SUBJECT_TOKEN_LIFETIME
    )
    record("subject_token.created", by=by, target=user.audit_name)
    return value


@transaction.atomic
def create_personal_access_token(*, by: str, user: User, name: str, expires_at: datetime | None = None) -> str:
    """`pat_…`, for scripts of a person. Raises PersonalAccessTokenNameTaken, PersonalAccessTokenExpiresInThePast."""
    if expires_at is not None and expires_at <= timezone.now():
        raise PersonalAccessTokenExpiresInThePast
    value = ids.personal_access_token()
    try:
        with transaction.atomic():
            PersonalAccessToken.objects.create(
                pk=ids.digest(value), user=user, name=name, value=value, expires_at=expires_at
            )
    except IntegrityError as error:
        raise PersonalAccessTokenNameTaken from error
    record("personal_access_token.created", by=by, target=user.audit_name, name=name)
    return value


@transaction.atomic
def delete_personal_access_token(*, by: str, token: PersonalAccessToken) -> None:
    """It can be exchanged no more; what it was exchanged for lives on until it expires."""
    target, name = token.user.audit_name, token.name
    token.delete()
    record("personal_access_token.deleted", by=by, target=target, name=name)


@transaction.atomic
def exchange(
    *, subject: Subject, act: dict[str, Any] | None, application: Application, audience: str, tokens: NewTokens
) -> None:
    """Use up a subject token that is good for once, and store what it was exchanged for. Raises AlreadyConsumed.

    An opaque token that came from another one ends with the grant of that one.
    """
    now = timezone.now()
    if subject.once is not None:
        unused = SubjectToken.objects.filter(pk=subject.once.pk, consumed_at=None, expires_at__gt=now)
        if not unused.update(consumed_at=now):
            raise AlreadyConsumed
    if tokens.access_token:
        AccessToken(
            token_checksum=ids.digest(tokens.access_token), scope=tokens.access_token_scope, grant=subject.grant,
            user=subject.user, application=application, act=act, expires=now + timedelta(seconds=tokens.expires_in),
        ).save(force_insert=True)  # fmt: skip
    record(
        "token.exchanged", by=application.audit_name, target=subject.user.audit_name, actor=(act or {}).get("sub", ""), audience=audience,
        scope=tokens.access_token_scope,
    )  # fmt: skip
