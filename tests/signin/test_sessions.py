"""The end of sessions, and what an account does to them."""

import pytest

from idp.applications.models import Application
from idp.applications.services import create_application
from idp.audit.models import Event
from idp.signin import accounts, sessions
from idp.signin.models import Session
from idp.tokens.models import Grant, LogoutNotice
from idp.users.errors import LastAdministrator, PasswordRejected
from idp.users.models import User
from idp.users.services import create_administrator, create_user
from tests.conftest import PASSWORD
from tests.signin.helpers import grant, session

pytestmark = pytest.mark.django_db
OTHER_PASSWORD = "another fine secret"


@pytest.fixture
def listening(db: None) -> Application:
    return create_application(by="test", name="Shop", type="SPA", backchannel_logout_uri="https://shop.example/logout")


def test_live_sessions_are_the_persons_own_latest_first(ada: User) -> None:
    old, new = session(ada, "a"), session(ada, "b")
    session(ada, "c", ends_in=0)
    session(create_user(by="test", username="bob"), "d")
    assert list(sessions.live_sessions(ada)) == [new, old]


class TestEndAll:
    def test_every_browser_of_the_person_and_of_nobody_else(self, ada: User) -> None:
        session(ada, "a")
        session(ada, "b")
        other = session(create_user(by="test", username="bob"), "c")
        assert sessions.end_all_sessions(by="user:admin", user=ada) == 2
        assert list(Session.objects.all()) == [other]

    def test_online_grants_end_and_applications_are_told(self, ada: User, listening: Application) -> None:
        for key in "ab":
            one = session(ada, key)
            grant(listening, one, "openid")
            grant(listening, one, "openid offline_access")
        sessions.end_all_sessions(by="user:admin", user=ada)
        assert set(Grant.objects.filter(revoked_at=None).values_list("scope", flat=True)) == {"openid offline_access"}
        assert Grant.objects.filter(revoked_at=None).count() == 2
        assert LogoutNotice.objects.count() == 2

    def test_one_row_in_the_log_and_none_for_nothing(self, ada: User) -> None:
        sessions.end_all_sessions(by="user:admin", user=ada)
        assert not Event.objects.filter(key="user.signed_out").exists()
        session(ada, "a")
        session(ada, "b")
        sessions.end_all_sessions(by="user:admin", user=ada)
        event = Event.objects.get(key="user.signed_out")
        assert (event.actor, event.target, event.data) == ("user:admin", ada.audit_name, {"sessions": 2})


class TestAccounts:
    def test_a_new_password_signs_out_everywhere(self, ada: User) -> None:
        session(ada, "a")
        other = session(create_user(by="test", username="bob"), "b")
        accounts.reset_password(by="user:admin", user=ada, password=OTHER_PASSWORD)
        ada.refresh_from_db()
        assert ada.check_password(OTHER_PASSWORD)
        assert list(Session.objects.all()) == [other]

    def test_a_refused_password_changes_nothing(self, ada: User) -> None:
        session(ada, "a")
        with pytest.raises(PasswordRejected):
            accounts.reset_password(by="user:admin", user=ada, password="12345678")
        ada.refresh_from_db()
        assert ada.check_password(PASSWORD)
        assert Session.objects.count() == 1

    def test_suspending_signs_out_everywhere(self, ada: User) -> None:
        session(ada, "a")
        accounts.suspend(by="user:admin", user=ada)
        ada.refresh_from_db()
        assert ada.is_suspended
        assert not Session.objects.exists()

    def test_the_last_administrator_stays_signed_in(self) -> None:
        admin = create_administrator(by="test", username="admin", password=PASSWORD)
        session(admin, "a")
        with pytest.raises(LastAdministrator):
            accounts.suspend(by="user:admin", user=admin)
        admin.refresh_from_db()
        assert not admin.is_suspended
        assert Session.objects.count() == 1
