"""Replacing signing keys without anybody noticing.

A new key is published as `next`, becomes `current` when every cache of the JWKS has had time to see it, and the old one
stays published as `previous` until the last token that it signed has expired. Every process follows within half a minute.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from idp.audit.services import record
from idp.tokens import keys
from idp.tokens.errors import OnlyPreviousKeysCanBeDeleted
from idp.tokens.models import SigningKey

GRACE = timedelta(minutes=15)  # longer than any SDK keeps the key set
RETENTION = timedelta(days=2)  # longer than any token lives
Status = SigningKey.Status


@transaction.atomic
def rotate(*, by: str, algorithm: str, grace: timedelta = GRACE) -> SigningKey:
    """Publish a new key that takes over after `grace`; with no grace it signs at once. One that waits already is kept."""
    waiting = SigningKey.objects.filter(algorithm=algorithm, status=Status.NEXT).first()
    key = waiting or SigningKey(algorithm=algorithm, status=Status.NEXT, pem=keys.new_pem(algorithm))
    key.effective_at = timezone.now() + grace
    key.save()
    record("signing_key.rotated", by=by, target=f"signing-key:{key.pk}", algorithm=algorithm)
    promote_due()
    return key


@transaction.atomic
def promote_due() -> int:
    """Let the keys whose time has come take over, and drop those that nothing needs any more; returns how many took over."""
    now = timezone.now()
    promoted = 0
    due = SigningKey.objects.select_for_update().filter(status=Status.NEXT, effective_at__lte=now)
    for key in due:
        SigningKey.objects.filter(algorithm=key.algorithm, status=Status.CURRENT).update(
            status=Status.PREVIOUS, retired_at=now + RETENTION
        )
        promoted += SigningKey.objects.filter(pk=key.pk, status=Status.NEXT).update(status=Status.CURRENT)
    dropped, _ = SigningKey.objects.filter(status=Status.PREVIOUS, retired_at__lte=now).delete()
    if promoted or dropped:
        record("signing_key.promoted", target="signing-keys", promoted=promoted, dropped=dropped)
        keys.forget()
    return promoted


@transaction.atomic
def delete_key(*, by: str, key: SigningKey) -> None:
    """Take a previous key out of the key set: tokens that it signed fail from now on. Raises OnlyPreviousKeysCanBeDeleted."""
    if key.status != Status.PREVIOUS:
        raise OnlyPreviousKeysCanBeDeleted
    target = f"signing-key:{key.pk}"
    key.delete()
    record("signing_key.deleted", by=by, target=target)
    keys.forget()
