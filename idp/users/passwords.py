"""Check and set passwords. Hashing takes 25 ms, so it happens before any transaction is opened."""

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from idp.users.errors import PasswordRejected
from idp.users.models import User

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


def hash_new(password: str, user: User | None = None) -> str:
    """Validate a new password and return its hash; raises PasswordRejected with what to change."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordRejected(" ".join(error.messages)) from error
    return make_password(password)
