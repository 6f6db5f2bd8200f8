"""The pages of API keys: one's own under "Your account", everybody's for owners."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from idp.users import api_keys
from idp.users.models import ApiKey, StaffRole, User
from idp.users.services import create_administrator
from tests.console.people import PASSWORD, administrator

pytestmark = pytest.mark.django_db
ACCOUNT, ADMINISTRATORS = "/console/account", "/console/administrators"
CREATE = "/console/account/api-keys/create"


@pytest.fixture
def olga(client: Client) -> User:
    user = administrator("olga")
    client.force_login(user)
    return user


@pytest.fixture
def sam(db: None) -> User:
    return create_administrator(by="test", username="sam", password=PASSWORD, role=StaffRole.SUPPORT)


def key_of(user: User, name: str = "CI") -> ApiKey:
    return api_keys.create(administrator=user, name=name, lifetime=timedelta(days=30))[0]


def test_made_and_shown_once(client: Client, olga: User) -> None:
    page = client.post(CREATE, {"name": "nightly import", "days": "30"}).content.decode()
    (key,) = set(re.findall(r"lk_\w{44}", page))
    row = api_keys.find(key)
    assert row is not None
    assert (row.name, row.administrator) == ("nightly import", olga)
    assert row.expires_at is not None
    assert timedelta(days=29) < row.expires_at - timezone.now() < timedelta(days=30)
    shown = client.get(ACCOUNT).content.decode()
    assert "nightly import" in shown
    assert key not in shown
    assert f"lk_{row.pk}…" in shown


@pytest.mark.parametrize(("days", "expected"), [("0", None), ("90", 90), ("365", 365)])
def test_lives_as_long_as_chosen(client: Client, olga: User, days: str, expected: int | None) -> None:
    client.post(CREATE, {"name": "CI", "days": days})
    until = ApiKey.objects.get().expires_at
    assert (until and round((until - timezone.now()) / timedelta(days=1))) == expected


@pytest.mark.parametrize(
    "data", [{"name": "", "days": "30"}, {"name": "CI", "days": "31"}, {"name": "x" * 65, "days": "0"}]
)
def test_a_form_that_will_not_do(client: Client, olga: User, data: dict[str, str]) -> None:
    assert "Please check what you entered" in client.post(CREATE, data).content.decode()
    assert not ApiKey.objects.exists()


def test_too_many(client: Client, olga: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "MOST", 1)
    key_of(olga)
    assert "as many API keys as" in client.post(CREATE, {"name": "CI", "days": "30"}).content.decode()
    assert ApiKey.objects.count() == 1


def test_an_open_browser_is_not_enough(client: Client, olga: User) -> None:
    with time_machine.travel(time.time() + 16 * 60):
        asked = client.post(CREATE, {"name": "CI", "days": "30"}).content.decode()
        assert "Confirm that it is you" in asked
        assert not ApiKey.objects.exists()


def test_revoked_by_whose_it_is(client: Client, olga: User, sam: User) -> None:
    key = key_of(olga)
    address = f"/console/account/api-keys/{key.pk}/revoke"
    assert "This cannot be undone" in client.get(address).content.decode()
    assert ApiKey.objects.exists()
    assert client.post(address)["Location"] == ACCOUNT
    assert not ApiKey.objects.exists()


def test_nobody_elses_under_your_account(client: Client, olga: User, sam: User) -> None:
    key = key_of(sam, "sams")
    assert "sams" not in client.get(ACCOUNT).content.decode()
    assert client.post(f"/console/account/api-keys/{key.pk}/revoke").status_code == 404
    assert ApiKey.objects.exists()


def test_owners_see_and_revoke_everybodys(client: Client, olga: User, sam: User) -> None:
    key = key_of(sam, "sams")
    assert "sams" in client.get(ADMINISTRATORS).content.decode()
    assert client.post(f"/console/administrators/api-keys/{key.pk}/revoke")["Location"] == ADMINISTRATORS
    assert not ApiKey.objects.exists()


def test_others_do_not_see_them(client: Client, olga: User, sam: User) -> None:
    key_of(sam, "sams")
    create_administrator(by="test", username="ann", password=PASSWORD, role=StaffRole.ADMIN)
    client.force_login(User.objects.get(username="ann"))
    assert "sams" not in client.get(ADMINISTRATORS).content.decode()


def test_one_that_expired_says_so(client: Client, olga: User) -> None:
    key_of(olga)
    ApiKey.objects.update(expires_at=timezone.now())
    assert "Expired" in client.get(ACCOUNT).content.decode()
