"""Telling applications that a session has ended (OpenID Connect Back-Channel Logout 1.0).

A notice is written in the transaction that ends the session, and delivered by `manage.py work` (a part of `serve`): tried
again with growing pauses, for a day at most.
"""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from connectors.ports import ConnectorError
from connectors.registry import back_channel
from idp.applications.models import Application
from idp.audit.services import record
from idp.lib import bell
from idp.lib.ids import standard_id
from idp.tokens.keys import keystore
from idp.tokens.models import Grant, LogoutNotice
from idp.tokens.services import revoke_grant

logger = logging.getLogger(__name__)
EVENT = "http://schemas.openid.net/event/backchannel-logout"
TOKEN_LIFETIME = 120  # seconds
_PAUSES = (1, 5, 30, 120, 600, 3600, 6 * 3600, 12 * 3600)  # seconds before each further attempt


def end_online_grants(*, session_id: str) -> None:
    """Grants without offline_access live as long as the session."""
    for grant in Grant.objects.filter(session_id=session_id, revoked_at=None):
        if "offline_access" not in grant.scope.split():
            revoke_grant(grant=grant, reason="session ended")


def notify_applications(*, user_id: str, session_id: str) -> None:
    """Write a notice for each application of the session that wants one."""
    applications = (
        Application.objects.filter(grants__session_id=session_id).exclude(backchannel_logout_uri="").distinct()
    )
    now = timezone.now()
    LogoutNotice.objects.bulk_create(
        LogoutNotice(application=application, user_id=user_id, session_id=session_id, next_attempt_at=now)
        for application in applications
    )
    bell.ring_on_commit()


def deliver_due() -> int:
    """Deliver the notices whose time has come; returns how many were tried. Safe to run in several processes."""
    now = timezone.now()
    due = LogoutNotice.objects.filter(delivered_at=None, given_up_at=None, next_attempt_at__lte=now)
    tried = 0
    for notice in due.select_related("application")[:50]:
        tried += _deliver(notice)
    return tried


def _deliver(notice: LogoutNotice) -> bool:
    """Claim the notice by moving its next attempt, then send; whoever fails to claim it leaves it alone."""
    pause = _PAUSES[min(notice.attempts, len(_PAUSES) - 1)]
    claimed = LogoutNotice.objects.filter(pk=notice.pk, attempts=notice.attempts, delivered_at=None).update(
        attempts=models.F("attempts") + 1, next_attempt_at=timezone.now() + timedelta(seconds=pause)
    )
    if not claimed:
        return False
    try:
        back_channel(allow_private=settings.ALLOW_PRIVATE_ADDRESSES).post_logout_token(
            notice.application.backchannel_logout_uri, logout_token(notice)
        )
    except ConnectorError as error:
        _failed(notice, error)
    else:
        _delivered(notice)
    return True


def logout_token(notice: LogoutNotice) -> str:
    """Section 2.4 of the specification; the `sid` goes to clients that want it."""
    now = int(time.time())
    application = notice.application
    claims = {
        "iss": settings.ISSUER,
        "aud": application.client_id,
        "iat": now,
        "exp": now + TOKEN_LIFETIME,
        "jti": standard_id(),
        "events": {EVENT: {}},
        "sub": notice.user_id,
    }
    if application.backchannel_logout_session_required:
        claims["sid"] = notice.session_id
    return keystore().signer(application.algorithm).sign(claims, typ="logout+jwt")


@transaction.atomic
def _delivered(notice: LogoutNotice) -> None:
    LogoutNotice.objects.filter(pk=notice.pk).update(delivered_at=timezone.now(), last_error="")
    record("application.logout_delivered", target=notice.application.audit_name, user=notice.user_id)


@transaction.atomic
def _failed(notice: LogoutNotice, error: ConnectorError) -> None:
    last = notice.attempts + 1 >= len(_PAUSES)
    LogoutNotice.objects.filter(pk=notice.pk).update(
        last_error=str(error)[:400], given_up_at=timezone.now() if last else None
    )
    logger.warning("Back-channel logout of %s: %s", notice.application_id, error)
    if last:
        record(
            "application.logout_undelivered", target=notice.application.audit_name, succeeded=False, user=notice.user_id
        )
