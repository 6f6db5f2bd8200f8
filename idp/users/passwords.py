"""Check and set passwords. Hashing takes 25 ms, so it happens before any transaction is opened."""

from django.contrib.auth.hashers import check_password, make_password

from idp.users.errors import PasswordRejected
from idp.users.models import User
from idp.users.policy import PasswordPolicy, issues

# Checked when there is no such person, so that the answer takes the same time.
_NOBODYS_HASH = make_password("nobody's password")


def verify(user: User | None, password: str) -> bool:
    """Is this the person's password? Takes the same time when there is no person or no password.

    A hash made with older parameters is replaced on the way (Django's `must_update`).
    """
    if user is None or not user.has_password:
        check_password(password, _NOBODYS_HASH)
        return False
    return user.check_password(password)


def hash_new(password: str, user: User | None = None, policy: PasswordPolicy | None = None) -> str:
    """Validate a new password and return its hash; raises PasswordRejected with everything that is wrong."""
    if found := issues(password, policy or PasswordPolicy(), user):
        raise PasswordRejected(" ".join(issue.message for issue in found), tuple(issue.code for issue in found))
    return make_password(password)
