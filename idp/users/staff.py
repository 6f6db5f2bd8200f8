"""Who administers this installation: invite, accept, change a role, take access away. Each is written to the log."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from idp.audit.services import record
from idp.lib.ids import client_secret, digest
from idp.users import identifiers, passwords
from idp.users.errors import CannotBeAdministrator, IdentifierTaken, InvitationOver
from idp.users.models import ApiKey, Invitation, StaffRole, StaffSession, User
from idp.users.services import create_administrator, refuse_last_owner

LIFETIME = timedelta(days=3)


def invite(*, by: str, email: str, role: StaffRole) -> tuple[Invitation, str]:
    """An invitation and its token of 32 characters, which cannot be read again. Earlier ones for this address are over.

    Raises InvalidIdentifier; IdentifierTaken when somebody has this address, who can be given the role at once.
    """
    email, token = identifiers.clean("email", email), client_secret()
    if User.objects.by_identifier("email", email):
        raise IdentifierTaken("email")
    with transaction.atomic():
        pending().filter(email=email).update(over_at=timezone.now())
        row = Invitation.objects.create(
            digest=digest(token), email=email, role=role, invited_by=by, expires_at=timezone.now() + LIFETIME
        )
        record("administrator.invited", by=by, target=f"invitation:{row.pk}", email=email, role=str(role))
    return row, token


@transaction.atomic
def renew_invitation(*, by: str, invitation: Invitation) -> str:
    """Another token, for three days from now; the one before is void. Raises InvitationOver, also for who was not the first."""
    token = client_secret()
    same = pending().filter(pk=invitation.pk, digest=invitation.digest)
    if not same.update(digest=digest(token), expires_at=timezone.now() + LIFETIME, message="", lost_at=None):
        raise InvitationOver
    record("administrator.invitation_renewed", by=by, target=f"invitation:{invitation.pk}", email=invitation.email)
    return token


def pending() -> QuerySet[Invitation]:
    return Invitation.objects.filter(over_at=None, expires_at__gt=timezone.now())


def find_invitation(token: str) -> Invitation:
    """Raises InvitationOver."""
    row = pending().filter(digest=digest(token)).first()
    if row is None:
        raise InvitationOver
    return row


def accept_invitation(*, token: str, username: str, password: str, name: str | None = None) -> User:
    """Use up the invitation, once: the new administrator. When the account cannot be made, it stays.

    Raises InvitationOver, PasswordRejected, InvalidIdentifier, IdentifierTaken.
    """
    row = find_invitation(token)
    password_hash = passwords.hash_new(password, User(username=username, primary_email=row.email, name=name))
    with transaction.atomic():
        if not pending().filter(pk=row.pk).update(over_at=timezone.now()):
            raise InvitationOver
        user = create_administrator(
            by="", username=username, password_hash=password_hash, email=row.email, name=name, role=StaffRole(row.role)
        )
        record("administrator.accepted", by=user.audit_name, target=f"invitation:{row.pk}", role=row.role)
    return user


@transaction.atomic
def revoke_invitation(*, by: str, invitation: Invitation) -> None:
    """Raises InvitationOver when there is nothing to take back."""
    if not pending().filter(pk=invitation.pk).update(over_at=timezone.now()):
        raise InvitationOver
    record("administrator.invitation_revoked", by=by, target=f"invitation:{invitation.pk}", email=invitation.email)


@transaction.atomic
def set_role(*, by: str, user: User, role: StaffRole) -> None:
    """Make somebody an administrator, or change what they may do. Raises CannotBeAdministrator, LastOwner."""
    if not user.username or not user.has_password:
        raise CannotBeAdministrator
    if role != StaffRole.OWNER:
        refuse_last_owner(user)
    before = User.objects.select_for_update().get(pk=user.pk).staff_role
    User.objects.filter(pk=user.pk).update(
        is_staff=True, staff_role=role, is_superuser=role == StaffRole.OWNER, updated_at=timezone.now()
    )
    record("administrator.role_changed", by=by, target=user.audit_name, before=before, role=str(role))


@transaction.atomic
def remove_access(*, by: str, user: User) -> None:
    """The person stays; their sessions of the console end, and their API keys are gone. Raises LastOwner."""
    refuse_last_owner(user)
    changed = User.objects.filter(pk=user.pk, is_staff=True).update(
        is_staff=False, staff_role="", is_superuser=False, staff_epoch=F("staff_epoch") + 1, updated_at=timezone.now()
    )
    if changed:
        StaffSession.objects.filter(user=user).delete()
        ApiKey.objects.filter(administrator=user).delete()
        record("administrator.removed", by=by, target=user.audit_name)
