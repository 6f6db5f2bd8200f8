"""What happens to an account that must also reach the browsers where it is signed in: users is below, and knows none."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from idp.lib.conflicts import insist
from idp.mfa.trust import forget_all_devices
from idp.signin.models import SignInExperience
from idp.signin.sessions import end_all_sessions
from idp.tokens.grants import revoke_all_grants
from idp.tokens.models import Grant
from idp.users import passwords
from idp.users import services as users
from idp.users.models import User
from idp.verification.models import AddressProof, PersonProof, VerificationCode


def reset_password(*, by: str, user: User, password: str) -> None:
    """Give a person a new password and sign them out everywhere, apps on phones included: whoever knew the old one is out.

    Raises PasswordRejected.
    """
    password_hash = passwords.hash_new(password, user, SignInExperience.load().passwords)
    with transaction.atomic():
        users.set_password(by=by, user=user, password_hash=password_hash)
        end_all_sessions(by=by, user=user)
        revoke_all_grants(user=user, reason="new password")
        forget_all_devices(by=by, user=user)


@transaction.atomic
def suspend(*, by: str, user: User) -> None:
    """Lock a person out, now and until they are reactivated. Raises LastAdministrator."""
    users.set_suspended(by=by, user=user, suspended=True)
    end_all_sessions(by=by, user=user)


def delete(*, by: str, user: User) -> None:
    """Everything of this person goes; the apps that they are signed in to are told. Raises LastAdministrator.

    The log keeps that there was somebody with this id. They are signed out first, in a transaction of its own: apps that go on
    asking for tokens would hold up their removal. Never inside a transaction.
    """
    with transaction.atomic():
        users.refuse_last_owner(user)
        end_all_sessions(by=by, user=user)
        Grant.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())
    insist(partial(_remove, by=by, user_id=user.pk))


@transaction.atomic
def _remove(*, by: str, user_id: str) -> None:
    user = User.objects.select_for_update().filter(pk=user_id).first()  # what would be stored for them meanwhile waits
    if user is None:
        return  # somebody else was faster
    recipients = [value for value in (user.primary_email, user.primary_phone) if value]
    VerificationCode.objects.filter(recipient__in=recipients).delete()
    for proof in (PersonProof, AddressProof):
        proof.objects.filter(user_id=user.pk).delete()
    users.delete_user(by=by, user=user)
