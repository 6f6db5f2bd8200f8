"""Sign-in sessions: who is signed in in this browser."""

import time
from datetime import timedelta

from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone

from idp.audit import caller
from idp.audit.services import record
from idp.lib.ids import digest, opaque_token
from idp.lib.lookup import Lookup
from idp.signin import cookies, kept
from idp.signin.models import Session
from idp.tokens import logout
from idp.tokens.grants import live_grants
from idp.tokens.services import revoke_grant
from idp.users.models import User

_sessions = Lookup(Session, "user")


def start_session(
    *, request: HttpRequest, user: User, method: str, amr: list[str], auth_time: int | None = None
) -> tuple[Session, str]:
    """A new session for this browser and the token for its cookie; the one before it ends (no session fixation).

    The same person goes on under the same `sid`, which is what applications and their grants know the session by. Somebody
    else's is signed out.
    """
    token = opaque_token()
    expires_at = timezone.now() + timedelta(days=kept.settings().experience.session_days)
    with transaction.atomic():
        old = _session_of_browser(request)
        known = {"sid": old.sid} if old is not None and old.user_id == user.pk else {}
        if old is not None and known:
            old.delete()
        elif old is not None:
            end_session(by=old.user.audit_name, session=old)
        session = Session.objects.create(
            pk=digest(token), user=user, auth_time=auth_time or int(time.time()), method=method, amr=amr, expires_at=expires_at,
            address=caller.current().address, user_agent=caller.current().user_agent, **known,
        )  # fmt: skip
    return session, token


def find_session(request: HttpRequest) -> Session | None:
    """The live session of this browser whose person may still sign in."""
    token = cookies.session_token(request)
    if not token:
        return None
    session = _sessions.find(digest(token))
    if session is None or session.expires_at <= timezone.now() or session.user.is_suspended:
        return None
    return session


def end_session_of_browser(*, request: HttpRequest) -> None:
    """Sign this browser out. Other browsers of the person stay signed in."""
    session = _session_of_browser(request)
    if session is not None:
        end_session(by=session.user.audit_name, session=session)


def _session_of_browser(request: HttpRequest) -> Session | None:
    """Also one that is over, or whose person may not sign in any more."""
    token = cookies.session_token(request)
    return Session.objects.select_related("user").filter(pk=digest(token)).first() if token else None


@transaction.atomic
def end_session(*, by: str, session: Session) -> None:
    """End a session: its applications are told (back-channel logout), and what they may do without the person goes on.

    Grants with offline_access keep their refresh tokens; the others end here (OpenID Connect Core 11).
    """
    record("user.signed_out", by=by, target=session.user.audit_name)
    _end(session)


@transaction.atomic
def end_session_and_grants(*, by: str, session: Session, whose: str, reason: str) -> None:
    """End a session, and what applications got there, even what was to last longer: `whose` is `all`, or `firstParty` for ours."""
    end_session(by=by, session=session)
    for grant in live_grants(session.user).filter(session_id=session.sid):
        if whose == "all" or not grant.application.is_third_party:
            revoke_grant(grant=grant, reason=reason)


@transaction.atomic
def end_all_sessions(*, by: str, user: User, keep: Session | None = None) -> int:
    """Sign the person out of every browser (but the one to keep), each as end_session does; returns how many there were."""
    sessions = list(Session.objects.filter(user=user).exclude(pk=keep.pk if keep else ""))
    if sessions:
        record("user.signed_out", by=by, target=user.audit_name, sessions=len(sessions))
    for session in sessions:
        _end(session)
    return len(sessions)


def live_sessions(user: User) -> models.QuerySet[Session]:
    """Where the person is signed in, the latest first."""
    return Session.objects.filter(user=user, expires_at__gt=timezone.now()).order_by("-created_at", "-pk")


def _end(session: Session) -> None:
    session.delete()
    logout.end_online_grants(session_id=session.sid)
    logout.notify_applications(user_id=session.user_id, session_id=session.sid)
