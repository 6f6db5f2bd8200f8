"""Invitations to administer that go out by email. The link is in the message alone: nobody sees it here, and it is not kept."""

from collections.abc import Callable, Collection
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from connectors.ports import ConnectorType, UsageType
from idp.audit.services import record
from idp.lib.ids import standard_id
from idp.messaging import pending, sending
from idp.messaging.errors import ConnectorMissing, DeliveryFailed
from idp.messaging.models import PendingMessage, SentMessage
from idp.messaging.services import is_set_up
from idp.users import staff
from idp.users.models import Invitation, StaffRole, User

_PATIENCE = timedelta(hours=1)  # after which nothing is tried any more
LinkOf = Callable[[str], str]  # the address that a token belongs into


class State(StrEnum):
    """What became of the message."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"  # whoever sent it was stopped before there was an answer


def can_send() -> bool:
    return is_set_up(ConnectorType.EMAIL)


def invite(*, by: User, email: str, role: StaffRole, link_of: LinkOf) -> tuple[Invitation, bool]:
    """Invite somebody and send them the link; with it whether the message is under way. False when it is known already that
    it was not sent.

    Raises InvalidIdentifier, IdentifierTaken.
    """
    with transaction.atomic():
        row, token = staff.invite(by=by.audit_name, email=email, role=role)
        message = _write(row, by, link_of(token))
    return row, _send(row, message, by=by)


def send_again(*, by: User, invitation: Invitation, link_of: LinkOf) -> bool:
    """Send another link; the one before does nothing any more. Is the message under way? Raises InvitationOver."""
    with transaction.atomic():
        pending.withdraw(reference=invitation.message)
        token = staff.renew_invitation(by=by.audit_name, invitation=invitation)
        message = _write(invitation, by, link_of(token))
    return _send(invitation, message, by=by)


def renew(*, by: str, invitation: Invitation) -> str:
    """Another token, to be passed on by hand; the link before does nothing any more. Raises InvitationOver."""
    with transaction.atomic():
        pending.withdraw(reference=invitation.message)
        return staff.renew_invitation(by=by, invitation=invitation)


def accept(*, token: str, **account: Any) -> User:
    """Use the invitation up, once: the new administrator, as staff.accept_invitation makes and refuses them.

    A message that still waits to be sent, because nobody knows whether it arrived, is not sent once more.
    """
    message = staff.find_invitation(token).message
    user = staff.accept_invitation(token=token, **account)  # hashes a password, so in no transaction of ours
    pending.withdraw(reference=message)
    return user


def revoke(*, by: str, invitation: Invitation) -> None:
    """Raises InvitationOver when there is nothing to take back."""
    with transaction.atomic():
        staff.revoke_invitation(by=by, invitation=invitation)
        pending.withdraw(reference=invitation.message)


def states(invitations: Collection[Invitation]) -> dict[str, State]:
    """By the id of the invitation, of those that went by email. Two statements, however many there are."""
    mailed = [one for one in invitations if one.message]
    references = [one.message for one in mailed]
    waiting = set(PendingMessage.objects.filter(reference__in=references).values_list("reference", flat=True))
    attempts = SentMessage.objects.filter(reference__in=references).order_by("created_at")
    latest = dict(attempts.values_list("reference", "status"))
    return {one.pk: _state(one, waiting, latest) for one in mailed}


def note_lost(*, reference: str, **_: Any) -> None:
    """A message that had gone on by itself was not sent."""
    row = Invitation.objects.filter(message=reference).first() if reference else None
    if row is not None:
        _lose(row, reference, by=row.invited_by)


def _state(row: Invitation, waiting: set[str], latest: dict[str, str]) -> State:
    status = SentMessage.Status
    if row.lost_at or latest.get(row.message) == status.FAILED:
        return State.FAILED
    if latest.get(row.message) in (status.ACCEPTED, status.SENT, status.DELIVERED):
        return State.SENT
    return State.SENDING if row.message in waiting else State.UNKNOWN


def _write(row: Invitation, by: User, link: str) -> PendingMessage:
    """In the transaction of the invitation."""
    reference = standard_id()
    Invitation.objects.filter(pk=row.pk).update(message=reference, lost_at=None)
    variables = {
        "link": link, "inviter": by.display_name, "role": row.get_role_display(),
        "host": urlsplit(settings.ENDPOINT).hostname or "",
    }  # fmt: skip
    return pending.write(
        type=ConnectorType.EMAIL, to=row.email, usage_type=UsageType.ADMINISTRATOR_INVITATION, variables=variables,
        expires_at=timezone.now() + _PATIENCE, reference=reference,
    )  # fmt: skip


def _send(row: Invitation, message: PendingMessage, *, by: User) -> bool:
    try:
        sending.send(message)
    except (ConnectorMissing, DeliveryFailed):
        _lose(row, message.reference, by=by.audit_name)
        return False
    return True


@transaction.atomic
def _lose(row: Invitation, reference: str, *, by: str) -> None:
    if Invitation.objects.filter(pk=row.pk, message=reference, lost_at=None).update(lost_at=timezone.now()):
        target = f"invitation:{row.pk}"
        record("administrator.invitation_not_sent", by=by, target=target, succeeded=False, email=row.email)
