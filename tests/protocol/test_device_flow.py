"""RFC 8628: a device without a browser signs a person in, who answers on another one."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from idp.applications.models import Application
from idp.applications.services import create_application, delete_application
from idp.audit.models import Event
from idp.authorization.services import save_resource
from idp.lib import ids
from idp.signin.models import Session
from idp.tokens import devices
from idp.tokens.models import DeviceCode, Grant
from idp.tokens.services import revoke_grant
from idp.users.models import User
from idp.users.services import create_user
from tests.conftest import PASSWORD
from tests.protocol.client import App, claims_of, refused
from tests.protocol.television import FORM, Person, Television

pytestmark = pytest.mark.django_db
API = "https://api.example.com"


@pytest.fixture(autouse=True)
def _tv(db: Any) -> Application:
    return create_application(by="test", name="Living room TV", type="Native", client_id="tv", is_device_flow=True)


@pytest.fixture
def tv() -> Television:
    return Television()


@pytest.fixture
def person(ada: User) -> Person:
    return Person()


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def let_in(tv: Television, person: Person, **asks: Any) -> dict[str, Any]:
    person.to_question(tv.start(**asks))
    person.decide("allow")
    answer = tv.poll()
    assert answer.status_code == 200, answer.content
    tokens: dict[str, Any] = answer.json()
    return tokens


class TestDeviceAuthorization:
    def test_what_the_device_gets(self, tv: Television) -> None:
        answer = tv.ask()
        body = answer.json()
        assert body.keys() == {
            "device_code", "user_code", "verification_uri", "verification_uri_complete", "expires_in", "interval",
        }  # fmt: skip
        assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", body["user_code"])
        assert body["verification_uri"] == "http://localhost:3001/device"
        assert body["verification_uri_complete"] == f"http://localhost:3001/device?user_code={body['user_code']}"
        assert (body["expires_in"], body["interval"]) == (600, 5)
        assert answer["Cache-Control"] == "no-store"

    def test_the_device_code_is_stored_as_its_digest(self, tv: Television) -> None:
        tv.start()
        assert DeviceCode.objects.get().device_code == ids.digest(tv.shown["device_code"])

    def test_unknown_scopes_are_dropped(self, tv: Television) -> None:
        tv.start()
        assert DeviceCode.objects.get().scope == "openid offline_access profile"

    def test_resources(self, tv: Television) -> None:
        save_resource(by="test", name="API", indicator=API, permissions={"read:books": ""})
        save_resource(by="test", name="Other", indicator="https://other.example")
        tv.start(resource=[f"{API},https://other.example"], scope="openid read:books")
        waiting = DeviceCode.objects.get()
        assert (waiting.resource, waiting.scope) == ([API, "https://other.example"], "openid read:books")
        refused(tv.ask(resource="https://unknown.example"), "invalid_target")

    def test_only_clients_that_are_devices(self, app: App) -> None:
        refused(Television("bookstore").ask(), "unauthorized_client")

    @pytest.mark.parametrize(
        ("body", "error", "status"),
        [
            ({"client_id": "nobody"}, "invalid_client", 400),
            ({"client_id": ""}, "invalid_request", 400),
            ({"client_secret": "x"}, "invalid_client", 401),
            ({"scope": ["a", "b"]}, "invalid_request", 400),
            ({"scope": "a\0"}, "invalid_request", 400),
        ],
    )
    def test_client_authentication_and_form(self, tv: Television, body: Any, error: str, status: int) -> None:
        refused(tv.ask(**body), error, status)

    def test_get_is_no_request(self) -> None:
        assert Client().get("/oidc/device/auth").status_code == 404

    def test_two_who_wait_never_show_the_same_code(self, tv: Television, monkeypatch: pytest.MonkeyPatch) -> None:
        codes = iter(["BBBB-BBBB", "BBBB-BBBB", "CCCC-CCCC"])
        monkeypatch.setattr(devices, "user_code", lambda: next(codes))
        assert [tv.start(), tv.start()] == ["BBBB-BBBB", "CCCC-CCCC"]

    def test_discovery_names_it(self) -> None:
        document = Client().get("/oidc/.well-known/openid-configuration").json()
        assert document["device_authorization_endpoint"] == "http://localhost:3001/oidc/device/auth"
        assert "urn:ietf:params:oauth:grant-type:device_code" in document["grant_types_supported"]


class TestPolling:
    def test_pending_then_slow_down_by_five_seconds_more_each_time(self, tv: Television, clock: Any) -> None:
        tv.start()
        refused(tv.poll(), "authorization_pending")
        clock.shift(5)
        refused(tv.poll(), "authorization_pending")
        clock.shift(2)
        refused(tv.poll(), "slow_down")
        clock.shift(6)
        refused(tv.poll(), "slow_down")  # ten seconds by now
        assert DeviceCode.objects.get().interval == 15
        clock.shift(15)
        refused(tv.poll(), "authorization_pending")

    def test_an_approved_device_is_answered_at_once(self, tv: Television, person: Person) -> None:
        person.to_question(tv.start())
        refused(tv.poll(), "authorization_pending")
        person.decide("allow")
        assert tv.poll().status_code == 200

    def test_cancelled(self, tv: Television, person: Person) -> None:
        person.to_question(tv.start())
        page = person.follow(person.decide("cancel"))
        assert "Your device is not signed in" in page.content.decode()
        refused(tv.poll(), "access_denied")
        assert not Grant.objects.exists()

    def test_an_answer_is_to_what_its_page_asked(self, tv: Television, person: Person) -> None:
        """Another window has named another device meanwhile, which the person does not see."""
        person.to_question(tv.start())
        seen = person.asked()
        other = Television("tv")
        person.to_question(other.start())
        page = person.browser.post("/device/confirm?app_id=tv", {"decision": "allow", "asked": seen})
        assert other.shown["user_code"] in page.content.decode()
        refused(other.poll(), "authorization_pending")

    def test_somebody_else_who_signed_in_since_is_asked(self, tv: Television, person: Person, app: App) -> None:
        create_user(by="test", username="bob", password=PASSWORD)
        person.to_question(tv.start())
        seen = person.asked()
        App(app.client_id, app.redirect_uri, browser=person.browser).sign_in_with_password(
            "bob", PASSWORD, prompt="login"
        )
        page = person.browser.post("/device/confirm?app_id=tv", {"decision": "allow", "asked": seen})
        assert "bob" in page.content.decode()
        refused(tv.poll(), "authorization_pending")

    @pytest.mark.parametrize("decision", ["", "allow", "cancel"])
    def test_expired(self, tv: Television, person: Person, decision: str) -> None:
        person.to_question(tv.start())
        person.decide(decision)
        DeviceCode.objects.update(expires=timezone.now())
        refused(tv.poll(), "expired_token")

    def test_unknown_and_missing(self, tv: Television) -> None:
        refused(tv.poll(device_code="x"), "invalid_grant")
        refused(tv.poll(), "invalid_request")

    def test_another_client(self, tv: Television, person: Person, app: App) -> None:
        create_application(by="test", name="Radio", type="Native", client_id="radio", is_device_flow=True)
        person.to_question(tv.start())
        person.decide("allow")
        refused(Television("radio", tv.shown).poll(), "invalid_grant")
        refused(Television("bookstore", tv.shown).poll(), "unauthorized_client")
        assert tv.poll().status_code == 200

    def test_it_works_once_and_a_replay_ends_the_grant(self, tv: Television, person: Person) -> None:
        tokens = let_in(tv, person)
        refused(tv.poll(), "invalid_grant")
        assert App("tv", "").userinfo(tokens["access_token"]).status_code == 401
        refused(App("tv", "").refresh(tokens["refresh_token"]), "invalid_grant")

    def test_a_wrong_request_burns_nothing(self, tv: Television, person: Person) -> None:
        person.to_question(tv.start())
        person.decide("allow")
        refused(tv.poll(resource="https://unknown.example"), "invalid_target")
        refused(tv.poll(organization_id="org"), "access_denied", 403)
        refused(tv.poll(client_secret="x"), "invalid_client", 401)
        assert tv.poll().status_code == 200

    def test_suspended_or_revoked_meanwhile(self, tv: Television, person: Person) -> None:
        person.to_question(tv.start())
        person.decide("allow")
        User.objects.update(is_suspended=True)
        refused(tv.poll(), "invalid_grant")
        User.objects.update(is_suspended=False)
        revoke_grant(grant=Grant.objects.get(), reason="test")
        refused(tv.poll(), "invalid_grant")


class TestTokens:
    def test_the_answer(self, tv: Television, person: Person, ada: User) -> None:
        tokens = let_in(tv, person)
        assert tokens.keys() == {"access_token", "expires_in", "token_type", "scope", "refresh_token", "id_token"}
        assert tokens["scope"] == "openid offline_access profile"
        claims, session = claims_of(tokens["id_token"]), Session.objects.get()
        assert (claims["aud"], claims["sub"], claims["name"]) == ("tv", ada.pk, "Ada Lovelace")
        assert (claims["sid"], claims["auth_time"]) == (session.sid, session.auth_time)
        assert claims["at_hash"]
        assert App("tv", "").userinfo(tokens["access_token"]).json()["sub"] == ada.pk

    def test_the_refresh_token_rotates_as_for_any_native_app(self, tv: Television, person: Person) -> None:
        tokens = let_in(tv, person)
        fresh = App("tv", "").refresh(tokens["refresh_token"]).json()
        assert fresh["refresh_token"] != tokens["refresh_token"]
        assert "at_hash" not in claims_of(fresh["id_token"])

    def test_no_offline_access_no_refresh_token(self, tv: Television, person: Person) -> None:
        assert "refresh_token" not in let_in(tv, person, scope="openid")

    def test_a_resource(self, tv: Television, person: Person) -> None:
        save_resource(by="test", name="API", indicator=API, access_token_ttl=600)
        opaque = let_in(tv, person, resource=API)
        assert "." not in opaque["access_token"]
        jwt = App("tv", "").refresh(opaque["refresh_token"], resource=API).json()["access_token"]
        assert claims_of(jwt)["aud"] == API
        without_openid = let_in(tv, person, resource=API, scope="profile")
        assert claims_of(without_openid["access_token"])["aud"] == API
        assert "id_token" not in without_openid

    def test_signing_out_ends_what_is_not_offline(self, tv: Television, person: Person) -> None:
        online = let_in(tv, person, scope="openid")
        offline = let_in(tv, person)
        person.browser.get("/oidc/session/end")
        assert App("tv", "").userinfo(online["access_token"]).status_code == 401
        assert App("tv", "").refresh(offline["refresh_token"]).status_code == 200

    def test_too_many_devices_end_the_oldest(self, tv: Television, person: Person) -> None:
        Application.objects.update(max_allowed_grants=1)
        first = let_in(tv, person)
        second = let_in(tv, person)
        assert App("tv", "").userinfo(first["access_token"]).status_code == 401
        assert App("tv", "").userinfo(second["access_token"]).status_code == 200

    def test_no_parameter_of_the_body_takes_the_place_of_what_we_found(self, tv: Television, person: Person) -> None:
        tokens = let_in(tv, person)
        answer = App("tv", "").refresh(tokens["refresh_token"], code_row="x", refresh_row="x", act="x", grant_row="x")
        assert answer.status_code == 200, answer.content

    def test_the_log(self, tv: Television, person: Person, ada: User) -> None:
        let_in(tv, person)
        keys = list(Event.objects.filter(key__regex=r"^(device|grant)\.").order_by("pk").values_list("key", "actor"))
        assert keys == [
            ("device.started", "application:tv"), ("grant.created", ada.audit_name),
            ("device.approved", ada.audit_name), ("grant.redeemed", "application:tv"),
        ]  # fmt: skip


class TestPages:
    def test_without_a_session(self, tv: Television, person: Person) -> None:
        code = tv.start()
        form = person.browser.get(tv.shown["verification_uri_complete"].removeprefix("http://localhost:3001"))
        assert f'value="{code}"' in form.content.decode()
        sign_in = person.type_code(code)
        assert sign_in["Location"] == "/sign-in?app_id=tv"
        back = person.browser.post(sign_in["Location"], {"identifier": "ada", "password": PASSWORD})
        question = person.browser.get(back["Location"])
        assert question["Location"] == "/device/confirm?app_id=tv"
        page = person.follow(question).content.decode()
        assert "Sign in to Living room TV on your device?" in page
        assert code in page
        refused(tv.poll(), "authorization_pending")  # signing in is no answer
        assert person.decide("allow")["Location"] == "/device/success"
        assert tv.poll().status_code == 200

    def test_with_a_session_the_question_comes_all_the_same(self, tv: Television, person: Person, app: App) -> None:
        app.browser = person.browser
        app.sign_in_with_password("ada", PASSWORD)
        answer = person.type_code(tv.start())
        assert answer["Location"] == "/device/confirm?app_id=tv"
        assert "Ada Lovelace" in person.follow(answer).content.decode()
        refused(tv.poll(), "authorization_pending")

    @pytest.mark.parametrize("spelling", ["{0}", "{1}", " {2} ", "{3}"])
    def test_case_dashes_and_spaces_do_not_matter(self, tv: Television, person: Person, spelling: str) -> None:
        code = tv.start()
        typed = spelling.format(code, code.lower(), code.replace("-", ""), code.replace("-", " ").lower())
        assert person.type_code(typed).status_code == 303

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("BBBB-BBBB", "No device waits with this code."),
            ("", "Enter the code that your device shows."),
            ("x" * 99, "at most 32 characters"),
            ("\u00df" * 8, "No device waits with this code."),
        ],
    )
    def test_a_wrong_code(self, tv: Television, person: Person, typed: str, sentence: str) -> None:
        tv.start()
        page = person.type_code(typed)
        assert page.status_code == 200
        assert sentence in page.content.decode()

    def test_codes_that_nobody_waits_with_any_more(self, tv: Television, person: Person) -> None:
        code = tv.start()
        DeviceCode.objects.update(expires=timezone.now())
        assert person.type_code(code).status_code == 200
        code = tv.start()
        person.to_question(code)
        person.decide("allow")
        assert person.type_code(code).status_code == 200

    def test_guesses_run_out_and_right_codes_cost_nothing(self, tv: Television, person: Person) -> None:
        for _ in range(11):
            assert person.type_code(tv.start()).status_code == 303
        for _ in range(10):
            assert person.type_code("BBBB-BBBB").status_code == 200
        page = person.type_code(tv.start())
        assert page.status_code == 429
        assert "Too many tries." in page.content.decode()
        assert Event.objects.filter(key="device.code_unknown", succeeded=False).count() == 10

    def test_a_code_that_expires_while_the_question_is_open(self, tv: Television, person: Person) -> None:
        person.to_question(tv.start())
        DeviceCode.objects.update(expires=timezone.now())
        assert "This code has expired" in person.decide("allow").content.decode()
        assert not Grant.objects.exists()

    def test_the_form_sent_twice(self, tv: Television, person: Person) -> None:
        person.to_question(tv.start())
        assert [person.decide(decision)["Location"] for decision in ("allow", "allow", "cancel")] == [
            "/device/success"
        ] * 3
        assert Grant.objects.count() == 1

    def test_somebody_else_cannot_answer(self, tv: Television, person: Person) -> None:
        person.to_question(tv.start())
        stranger = Person()
        assert stranger.decide("allow")["Location"] == "/device"
        assert stranger.browser.get("/device/confirm?app_id=tv")["Location"] == "/device"
        refused(tv.poll(), "authorization_pending")

    def test_signed_out_while_the_question_is_open(self, tv: Television, person: Person) -> None:
        person.to_question(tv.start())
        Session.objects.all().delete()
        assert person.decide("allow")["Location"] == "/device"
        refused(tv.poll(), "authorization_pending")

    def test_two_people_with_one_code(self, tv: Television, person: Person, ada: User) -> None:
        code = tv.start()
        person.to_question(code)
        other = Person()
        other.to_question(code)
        other.decide("cancel")
        Session.objects.exclude(pk=Session.objects.latest("created_at").pk).update(user=_another_person())
        assert "This code has expired" in person.decide("allow").content.decode()
        refused(tv.poll(), "access_denied")

    def test_an_unknown_decision_decides_nothing(self, tv: Television, person: Person) -> None:
        person.to_question(tv.start())
        assert person.decide("maybe").status_code == 200
        refused(tv.poll(), "authorization_pending")

    def test_a_form_from_another_site(self, tv: Television, person: Person) -> None:
        person.to_question(tv.start())
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = person.browser.cookies
        assert strict.post("/device/confirm?app_id=tv", {"decision": "allow"}).status_code == 403
        refused(tv.poll(), "authorization_pending")

    def test_a_deleted_application(self, tv: Television, person: Person) -> None:
        person.to_question(tv.start())
        delete_application(by="test", application=Application.objects.get(pk="tv"))
        assert "This code has expired" in person.decide("allow").content.decode()

    def test_logtos_address_leads_here(self) -> None:
        assert Client().get("/oidc/device")["Location"] == "/device"
        answer = Client().get("/oidc/device?user_code=BCDF-GHJK&x=//evil.example")
        assert answer["Location"] == "/device?user_code=BCDF-GHJK"

    def test_a_third_party_says_what_it_asks_for(self, person: Person) -> None:
        create_application(
            by="test", name="Partner TV", type="Native", client_id="partner-tv", is_device_flow=True,
            is_third_party=True, user_consent_scopes=["email"],
        )  # fmt: skip
        tv = Television("partner-tv")
        page = person.to_question(tv.start(scope="openid profile email")).content.decode()
        assert "Your email address" in page
        assert "Your name, username and picture" not in page
        person.decide("allow", "partner-tv")
        assert tv.poll().json()["scope"] == "openid email"


def _another_person() -> User:
    return User.objects.create(username="grace")


def test_a_form_without_a_body_is_no_500() -> None:
    answer = Client().post("/oidc/device/auth", "", content_type=FORM)
    refused(answer, "invalid_request")


def test_the_lifetime_is_what_we_say() -> None:
    assert timedelta(seconds=600) == devices.LIFETIME
