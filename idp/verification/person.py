"""What a signed-in person has just proved: that it is them, or that a new address is theirs. Kept here, for ten minutes."""

from datetime import timedelta

from django.utils import timezone

from idp.verification.errors import ProofRequired
from idp.verification.models import AddressProof, PersonProof

VALID_FOR = timedelta(minutes=10)


def remember(*, name: str, user_id: str, method: str) -> None:
    """The person has just proved who they are: with their `password`, or a code to `email` or `phone`.

    `name` is what the proof is kept under: their session, or a verification record of the Account API.
    """
    PersonProof.objects.update_or_create(
        name=name,
        defaults={"user_id": user_id, "method": method, "expires_at": timezone.now() + VALID_FOR},
    )


def is_proved(*, name: str, user_id: str) -> bool:
    return PersonProof.objects.filter(name=name, user_id=user_id, expires_at__gt=timezone.now()).exists()


def require(*, name: str, user_id: str) -> None:
    """Raises ProofRequired when there is no proof, or none that is still valid."""
    if not is_proved(name=name, user_id=user_id):
        raise ProofRequired


def remember_address(*, name: str, user_id: str, channel: str, recipient: str) -> None:
    """The person has read a code at this email address or phone number: it may become theirs."""
    AddressProof.objects.create(
        name=name, user_id=user_id, channel=channel, recipient=recipient, expires_at=timezone.now() + VALID_FOR
    )  # fmt: skip


def use_address(*, name: str, user_id: str, channel: str, recipient: str) -> None:
    """Use up the proof of a new address: one statement, so that it counts once. Raises ProofRequired."""
    proof = AddressProof.objects.filter(
        name=name, user_id=user_id, channel=channel, recipient=recipient, expires_at__gt=timezone.now()
    )  # fmt: skip
    if not proof.delete()[0]:
        raise ProofRequired
