"""The proof of the person: kept for one session, on the server, and for ten minutes."""

from datetime import timedelta

from django.utils import timezone

from idp.verification.errors import ProofRequired
from idp.verification.models import PersonProof

VALID_FOR = timedelta(minutes=10)


def remember(*, session_id: str, user_id: str, method: str) -> None:
    """The person in this session has just proved who they are: with their `password`, or a code to `email` or `phone`."""
    PersonProof.objects.update_or_create(
        session_id=session_id,
        defaults={"user_id": user_id, "method": method, "expires_at": timezone.now() + VALID_FOR},
    )


def is_proved(*, session_id: str, user_id: str) -> bool:
    return PersonProof.objects.filter(session_id=session_id, user_id=user_id, expires_at__gt=timezone.now()).exists()


def require(*, session_id: str, user_id: str) -> None:
    """Raises ProofRequired when there is no proof, or none that is still valid."""
    if not is_proved(session_id=session_id, user_id=user_id):
        raise ProofRequired
