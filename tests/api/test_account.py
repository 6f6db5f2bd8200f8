"""The Account API and its verifications, as an app of the person calls them (Logto sections 5.10, 6.5)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from idp.applications import clients
from idp.applications.models import Application
from idp.audit.models import Event
from idp.lib.errors import DomainError
from idp.mfa.models import Passkey, TrustedDevice
from idp.mfa.trust import trust_device
from idp.signin import own_account
from idp.signin.account_center import update_account_center
from idp.signin.experience import update_experience
from idp.signin.models import Session
from idp.signin.proofs import Owner
from idp.tokens.models import AccessToken, Grant
from idp.users.models import User
from idp.users.services import create_user
from idp.verification.models import PersonProof, VerificationCode
from tests.account.conftest import METHODS
from tests.api.callers import SCOPES, Api, refused
from tests.conftest import PASSWORD
from tests.mfa.helpers import code as totp_code
from tests.mfa.helpers import mfa
from tests.protocol.client import App
from tests.signin.helpers import code_in_outbox
from tests.signin.helpers import grant as new_grant
from tests.signin.helpers import session as new_session

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "another fine secret"


@pytest.fixture
def api(app: App, ada: User) -> Api:
    token = app.exchange(app.sign_in_with_password("ada", PASSWORD, scope=SCOPES)["code"]).json()["access_token"]
    update_experience(by="test", sign_in={"methods": METHODS})
    return Api(token)


def test_a_proof_of_the_account_pages_is_none_here(api: Api, ada: User) -> None:
    """Apps know the `sid` from the ID token, and must not use what the person proved elsewhere."""
    sid = Session.objects.get().sid
    PersonProof.objects.create(name=sid, user_id=ada.pk, method="password", expires_at=timezone.now() + timedelta(1))
    api.proof = sid
    refused(
        api("post", "/my-account/password", {"password": NEW_PASSWORD}), 401, "verification_record.permission_denied"
    )


class TestWhoMayCall:
    @pytest.mark.parametrize(
        ("header", "status", "code"),
        [
            ("", 401, "auth.authorization_header_missing"),
            ("Basic YTpi", 401, "auth.authorization_token_type_not_supported"),
            ("Bearer nothing", 401, "auth.unauthorized"),
            ("Bearer a.b.c", 401, "auth.unauthorized"),
        ],
    )
    def test_without_a_good_token(self, client: Client, header: str, status: int, code: str) -> None:
        headers = {"Authorization": header} if header else {}
        refused(client.get("/api/my-account", headers=headers), status, code)
        refused(
            client.post("/api/verifications/password", {"password": "x"}, "application/json", headers=headers),
            status,
            code,
        )

    def test_without_openid(self, api: Api) -> None:
        AccessToken.objects.update(scope="profile")
        refused(api("get", "/my-account"), 403, "auth.forbidden")

    def test_an_ended_grant_and_a_suspended_person(self, api: Api) -> None:
        Grant.objects.update(revoked_at=timezone.now())
        refused(api("get", "/my-account"), 401, "auth.unauthorized")
        Grant.objects.update(revoked_at=None)
        User.objects.update(is_suspended=True)
        refused(api("get", "/my-account"), 401, "auth.unauthorized")

    def test_somebody_elses_app_reads_and_never_writes(self, api: Api, native: Application) -> None:
        Application.objects.update(is_third_party=True)
        clients._clients.clear()
        assert api("get", "/my-account").status_code == 200
        for method, path, body in (
            ("patch", "/my-account", {"name": "Eve"}),
            ("patch", "/my-account/profile", {"nickname": "Eve"}),
            ("post", "/my-account/password", {"password": NEW_PASSWORD}),
            ("delete", "/my-account/primary-email", None),
            ("delete", "/my-account", None),
            ("post", "/verifications/password", {"password": PASSWORD}),
            ("delete", f"/my-account/sessions/{Session.objects.get().sid}", None),
        ):
            refused(api(method, path, body), 403, "auth.third_party_application_forbidden")

    def test_origins_of_the_app_only(self, api: Api) -> None:
        allowed = api("get", "/my-account", Origin="capacitor://localhost")
        assert allowed["Access-Control-Allow-Origin"] == "capacitor://localhost"
        strange = api("get", "/my-account", Origin="https://evil.example")
        refused(strange, 403, "auth.forbidden")
        assert "Access-Control-Allow-Origin" not in strange
        preflight = api.client.options(
            "/api/my-account/primary-email",
            headers={
                "Origin": "capacitor://localhost",
                "Access-Control-Request-Headers": "authorization, logto-verification-id",
            },
        )
        assert preflight.status_code == 204
        assert preflight["Access-Control-Allow-Headers"] == "authorization, logto-verification-id"
        assert "DELETE" in preflight["Access-Control-Allow-Methods"]


class TestProfile:
    def test_all_of_it(self, api: Api, ada: User) -> None:
        User.objects.update(profile={"nickname": "Countess", "address": {"locality": "London"}}, custom_data={"a": 1})
        answer = api("get", "/my-account")
        assert answer["Cache-Control"] == "no-store"
        found = answer.json()
        assert {name: found[name] for name in found if not name.endswith("At")} == {
            "id": ada.pk, "username": "ada", "primaryEmail": "ada@example.com", "primaryPhone": "15551234567",
            "name": "Ada Lovelace", "avatar": None, "customData": {"a": 1}, "identities": {}, "ssoIdentities": [],
            "hasPassword": True, "profile": {"nickname": "Countess", "address": {"locality": "London"}},
            "applicationId": None, "isSuspended": False, "hasSecurityVerificationMethod": True,
        }  # fmt: skip
        assert isinstance(found["createdAt"], int)

    def test_only_what_the_scopes_cover(self, api: Api, ada: User) -> None:
        AccessToken.objects.update(scope="openid")
        assert set(api("get", "/my-account").json()) == {
            "id", "hasPassword", "applicationId", "isSuspended", "hasSecurityVerificationMethod", "lastSignInAt",
            "createdAt", "updatedAt",
        }  # fmt: skip
        refused(api("patch", "/my-account", {"name": "A"}), 401, "auth.unauthorized")
        refused(api("patch", "/my-account", {"customData": {}}), 401, "auth.unauthorized")
        refused(api("patch", "/my-account/profile", {"nickname": "A"}), 401, "auth.unauthorized")

    def test_name_picture_and_data(self, api: Api, ada: User) -> None:
        changed = api(
            "patch", "/my-account", {"name": None, "avatar": "https://a.example/me.png", "customData": {"b": 2}}
        )
        assert changed.status_code == 200, changed.content
        assert (changed.json()["name"], changed.json()["customData"]) == (None, {"b": 2})
        ada.refresh_from_db()
        assert (ada.name, ada.avatar, ada.custom_data) == (None, "https://a.example/me.png", {"b": 2})
        assert Event.objects.get(key="user.updated").actor == ada.audit_name

    @pytest.mark.parametrize("changes", [
        {"username": "countess", "avatar": "ftp://a.example/me.png"}, {"username": "bob", "name": "Countess"},
    ])  # fmt: skip
    def test_all_or_nothing(self, api: Api, ada: User, changes: dict[str, str]) -> None:
        create_user(by="test", username="bob")
        api.prove()
        with pytest.raises(DomainError):
            own_account.change(owner=Owner(ada, proof=api.proof, session_id=""), **changes)
        ada.refresh_from_db()
        assert (ada.username, ada.name, ada.avatar) == ("ada", "Ada Lovelace", None)

    def test_one_change_is_one_line_of_the_log(self, api: Api, ada: User) -> None:
        api.prove()
        api("patch", "/my-account", {"username": "countess", "name": "Countess", "customData": {"a": 1}})
        assert [event.data["fields"] for event in Event.objects.filter(key="user.updated")] == [
            ["custom_data", "name", "username"]
        ]

    def test_a_username_needs_a_proof(self, api: Api, ada: User) -> None:
        refused(api("patch", "/my-account", {"username": "countess"}), 401, "verification_record.permission_denied")
        api.prove()
        assert api("patch", "/my-account", {"username": "countess"}).json()["username"] == "countess"
        create_user(by="test", username="bob")
        refused(api("patch", "/my-account", {"username": "bob"}), 422, "user.username_already_in_use")
        refused(api("patch", "/my-account", {"username": "1bob"}), 400, "guard.invalid_input")

    def test_claims_are_merged(self, api: Api, ada: User) -> None:
        User.objects.update(profile={"nickname": "Countess", "gender": "f"})
        answer = api("patch", "/my-account/profile", {"gender": None, "address": {"country": "UK", "region": None}})
        assert answer.json() == {"nickname": "Countess", "address": {"country": "UK"}}
        refused(api("patch", "/my-account/profile", {"isAdmin": "yes"}), 400, "guard.invalid_input")


class TestProofs:
    def test_a_wrong_password(self, api: Api) -> None:
        refused(api("post", "/verifications/password", {"password": "guess"}), 422, "session.invalid_credentials")
        assert not PersonProof.objects.exists()

    def test_a_code_to_an_own_address_proves_the_person(self, api: Api, ada: User) -> None:
        identifier = {"type": "email", "value": "ada@example.com"}
        sent = api("post", "/verifications/verification-code", {"identifier": identifier})
        assert sent.status_code == 201
        assert sent.json()["expiresAt"].endswith("Z")
        api.proof = sent.json()["verificationRecordId"]
        refused(
            api("post", "/my-account/password", {"password": NEW_PASSWORD}),
            401,
            "verification_record.permission_denied",
        )
        body = {"identifier": identifier, "verificationId": api.proof, "code": code_in_outbox()}
        assert api("post", "/verifications/verification-code/verify", body).json() == {
            "verificationRecordId": api.proof
        }
        refused(api("post", "/verifications/verification-code/verify", body), 400, "verification_code.not_found")
        assert api("post", "/my-account/password", {"password": NEW_PASSWORD}).status_code == 204

    def test_a_code_to_another_address_proves_no_person(self, api: Api) -> None:
        identifier = {"type": "email", "value": "new@example.com"}
        body = {"identifier": identifier, "templateType": "UserPermissionValidation"}
        refused(api("post", "/verifications/verification-code", body), 400, "verification_code.email_mismatch")
        api.proof = prove_address(api, identifier)
        refused(
            api("post", "/my-account/password", {"password": NEW_PASSWORD}),
            401,
            "verification_record.permission_denied",
        )

    def test_ten_minutes(self, api: Api) -> None:
        api.prove()
        PersonProof.objects.update(expires_at=timezone.now())
        refused(api("delete", "/my-account/primary-email"), 401, "verification_record.permission_denied")

    def test_another_persons_proof(self, api: Api) -> None:
        api.prove()
        PersonProof.objects.update(user_id="somebodyelse")
        refused(api("delete", "/my-account/primary-email"), 401, "verification_record.permission_denied")

    def test_another_persons_code(self, api: Api) -> None:
        sent = api(
            "post", "/verifications/verification-code", {"identifier": {"type": "email", "value": "ada@example.com"}}
        )
        VerificationCode.objects.update(interaction_id="somebodyelse.proof")
        body = {
            "identifier": {"type": "email", "value": "ada@example.com"},
            "verificationId": sent.json()["verificationRecordId"], "code": code_in_outbox(),
        }  # fmt: skip
        refused(api("post", "/verifications/verification-code/verify", body), 400, "verification_code.not_found")

    def test_somebody_with_nothing_to_prove_with(self, api: Api) -> None:
        User.objects.update(password="", primary_email=None, primary_phone=None)
        assert api("post", "/my-account/password", {"password": NEW_PASSWORD}).status_code == 204


def prove_address(api: Api, identifier: dict[str, str]) -> str:
    record_id: str = api("post", "/verifications/verification-code", {"identifier": identifier}).json()[
        "verificationRecordId"
    ]
    body = {"identifier": identifier, "verificationId": record_id, "code": code_in_outbox()}
    assert api("post", "/verifications/verification-code/verify", body).status_code == 200
    return record_id


class TestIdentifiers:
    NEW = ({"type": "phone", "value": "15557654321"}, {"type": "email", "value": "new@example.com"})

    @pytest.mark.parametrize("identifier", NEW, ids=lambda one: one["type"])
    def test_a_new_one(self, api: Api, ada: User, identifier: dict[str, str]) -> None:
        kind, value = identifier["type"], identifier["value"]
        body = {kind: value, "newIdentifierVerificationRecordId": prove_address(api, identifier)}
        refused(api("post", f"/my-account/primary-{kind}", body), 401, "verification_record.permission_denied")
        api.prove()
        other = {**body, kind: "15550000001" if kind == "phone" else "other@example.com"}
        refused(api("post", f"/my-account/primary-{kind}", other), 401, "verification_record.permission_denied")
        assert api("post", f"/my-account/primary-{kind}", body).status_code == 204
        ada.refresh_from_db()
        assert getattr(ada, f"primary_{kind}") == value
        assert api("delete", f"/my-account/primary-{kind}").status_code == 204
        refused(api("post", f"/my-account/primary-{kind}", body), 401, "verification_record.permission_denied")  # once

    def test_somebody_elses(self, api: Api) -> None:
        record_id = prove_address(api, self.NEW[0])
        create_user(by="test", phone="15557654321")
        api.prove()
        body = {"phone": "15557654321", "newIdentifierVerificationRecordId": record_id}
        refused(api("post", "/my-account/primary-phone", body), 422, "user.phone_already_in_use")

    def test_the_last_way_stays(self, api: Api) -> None:
        update_experience(
            by="test",
            sign_in={"methods": METHODS[1:2]},
            sign_up={"identifiers": [], "password": False, "verify": False},
        )
        api.prove()
        refused(api("delete", "/my-account/primary-email"), 422, "user.last_sign_in_method")


class TestPasswordAndEnd:
    def test_others_are_out_and_this_app_stays(self, api: Api, ada: User, native: Application) -> None:
        elsewhere = new_session(ada, "a")
        theirs = new_grant(native, elsewhere, "openid offline_access")
        Session.objects.exclude(pk=elsewhere.pk).delete()  # the app outlives its browser
        api.prove()
        refused(api("post", "/my-account/password", {"password": PASSWORD}), 422, "user.same_password")
        refused(api("post", "/my-account/password", {"password": "short"}), 422, "password.rejected")
        assert api("post", "/my-account/password", {"password": NEW_PASSWORD}).status_code == 204
        assert not Session.objects.exists()
        theirs.refresh_from_db()
        assert theirs.revoked_at is not None
        assert api("get", "/my-account").status_code == 200

    def test_data_and_the_end(self, api: Api, ada: User) -> None:
        for method, path in (("get", "/my-account/data"), ("delete", "/my-account")):
            refused(api(method, path), 401, "verification_record.permission_denied")
        api.prove()
        assert api("get", "/my-account/data").json()["identifiers"]["username"] == "ada"
        assert api("delete", "/my-account").status_code == 204
        assert not User.objects.exists()
        refused(api("get", "/my-account"), 401, "auth.unauthorized")

    def test_the_service_has_its_own_way_to_leave(self, api: Api) -> None:
        update_account_center(by="test", delete_account_url="https://shop.example/leave")
        api.prove()
        refused(api("delete", "/my-account"), 400, "account_center.field_not_enabled")


class TestSessionsAndGrants:
    def test_need_a_proof_and_a_scope(self, api: Api) -> None:
        for path in ("/my-account/sessions", "/my-account/grants"):
            refused(api("get", path), 401, "verification_record.permission_denied")
        api.prove()
        AccessToken.objects.update(scope="openid")
        for path in ("/my-account/sessions", "/my-account/grants"):
            refused(api("get", path), 401, "auth.unauthorized")

    def test_listed_and_ended(self, api: Api, ada: User, native: Application) -> None:
        here, elsewhere = Session.objects.get(), new_session(ada, "a")
        theirs = new_grant(native, elsewhere, "openid offline_access")
        bob = new_session(create_user(by="test", username="bob"), "b")
        api.prove()
        found = api("get", "/my-account/sessions").json()["sessions"]
        assert {(one["payload"]["uid"], one["isCurrent"]) for one in found} == {
            (here.sid, True),
            (elsewhere.sid, False),
        }
        assert len(api("get", "/my-account/grants").json()["grants"]) == 2
        assert api("get", "/my-account/grants?appType=thirdParty").json() == {"grants": []}
        refused(api("delete", f"/my-account/sessions/{bob.sid}"), 404, "oidc.session_not_found")
        assert api("delete", f"/my-account/sessions/{elsewhere.sid}").status_code == 204
        theirs.refresh_from_db()
        assert theirs.revoked_at is None  # offline_access outlives the session
        assert api("delete", f"/my-account/grants/{theirs.pk}").status_code == 204
        theirs.refresh_from_db()
        assert theirs.revoked_at is not None
        refused(api("delete", f"/my-account/grants/{theirs.pk}"), 404, "entity.not_found")
        assert Session.objects.filter(pk=bob.pk).exists()

    def test_trusted_devices(self, api: Api, ada: User) -> None:
        trust_device(by="", user=ada, days=30)
        trust_device(by="", user=create_user(by="test", username="bob"), days=30)
        refused(api("get", "/my-account/trusted-devices"), 401, "verification_record.permission_denied")
        api.prove()
        (mine,) = api("get", "/my-account/trusted-devices").json()
        assert api("delete", f"/my-account/trusted-devices/{mine['id']}").status_code == 204
        refused(api("delete", f"/my-account/trusted-devices/{mine['id']}"), 404, "entity.not_found")
        other = TrustedDevice.objects.get()
        refused(api("delete", f"/my-account/trusted-devices/{other.pk}"), 404, "entity.not_found")
        AccessToken.objects.update(scope="openid")
        refused(api("get", "/my-account/trusted-devices"), 401, "auth.unauthorized")

    @pytest.mark.parametrize(("target", "survives"), [("all", False), ("firstParty", False), ("", True)])
    def test_with_the_grants(self, api: Api, ada: User, native: Application, target: str, survives: bool) -> None:
        elsewhere = new_session(ada, "a")
        theirs = new_grant(native, elsewhere, "openid offline_access")
        api.prove()
        query = f"?revokeGrantsTarget={target}" if target else ""
        assert api("delete", f"/my-account/sessions/{elsewhere.sid}{query}").status_code == 204
        theirs.refresh_from_db()
        assert (theirs.revoked_at is None) == survives


class TestAccountCenter:
    def test_disabled(self, api: Api) -> None:
        update_account_center(by="test", enabled=False)
        refused(api("get", "/my-account"), 400, "account_center.not_enabled")

    @pytest.mark.parametrize(
        ("field", "method", "path", "body"),
        [
            ("name", "patch", "/my-account", {"name": "A"}),
            ("username", "patch", "/my-account", {"username": "a"}),
            ("customData", "patch", "/my-account", {"customData": {"c": 3}}),
            ("profile", "patch", "/my-account/profile", {"nickname": "A"}),
            ("password", "post", "/my-account/password", {"password": NEW_PASSWORD}),
            ("email", "delete", "/my-account/primary-email", None),
            ("phone", "post", "/my-account/primary-phone", {"phone": "1555", "newIdentifierVerificationRecordId": "x"}),
            ("session", "delete", "/my-account/sessions/x", None),
        ],
    )
    def test_a_field(self, api: Api, ada: User, field: str, method: str, path: str, body: Any) -> None:
        api.prove()
        for access, code in (("Off", "not_enabled"), ("ReadOnly", "not_editable")):
            update_account_center(by="test", fields={field: access})
            refused(api(method, path, body), 400, f"account_center.field_{code}")
        ada.refresh_from_db()
        assert (ada.name, ada.username, ada.primary_email) == ("Ada Lovelace", "ada", "ada@example.com")

    def test_what_is_off_is_not_told(self, api: Api) -> None:
        update_account_center(by="test", fields={"email": "Off", "phone": "ReadOnly"})
        found = api("get", "/my-account").json()
        assert ("primaryEmail" in found, "primaryPhone" in found) == (False, True)


class TestFactors:
    @pytest.fixture(autouse=True)
    def _factors(self, api: Api) -> None:
        update_experience(by="test", **mfa("Totp", "WebAuthn", "BackupCode"))

    def test_an_app_and_backup_codes(self, api: Api, ada: User) -> None:
        assert api("get", "/my-account/mfa-verifications").json() == []
        new = api("post", "/my-account/mfa-verifications/totp-secret/generate").json()
        assert new["secretQrCode"].startswith("data:image/")
        body = {"type": "Totp", "secret": new["secret"], "code": totp_code(new["secret"])}
        refused(api("post", "/my-account/mfa-verifications", body), 401, "verification_record.permission_denied")
        api.prove()
        wrong = api("post", "/my-account/mfa-verifications", {**body, "code": "000000"})
        assert wrong.status_code == 400, wrong.content
        assert api("post", "/my-account/mfa-verifications", body).status_code == 204
        assert api("post", "/my-account/mfa-verifications", body).status_code == 422  # one app
        codes = api("post", "/my-account/mfa-verifications/backup-codes/generate").json()["codes"]
        assert len(codes) == 10
        bound = {"type": "BackupCode", "codes": codes}
        assert api("post", "/my-account/mfa-verifications", bound).status_code == 204
        assert api("post", "/my-account/mfa-verifications", {**bound, "codes": ["0" * 10] * 10}).status_code >= 400
        assert len(api("get", "/my-account/mfa-verifications/backup-codes").json()["codes"]) == 10
        found = api("get", "/my-account/mfa-verifications").json()
        assert [(one["id"], one.get("remainCodes")) for one in found] == [("Totp", None), ("BackupCode", 10)]
        assert api("delete", "/my-account/mfa-verifications/Totp").status_code == 204
        assert api("get", "/my-account/mfa-verifications").json() == []  # backup codes stand in for nothing now
        refused(api("delete", "/my-account/mfa-verifications/Totp"), 404, "entity.not_found")

    def test_a_passkey(self, api: Api, ada: User) -> None:
        api.prove()
        question = api("post", "/verifications/web-authn/registration").json()
        assert question["registrationOptions"]["user"]["name"]
        other = create_user(by="test", username="bob")
        theirs = a_passkey(other)
        for method, path in (("delete", ""), ("patch", "/name")):
            answer = api(method, f"/my-account/mfa-verifications/{theirs.pk}{path}", {"name": "mine"})
            refused(answer, 404, "entity.not_found")
        own = a_passkey(ada)
        assert api("patch", f"/my-account/mfa-verifications/{own.pk}/name", {"name": "Laptop"}).status_code == 200
        assert api("get", "/my-account/mfa-verifications").json()[0]["name"] == "Laptop"
        assert api("delete", f"/my-account/mfa-verifications/{own.pk}").status_code == 204
        theirs.refresh_from_db()

    @pytest.mark.parametrize("path", ["1.5", "x", "9" * 40, "TOTP"])
    def test_ids_that_are_none(self, api: Api, path: str) -> None:
        api.prove()
        refused(api("delete", f"/my-account/mfa-verifications/{path}"), 404, "entity.not_found")


def a_passkey(user: User) -> Passkey:
    return Passkey.objects.create(
        user=user, name="Phone", credential_id=f"id-of-{user.pk}", public_key="x", sign_count=0, aaguid="",
        backup_eligible=False, backed_up=False,
    )  # fmt: skip


def test_few_statements(api: Api, django_assert_max_num_queries: Callable[[int], Any]) -> None:
    """The token with its person and grant, and the settings; the client is in memory."""
    api("get", "/my-account")
    with django_assert_max_num_queries(2):
        assert api("get", "/my-account").status_code == 200
    api.prove()
    with django_assert_max_num_queries(5):  # and the proof, the sessions, the grants
        assert api("get", "/my-account/sessions").status_code == 200


def test_a_proof_outlives_nothing(api: Api) -> None:
    api.prove()
    assert PersonProof.objects.get().expires_at < timezone.now() + timedelta(minutes=11)
