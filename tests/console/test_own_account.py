"""An administrator's own account, and the second step of signing in to the console."""

import time
from typing import Any

import pytest
import time_machine
from django.test import Client

from idp.audit.models import Event
from idp.mfa import services as mfa
from idp.mfa import totp
from idp.mfa.models import BackupCode, TotpDevice
from idp.users.models import User
from tests.console.people import PASSWORD, administrator

pytestmark = pytest.mark.django_db
SIGN_IN, CODE, ACCOUNT = "/console/sign-in", "/console/sign-in/code", "/console/account"
SECRET = totp.new_secret()


def now(ahead: int = 0) -> str:
    return totp.code_at(SECRET, int(time.time()) // totp.STEP + ahead)


@pytest.fixture
def ada() -> User:
    return administrator()


@pytest.fixture
def with_app(ada: User) -> User:
    mfa.confirm_totp(by="test", user=ada, secret=SECRET, step=int(time.time()) // totp.STEP - 2)
    return ada


def passed_password(**more: Any) -> Client:
    client = Client()
    answer = client.post(f"{SIGN_IN}?next=/console/users", {"username": "ada", "password": PASSWORD, **more})
    assert answer["Location"] == f"{CODE}?next=%2Fconsole%2Fusers"
    return client


class TestSecondStep:
    def test_the_password_alone_opens_nothing(self, with_app: User) -> None:
        client = passed_password()
        assert client.get("/console/users").status_code == 302
        assert client.get("/admin/").status_code == 302
        assert "One more step" in client.get(CODE).content.decode()

    def test_the_code_does_and_leads_on(self, with_app: User) -> None:
        client = passed_password()
        answer = client.post(CODE, {"code": now(), "next": "/console/users"})
        assert answer["Location"] == "/console/users"
        assert client.get("/console/users").status_code == 200
        assert Event.objects.get(key="user.mfa_verified").data == {"factor": "Totp", "where": "console"}

    def test_a_code_lets_in_once(self, with_app: User) -> None:
        first, second = passed_password(), passed_password()
        code = now()
        assert first.post(CODE, {"code": code}).status_code == 302
        assert second.post(CODE, {"code": code}).status_code == 401
        assert second.get("/console/users").status_code == 302

    def test_a_backup_code_does_too_and_once(self, with_app: User) -> None:
        code = mfa.generate_backup_codes(by="test", user=with_app)[0]
        assert passed_password().post(CODE, {"code": f"{code[:5]}-{code[5:]}"}).status_code == 302
        assert passed_password().post(CODE, {"code": code}).status_code == 401

    def test_ten_wrong_codes_close_the_door_even_for_the_right_one(self, with_app: User) -> None:
        client = passed_password()
        wrong = "000000" if now() != "000000" else "111111"
        for _ in range(10):
            assert client.post(CODE, {"code": wrong}).status_code == 401
        assert client.post(CODE, {"code": now()}).status_code == 429
        fresh = passed_password()  # the right password again opens no new ten tries
        assert fresh.post(CODE, {"code": now()}).status_code == 429
        assert Event.objects.filter(key="user.mfa_failed", succeeded=False).count() == 10

    def test_it_waits_for_ten_minutes(self, with_app: User) -> None:
        client = passed_password()
        with time_machine.travel(time.time() + 601):
            assert client.get(CODE)["Location"] == SIGN_IN
            assert client.post(CODE, {"code": now()})["Location"] == SIGN_IN

    def test_a_new_password_or_suspension_ends_the_wait(self, with_app: User) -> None:
        client = passed_password()
        User.objects.filter(pk=with_app.pk).update(is_suspended=True)
        assert client.post(CODE, {"code": now()})["Location"] == SIGN_IN
        User.objects.filter(pk=with_app.pk).update(is_suspended=False, staff_epoch=5)
        assert client.post(CODE, {"code": now()})["Location"] == SIGN_IN

    def test_nobody_gets_there_without_a_password(self, with_app: User) -> None:
        assert Client().get(CODE)["Location"] == SIGN_IN
        assert Client().post(CODE, {"code": now()})["Location"] == SIGN_IN

    def test_without_an_app_nobody_is_asked(self, ada: User) -> None:
        mfa.generate_backup_codes(by="test", user=ada)
        answer = Client().post(SIGN_IN, {"username": "ada", "password": PASSWORD})
        assert answer["Location"] == "/console/get-started"

    def test_the_data_browser_has_no_other_door(self, with_app: User) -> None:
        client = Client()
        client.post("/admin/login/", {"username": "ada", "password": PASSWORD, "next": "/admin/"})
        assert client.get("/admin/").status_code == 302


class TestAccount:
    @pytest.fixture
    def client(self, ada: User) -> Client:
        client = Client()
        client.force_login(ada)
        return client

    def test_the_data_browser_changes_no_password(self, client: Client, ada: User) -> None:
        new = {"new_password1": "another fine secret", "new_password2": "another fine secret"}
        for answer in (
            client.get("/admin/password_change/"),
            client.post("/admin/password_change/", {"old_password": PASSWORD, **new}),
        ):
            assert answer["Location"] == ACCOUNT
        ada.refresh_from_db()
        assert ada.check_password(PASSWORD)

    def test_an_app_is_set_up_and_the_codes_are_shown_once(self, client: Client, ada: User) -> None:
        secret = client.get(ACCOUNT).context["app"].secret
        code = totp.code_at(secret, int(time.time()) // totp.STEP)
        page = client.post(
            f"{ACCOUNT}/authenticator-app", {"secret": secret, "code": code, "current": PASSWORD}
        ).content.decode()
        assert page.count("\n") > 10
        assert "Keep these backup codes now" in page
        assert TotpDevice.objects.filter(user=ada).exists()
        assert BackupCode.objects.filter(user=ada).count() == 10
        assert "An authenticator app is set up; 10 backup codes left." in client.get(ACCOUNT).content.decode()

    def test_a_wrong_code_binds_nothing_and_keeps_the_key(self, client: Client, ada: User) -> None:
        page = client.post(f"{ACCOUNT}/authenticator-app", {"secret": SECRET, "code": "12345", "current": PASSWORD})
        assert page.context["app"].secret == SECRET
        assert "That is not the code" in page.content.decode()
        assert not TotpDevice.objects.exists()

    @pytest.mark.parametrize("secret", ["", "1", "not base32!", "A" * 64])
    def test_a_key_that_is_none(self, client: Client, secret: str) -> None:
        assert (
            client.post(
                f"{ACCOUNT}/authenticator-app", {"secret": secret, "code": "123456", "current": PASSWORD}
            ).status_code
            == 200
        )
        assert not TotpDevice.objects.exists()

    def test_an_open_browser_is_not_enough_to_bind_one(self, client: Client) -> None:
        page = client.post(f"{ACCOUNT}/authenticator-app", {"secret": SECRET, "code": now(), "current": "no"})
        assert "This is not your password" in page.content.decode()
        assert not TotpDevice.objects.exists()

    def test_removing_it_takes_a_code(self, client: Client, with_app: User) -> None:
        client.force_login(with_app)
        client.post(f"{ACCOUNT}/authenticator-app/remove", {"code": "abcdef"})
        assert TotpDevice.objects.exists()
        client.post(f"{ACCOUNT}/authenticator-app/remove", {"code": now()})
        assert not TotpDevice.objects.exists()

    def test_a_new_password_takes_the_old_one_and_keeps_this_browser(self, client: Client, ada: User) -> None:
        elsewhere = Client()
        elsewhere.force_login(ada)
        new = {"password": "another long sentence", "password_again": "another long sentence"}
        assert (
            "This is not your password" in client.post(f"{ACCOUNT}/password", {"current": "no", **new}).content.decode()
        )
        assert client.post(f"{ACCOUNT}/password", {"current": PASSWORD, **new}).status_code == 302
        assert client.get(ACCOUNT).status_code == 200
        assert elsewhere.get(ACCOUNT).status_code == 302
        ada.refresh_from_db()
        assert ada.check_password("another long sentence")

    def test_guessing_the_password_of_an_open_browser_stops(self, client: Client) -> None:
        new = {"password": "another long sentence", "password_again": "another long sentence"}
        for _ in range(10):
            client.post(f"{ACCOUNT}/password", {"current": "no", **new})
        assert (
            "Too many wrong tries" in client.post(f"{ACCOUNT}/password", {"current": PASSWORD, **new}).content.decode()
        )

    def test_other_sessions_end_and_this_one_stays(self, client: Client, ada: User) -> None:
        elsewhere = Client()
        elsewhere.force_login(ada)
        client.post(f"{ACCOUNT}/sign-out-elsewhere")
        assert client.get(ACCOUNT).status_code == 200
        assert elsewhere.get(ACCOUNT).status_code == 302

    def test_the_name(self, client: Client, ada: User) -> None:
        client.post(f"{ACCOUNT}/name", {"name": "Ada Lovelace"})
        assert User.objects.get(pk=ada.pk).name == "Ada Lovelace"
