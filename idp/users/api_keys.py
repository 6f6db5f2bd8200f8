"""Keys with which scripts of administrators call the Management API: made in the console, shown once, revoked by deletion."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from idp.audit.services import record
from idp.lib import ids
from idp.users.errors import TooManyApiKeys
from idp.users.models import ApiKey, User

MOST = 20  # of one administrator
_STALE = timedelta(minutes=1)  # how exactly `last_used_at` is known
_ID = slice(len(ids.API_KEY_PREFIX), len(ids.API_KEY_PREFIX) + 12)


@transaction.atomic
def create(*, administrator: User, name: str, lifetime: timedelta | None) -> tuple[ApiKey, str]:
    """A key of this administrator and its row; it cannot be read again. Raises TooManyApiKeys."""
    User.objects.select_for_update().get(pk=administrator.pk)  # two at once: one after the other
    if ApiKey.objects.filter(administrator=administrator).count() >= MOST:
        raise TooManyApiKeys
    row = ApiKey(administrator=administrator, name=name, expires_at=timezone.now() + lifetime if lifetime else None)
    key = ids.api_key(row.pk)
    row.digest = ids.digest(key)
    row.save(force_insert=True)
    record("api_key.created", by=administrator.audit_name, target=administrator.audit_name, api_key=row.pk, name=name)
    return row, key


@transaction.atomic
def revoke(*, by: str, key: ApiKey) -> bool:
    """False when it was gone already."""
    if not ApiKey.objects.filter(pk=key.pk).delete()[0]:
        return False
    record("api_key.revoked", by=by, target=key.administrator.audit_name, api_key=key.pk, name=key.name)
    return True


def find(key: str) -> ApiKey | None:
    """The row, with its administrator, of a key that works now."""
    row = _working().select_related("administrator").filter(pk=key[_ID]).first()
    return row if row is not None and ids.same_digest(key, row.digest) else None


def touch(row: ApiKey) -> None:
    """It was used just now. Written at most once a minute."""
    now = timezone.now()
    if row.last_used_at is None or row.last_used_at < now - _STALE:
        ApiKey.objects.filter(pk=row.pk).update(last_used_at=now)


def everybodys() -> QuerySet[ApiKey]:
    """With whose they are; the one used last first."""
    return ApiKey.objects.select_related("administrator").order_by(
        F("last_used_at").desc(nulls_last=True), "-created_at"
    )


def _working() -> QuerySet[ApiKey]:
    in_time = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return ApiKey.objects.filter(in_time, administrator__is_staff=True, administrator__is_suspended=False)
