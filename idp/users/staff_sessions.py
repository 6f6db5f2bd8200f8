"""In which browsers administrators are signed in to the console (and the data browser), and the end of that.

Django's session of such a browser names a StaffSession; without that row it is worth nothing. So one of them is ended by
deleting one row, and those of one person are found by an index.
"""

import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from idp.audit import caller
from idp.audit.services import record
from idp.users.models import StaffSession, User

KEY = "staff_session"  # in Django's session
_PROVEN = "staff_proven"  # there: when this person last proved who they are, in seconds
_STALE = timedelta(minutes=1)  # how exactly `last_used_at` is known
IDLE = timedelta(seconds=settings.SESSION_COOKIE_AGE)


def begin(*, session: SessionBase, user: User) -> StaffSession:
    """Somebody signed in in this browser; what it was signed in as before is over."""
    StaffSession.objects.filter(pk=session.get(KEY)).delete()
    now = caller.current()
    row: StaffSession = StaffSession.objects.create(
        user=user, auth_hash=user.get_session_auth_hash(), address=now.address, user_agent=now.user_agent
    )
    session[KEY] = row.pk
    session[_PROVEN] = int(time.time())
    return row


def note_proof(*, session: SessionBase, user: User) -> None:
    """Somebody who is signed in in this browser just proved once more who they are."""
    session[_PROVEN] = int(time.time())
    record("administrator.proven", by=user.audit_name, target=user.audit_name)


def note_failed_proof(*, user: User, reason: str) -> None:
    record("administrator.not_proven", by=user.audit_name, target=user.audit_name, succeeded=False, reason=reason)


def is_proven(session: SessionBase, *, within: timedelta) -> bool:
    """Was that so lately? What a clock that was put back has in the future does not count."""
    age = time.time() - session.get(_PROVEN, 0)
    return -1 < age < within.total_seconds()


def find(session: SessionBase, user: User) -> StaffSession | None:
    """The row that this browser's session stands on, unless it was ended."""
    return _alive().filter(pk=session.get(KEY), user=user).first()


def touch(row: StaffSession) -> None:
    """It was used just now. Written at most once a minute; one that was ended meanwhile stays so."""
    now = timezone.now()
    if row.last_used_at < now - _STALE:
        where = caller.current()
        StaffSession.objects.filter(pk=row.pk).update(
            last_used_at=now, address=where.address, user_agent=where.user_agent
        )


def open_sessions(user: User) -> QuerySet[StaffSession]:
    """Those that are good for another page, the one used last first; a new password has ended those before it."""
    return _alive().filter(user=user, auth_hash=user.get_session_auth_hash()).order_by("-last_used_at", "pk")


def renew(*, session: SessionBase, user: User) -> None:
    """This browser stays signed in although the password is new or the others were signed out."""
    StaffSession.objects.filter(pk=session.get(KEY)).update(auth_hash=user.get_session_auth_hash())


def leave(*, session: SessionBase) -> None:
    """Somebody signs out in this browser."""
    StaffSession.objects.filter(pk=session.get(KEY)).delete()


@transaction.atomic
def end(*, by: str, user: User, session_id: str) -> bool:
    """Sign an administrator out of the console in one browser. False when that was over already."""
    if not StaffSession.objects.filter(pk=session_id, user=user).delete()[0]:
        return False
    record("administrator.session_ended", by=by, target=user.audit_name, session=session_id)
    return True


@transaction.atomic
def end_all(*, by: str, user: User, besides: SessionBase | None = None) -> None:
    """Sign an administrator out of the console, in every browser or in all but one, which the caller then renews."""
    User.objects.filter(pk=user.pk).update(staff_epoch=F("staff_epoch") + 1)
    StaffSession.objects.filter(user=user).exclude(pk=besides.get(KEY) if besides else None).delete()
    record("administrator.signed_out", by=by, target=user.audit_name, besides_this_one=besides is not None)


def _alive() -> QuerySet[StaffSession]:
    return StaffSession.objects.filter(last_used_at__gt=timezone.now() - IDLE - _STALE)


def on_login(*, request: Any, user: User, **_: object) -> None:
    begin(session=request.session, user=user)


def on_logout(*, request: Any, **_: object) -> None:
    leave(session=request.session)
