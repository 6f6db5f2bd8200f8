"""Keys with which scripts of administrators call the Management API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from idp.audit.models import Event
from idp.deployment.upkeep import purge
from idp.lib.ids import digest
from idp.users import api_keys
from idp.users.errors import TooManyApiKeys
from idp.users.models import ApiKey, StaffRole, User
from idp.users.services import create_administrator
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(db: None) -> User:
    return create_administrator(by="test", username="olga", password=PASSWORD, role=StaffRole.OWNER)


def test_only_the_digest_is_kept(olga: User) -> None:
    row, key = api_keys.create(administrator=olga, name="CI", lifetime=timedelta(days=30))
    assert (key[:3], key[3:15], len(key)) == ("lk_", row.pk, 47)
    stored = ApiKey.objects.get()
    assert stored.digest == digest(key)
    assert key[15:] not in str(vars(stored))
    assert timedelta(days=29) < stored.expires_at - timezone.now() < timedelta(days=30)
    event = Event.objects.get(key="api_key.created")
    assert (event.actor, event.target, event.data) == (
        olga.audit_name,
        olga.audit_name,
        {"api_key": row.pk, "name": "CI"},
    )


def test_found_by_the_whole_key_only(olga: User) -> None:
    row, key = api_keys.create(administrator=olga, name="CI", lifetime=None)
    assert api_keys.find(key) == row
    for wrong in (key[:-1], f"{key}a", f"lk_{row.pk}", "lk_", "", key.upper()):
        assert api_keys.find(wrong) is None, wrong


def test_twenty_at_most(olga: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert api_keys.MOST == 20
    monkeypatch.setattr(api_keys, "MOST", 2)
    first, _ = api_keys.create(administrator=olga, name="1", lifetime=None)
    api_keys.create(administrator=olga, name="2", lifetime=None)
    with pytest.raises(TooManyApiKeys):
        api_keys.create(administrator=olga, name="3", lifetime=None)
    api_keys.revoke(by="test", key=first)
    api_keys.create(administrator=olga, name="3", lifetime=None)


def test_revoked_once(olga: User) -> None:
    row, key = api_keys.create(administrator=olga, name="CI", lifetime=None)
    assert api_keys.revoke(by="user:boss", key=row) is True
    row.pk = key[3:15]
    assert api_keys.revoke(by="user:boss", key=row) is False
    event = Event.objects.get(key="api_key.revoked")
    assert (event.actor, event.target, event.data) == ("user:boss", olga.audit_name, {"api_key": row.pk, "name": "CI"})


def test_one_that_expired_is_forgotten_a_month_later(olga: User) -> None:
    api_keys.create(administrator=olga, name="for ever", lifetime=None)
    row, _ = api_keys.create(administrator=olga, name="CI", lifetime=timedelta(days=-29))
    purge()
    assert ApiKey.objects.count() == 2
    ApiKey.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(days=31))
    purge()
    assert ApiKey.objects.get().name == "for ever"


def test_the_one_used_last_comes_first(olga: User) -> None:
    rows = [api_keys.create(administrator=olga, name=name, lifetime=None)[0] for name in ("never", "long ago", "now")]
    for days, row in ((9, rows[1]), (0, rows[2])):
        ApiKey.objects.filter(pk=row.pk).update(last_used_at=timezone.now() - timedelta(days=days))
    assert [one.name for one in api_keys.everybodys()] == ["now", "long ago", "never"]
