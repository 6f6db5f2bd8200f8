"""Whom a token that is presented for exchange stands for (RFC 8693 sections 2.1 and 3). Nothing is consumed here."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from idp.applications import clients
from idp.lib.ids import digest
from idp.tokens import impersonation, services
from idp.tokens.keys import read_own_token
from idp.tokens.models import Grant, PersonalAccessToken, SubjectToken
from idp.users.models import User

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105  a name
IMPERSONATION_TOKEN = "urn:logto:token-type:impersonation_token"  # noqa: S105  a name
PERSONAL_ACCESS_TOKEN = "urn:logto:token-type:personal_access_token"  # noqa: S105  a name


@dataclass(frozen=True)
class Subject:
    """A person, and how far the token that names them reaches: None is no limit."""

    user: User
    scopes: frozenset[str] | None = None
    expires_at: datetime | None = None
    grant: Grant | None = None
    actor: dict[str, Any] | None = None  # who acts for the person already (`act`)
    once: SubjectToken | None = None  # to be used up
    application_id: str = ""  # the only one that may exchange it; empty: any


def find_subject(token: str, token_type: str) -> Subject | None:
    """The subject of a live token of this type, whose person may sign in; else None."""
    for read in READERS[token_type]:
        if (subject := read(token)) is not None:
            return None if subject.user.is_suspended else subject
    return None


def _of_opaque_token(value: str) -> Subject | None:
    token = services.find_access_token(value)
    if token is None or token.user is None or not _is_first_party(token.application_id):
        return None
    return Subject(token.user, frozenset(token.scope.split()), token.expires, grant=token.grant, actor=token.act)


def _of_jwt(value: str) -> Subject | None:
    """An access token for an API (RFC 9068), not an ID token, and not one that a machine got for itself."""
    if not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", value, re.ASCII):
        return None
    claims = read_own_token(value, typ="at+jwt")
    if claims is None or claims["exp"] <= time.time() or claims["sub"] == claims["client_id"]:
        return None
    user, grant = _person(claims) if _is_first_party(claims["client_id"]) else (None, None)
    if user is None:
        return None
    expires_at = datetime.fromtimestamp(claims["exp"], UTC)
    return Subject(user, frozenset(claims["scope"].split()), expires_at, grant=grant, actor=claims.get("act"))


def _person(claims: dict[str, Any]) -> tuple[User | None, Grant | None]:
    """By the grant that a JWT descends from, while that holds. One that was got for a `sub_…` or `pat_…` names none."""
    if "grant_id" not in claims:
        return User.objects.filter(pk=claims["sub"]).first(), None
    live = Grant.objects.filter(revoked_at=None, expires_at__gt=timezone.now()).select_related("user")
    grant = live.filter(pk=claims["grant_id"]).first()
    return (grant.user, grant) if grant else (None, None)


def _of_subject_token(value: str) -> Subject | None:
    if not value.startswith("sub_"):
        return None
    live = SubjectToken.objects.filter(pk=digest(value), consumed_at=None, expires_at__gt=timezone.now())
    token = live.select_related("user").first()
    if token is None or token.user.is_staff:
        return None  # made before they became an administrator: nobody acts as one
    if not token.administrator_id:
        return Subject(token.user, once=token)
    actor, expires_at = impersonation.actor_of(token), timezone.now() + impersonation.LIFETIME
    if actor is None:
        return None
    return Subject(token.user, None, expires_at, actor=actor, once=token, application_id=token.application_id)


def _of_personal_access_token(value: str) -> Subject | None:
    token = PersonalAccessToken.objects.select_related("user").filter(pk=digest(value)).first()
    if token is None or (token.expires_at is not None and token.expires_at <= timezone.now()):
        return None
    return Subject(token.user)


def _is_first_party(client_id: str | None) -> bool:
    client = clients.get(client_id) if client_id else None
    return client is not None and not client.application.is_third_party


READERS: dict[str, tuple[Callable[[str], Subject | None], ...]] = {
    ACCESS_TOKEN: (_of_subject_token, _of_jwt, _of_opaque_token),  # Logto's SDKs once sent sub_… under this name
    IMPERSONATION_TOKEN: (_of_subject_token,),
    PERSONAL_ACCESS_TOKEN: (_of_personal_access_token,),
}
