"""Password, sessions, applications, data and the end of an account."""

import json

import pytest
from django.test import Client

from idp.applications.models import Application
from idp.applications.services import create_application
from idp.audit.models import Event
from idp.audit.services import record
from idp.signin.models import Session
from idp.tokens.models import Grant, LogoutNotice
from idp.users.models import User
from idp.users.services import create_administrator, create_user
from idp.verification.models import PersonProof, VerificationCode
from tests.account.conftest import sign_in
from tests.account.test_overview import text_of
from tests.conftest import PASSWORD
from tests.signin.helpers import grant
from tests.signin.helpers import session as new_session

pytestmark = pytest.mark.django_db
OTHER_PASSWORD = "another fine secret"


@pytest.fixture
def bob(db: None) -> User:
    return create_user(by="test", username="bob", password=PASSWORD)


@pytest.fixture
def listening(db: None) -> Application:
    return create_application(by="test", name="Shop", type="SPA", backchannel_logout_uri="https://shop.example/logout")


class TestPassword:
    def change(self, browser: Client, current: str, password: str) -> str:
        answer = browser.post("/account/password", {"current": current, "password": password})
        return str(answer["Location"]) if answer.status_code == 303 else text_of(answer)

    def test_others_are_signed_out_and_this_browser_stays(self, browser: Client, ada: User, bob: User) -> None:
        elsewhere, theirs = new_session(ada, "a"), new_session(bob, "b")
        assert self.change(browser, PASSWORD, OTHER_PASSWORD) == "/account?notice=password-changed"
        ada.refresh_from_db()
        assert ada.check_password(OTHER_PASSWORD)
        assert not Session.objects.filter(pk=elsewhere.pk).exists()
        assert Session.objects.filter(pk=theirs.pk).exists()
        assert browser.get("/account").status_code == 200
        assert Event.objects.get(key="user.password_set").actor == ada.audit_name

    def test_apps_keep_only_what_began_in_this_browser(
        self, browser: Client, session: Session, ada: User, listening: Application
    ) -> None:
        here = grant(listening, session, "openid offline_access")
        grant(listening, new_session(ada, "a"), "openid offline_access")
        Grant.objects.create(
            user=ada, application=listening, session_id="", scope="openid", auth_time=1, expires_at=here.expires_at
        )
        self.change(browser, PASSWORD, OTHER_PASSWORD)
        assert list(Grant.objects.filter(revoked_at=None)) == [here]

    @pytest.mark.parametrize(
        ("current", "password", "sentence"),
        [
            ("guess guess", OTHER_PASSWORD, "This is not your password"),
            ("", OTHER_PASSWORD, "Enter the password that you have now"),
            (PASSWORD, PASSWORD, "This is your password already"),
            (PASSWORD, "short", "too short"),
            (PASSWORD, "", "Choose a password"),
        ],
    )
    def test_what_will_not_do(self, browser: Client, ada: User, current: str, password: str, sentence: str) -> None:
        new_session(ada, "a")
        assert sentence in self.change(browser, current, password)
        ada.refresh_from_db()
        assert ada.check_password(PASSWORD)
        assert Session.objects.count() == 2

    def test_a_proof_of_the_person_is_no_current_password(self, proved: Client, ada: User) -> None:
        assert "Enter the password that you have now" in self.change(proved, "", OTHER_PASSWORD)

    def test_the_first_one_needs_a_proof(self, browser: Client, ada: User) -> None:
        User.objects.update(password="")
        assert self.change(browser, "", OTHER_PASSWORD) == "/account/verify?next=password"
        PersonProof.objects.create(
            name=Session.objects.get().sid,
            user_id=ada.pk,
            method="email",
            expires_at=Session.objects.get().expires_at,
        )
        assert "Set a password" in text_of(browser.get("/account/password"))
        assert self.change(browser, "", OTHER_PASSWORD) == "/account?notice=password-changed"


class TestSessions:
    def test_one_ends(self, browser: Client, ada: User) -> None:
        first, second = new_session(ada, "a"), new_session(ada, "b")
        browser.post(f"/account/sessions/{first.sid}/end")
        assert not Session.objects.filter(pk=first.pk).exists()
        assert Session.objects.filter(pk=second.pk).exists()

    def test_all_others_end(self, browser: Client, ada: User, bob: User) -> None:
        new_session(ada, "a")
        new_session(ada, "b")
        theirs = new_session(bob, "c")
        assert browser.post("/account/sessions/end")["Location"] == "/account?notice=sessions-ended"
        assert Session.objects.filter(user=ada).count() == 1
        assert Session.objects.filter(pk=theirs.pk).exists()
        assert browser.get("/account").status_code == 200

    def test_another_persons_cannot_be_touched(self, browser: Client, bob: User) -> None:
        theirs = new_session(bob, "a")
        browser.post(f"/account/sessions/{theirs.sid}/end")
        assert Session.objects.filter(pk=theirs.pk).exists()

    def test_a_link_ends_nothing(self, browser: Client, ada: User) -> None:
        other = new_session(ada, "a")
        browser.get(f"/account/sessions/{other.sid}/end")
        browser.get("/account/sessions/end")
        assert Session.objects.count() == 2


class TestApplications:
    def test_in_words_and_revoked(self, browser: Client, ada: User, listening: Application) -> None:
        grant(listening, new_session(ada, "a"), "openid profile phone offline_access")
        text = text_of(browser.get("/account"))
        assert "Shop" in text
        assert "Your phone number" in text
        assert "Stay signed in when you are away" in text
        assert browser.post("/account/applications/" + listening.pk + "/revoke")["Location"].endswith("access-revoked")
        assert not Grant.objects.filter(revoked_at=None).exists()
        assert Event.objects.get(key="user.application_access_revoked").actor == ada.audit_name

    def test_another_persons_grant_stays(self, browser: Client, bob: User, listening: Application) -> None:
        grant(listening, new_session(bob, "a"), "openid")
        browser.post(f"/account/applications/{listening.pk}/revoke")
        browser.post("/account/applications/nonsense/revoke")
        assert Grant.objects.filter(revoked_at=None).exists()


class TestData:
    def test_it_takes_a_proof_and_comes_back(self, browser: Client) -> None:
        assert browser.post("/account/data")["Location"] == "/account/verify?next=data"
        assert not Event.objects.filter(key="user.data_exported").exists()
        assert browser.get("/account/data")["Location"] == "/account/verify?next=data"
        assert "how you sign in" not in browser.get("/account/verify?next=data").content.decode()
        answer = browser.post("/account/verify?next=data", {"password": PASSWORD})
        assert answer["Location"] == "/account/data"
        assert "Download my data" in browser.get("/account/data").content.decode()

    def test_everything_of_theirs(self, proved: Client, ada: User, listening: Application) -> None:
        grant(listening, new_session(ada, "a"), "openid profile")
        answer = proved.post("/account/data")
        assert "attachment" in answer["Content-Disposition"]
        found = json.loads(answer.content)
        assert found["identifiers"] == {"username": "ada", "email": "ada@example.com", "phone": "15551234567"}
        assert len(found["sessions"]) == 2
        assert found["applications"][0]["name"] == "Shop"
        assert {"user.created", "user.signed_in", "user.data_exported"} <= {event["key"] for event in found["events"]}

    def test_no_secrets_and_nothing_of_others(self, proved: Client, ada: User, bob: User) -> None:
        record("user.updated", by=ada.audit_name, target=bob.audit_name, fields=["what bob has"])
        Event.objects.create(key="user.suspended", actor=bob.audit_name, target=ada.audit_name, address="203.0.113.9")
        body = proved.post("/account/data").content.decode()
        ada.refresh_from_db()
        for secret in (
            bob.pk,
            "what bob has",
            "203.0.113.9",
            ada.password,
            Session.objects.get().pk,
            Session.objects.get().sid,
        ):
            assert secret not in body
        assert "user.suspended" in body

    def test_a_link_gives_no_file(self, proved: Client) -> None:
        assert "Content-Disposition" not in proved.get("/account/data")


class TestDelete:
    def test_everything_goes_and_applications_are_told(
        self, proved: Client, ada: User, bob: User, listening: Application
    ) -> None:
        here = Session.objects.get()
        grant(listening, here, "openid offline_access")
        proved.post("/account/verify/send", {"kind": "email"})
        assert "Nobody can bring them back" in text_of(proved.get("/account/delete"))
        done = proved.post("/account/delete", {"confirmation": "DELETE"})
        assert done["Location"] == "/account/deleted"
        assert "Your account is deleted" in text_of(proved.get("/account/deleted"))
        assert list(User.objects.all()) == [bob]
        for model in (Session, Grant, PersonProof):
            assert not model.objects.exists(), model
        assert not VerificationCode.objects.filter(recipient="ada@example.com").exists()
        assert LogoutNotice.objects.get().session_id == here.sid
        assert Event.objects.get(key="user.deleted").actor == f"user:{ada.pk}"
        assert proved.cookies["_session"].value == ""

    @pytest.mark.parametrize("typed", ["", "delete", "DELETE it"])
    def test_without_the_word_nothing_goes(self, proved: Client, ada: User, typed: str) -> None:
        assert "in capital letters" in text_of(proved.post("/account/delete", {"confirmation": typed}))
        assert User.objects.filter(pk=ada.pk).exists()

    def test_without_a_proof_nothing_goes(self, browser: Client, ada: User) -> None:
        assert browser.post("/account/delete", {"confirmation": "DELETE"})["Location"] == "/account/verify?next=delete"
        assert User.objects.filter(pk=ada.pk).exists()

    def test_the_last_administrator_stays_and_stays_signed_in(self) -> None:
        create_administrator(by="test", username="admin", password=PASSWORD)
        browser = sign_in("admin")
        browser.post("/account/verify", {"password": PASSWORD})
        assert "last owner" in text_of(browser.post("/account/delete", {"confirmation": "DELETE"}))
        assert Session.objects.count() == 1
        assert not Event.objects.filter(key="user.signed_out").exists()
