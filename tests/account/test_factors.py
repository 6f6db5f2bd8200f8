"""The person's own passkeys, authenticator app and backup codes."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from idp.audit.models import Event
from idp.mfa import services
from idp.mfa.errors import FactorChangedInConsole, FactorNotEnabled, InvalidTotpCode
from idp.mfa.factors import Factor
from idp.mfa.models import BackupCode, Passkey, TotpDevice
from idp.signin import own_factors, proofs
from idp.signin.account_center import update_account_center
from idp.signin.errors import BackupCodesAlone, FieldNotEditable, LastFactor
from idp.signin.experience import update_experience
from idp.signin.models import Session
from idp.signin.proofs import Owner
from idp.users.models import User
from idp.users.services import create_administrator, create_user
from idp.verification.errors import ProofRequired
from tests.account.test_overview import text_of
from tests.conftest import PASSWORD
from tests.mfa.authenticator import Authenticator, stored, with_passkey
from tests.mfa.helpers import code, with_totp, wrong
from tests.pages.test_passkeys import answered

pytestmark = pytest.mark.django_db
FACTORS = ["WebAuthn", "Totp", "BackupCode"]


def on(*factors: str, policy: str = "NoPrompt", **more: Any) -> None:
    update_experience(by="test", mfa={"factors": list(factors or FACTORS), "policy": policy}, **more)


def prove(browser: Client) -> None:
    browser.post("/account/verify", {"password": PASSWORD})


class TestAdministrator:
    """The console asks for the app at each sign-in, so that a password alone must not take it away here."""

    def test_the_app_and_its_codes_are_changed_in_the_console(self) -> None:
        on()
        user = create_administrator(by="test", username="grace", password=PASSWORD)
        with_totp(user)
        session = Session.objects.create(pk="g" * 64, user=user, auth_time=1, expires_at=timezone.now() + timedelta(1))
        owner = Owner.in_browser(session)
        proofs.prove_with_password(owner=owner, password=PASSWORD)
        new = own_factors.new_app(owner=owner).secret
        for change in (
            lambda: own_factors.remove(owner=owner, factor=Factor.TOTP),
            lambda: own_factors.remove(owner=owner, factor=Factor.BACKUP_CODE),
            lambda: own_factors.bind_app(owner=owner, secret=new, digits=code(new), replace=True),
            lambda: own_factors.new_backup_codes(owner=owner),
        ):
            with pytest.raises(FactorChangedInConsole):
                change()
        services.remove_factor(by=user.audit_name, user=user, factor=Factor.TOTP)  # as the console does, for a code
        assert own_factors.bind_app(owner=owner, secret=new, digits=code(new))


class TestOverview:
    def test_nothing_where_nothing_is_on(self, browser: Client) -> None:
        assert "Two-step verification" not in text_of(browser.get("/account"))

    def test_what_can_be_set_up(self, browser: Client) -> None:
        on()
        page = text_of(browser.get("/account"))
        assert "Two-step verification" in page
        assert 'href="/account/passkey/add"' in page
        assert 'href="/account/authenticator-app"' in page
        assert "Backup codes" not in page  # they stand in for another factor

    def test_what_is_there(self, browser: Client, ada: User) -> None:
        on()
        passkey = stored(with_passkey(ada))
        with_totp(ada)
        services.generate_backup_codes(by="test", user=ada)
        BackupCode.objects.filter(pk=BackupCode.objects.all()[0].pk).update(used_at=passkey.created_at)
        page = text_of(browser.get("/account"))
        assert f'href="/account/passkey/{passkey.pk}/remove"' in page
        assert "Replace" in page
        assert "9 codes left" in page

    def test_passkeys_for_sign_in_alone(self, browser: Client) -> None:
        update_experience(by="test", passkey_sign_in={"enabled": True})
        page = text_of(browser.get("/account"))
        assert 'href="/account/passkey/add"' in page
        assert "Authenticator app" not in page

    @pytest.mark.parametrize(("access", "sees", "changes"), [("Off", False, False), ("ReadOnly", True, False)])
    def test_the_account_centre_decides(
        self, browser: Client, ada: User, access: str, sees: bool, changes: bool
    ) -> None:
        on()
        with_passkey(ada)
        update_account_center(by="test", fields={"mfa": access, "passkey": access})
        page = text_of(browser.get("/account"))
        assert ("Two-step verification" in page) is sees
        assert ("/account/passkey/" in page) is changes
        prove(browser)
        for path in ("passkey/add", "authenticator-app", "backup-codes/generate"):
            assert browser.get(f"/account/{path}").status_code == 403


class TestPasskeys:
    def test_add(self, browser: Client, ada: User) -> None:
        on()
        assert browser.get("/account/passkey/add")["Location"] == "/account/verify?next=passkey-add"
        proof = browser.post("/account/verify?next=passkey-add", {"password": PASSWORD})
        assert proof["Location"] == "/account/passkey/add"
        shown = text_of(browser.get("/account/passkey/add"))
        evil = Authenticator(origin="https://evil.example")
        refused = text_of(browser.post("/account/passkey/add", answered(shown, evil.create)))
        assert "This passkey was not accepted" in refused
        done = browser.post("/account/passkey/add", answered(refused, Authenticator().create))
        assert done["Location"] == "/account?notice=passkey-added"
        passkey = Passkey.objects.get()
        assert (passkey.user, passkey.name) == (ada, "Firefox on Linux")
        event = Event.objects.get(key="user.mfa_bound")
        assert (event.actor, event.target) == (ada.audit_name, ada.audit_name)

    def test_rename_and_remove(self, browser: Client, ada: User) -> None:
        on()
        passkey = stored(with_passkey(ada))
        address = f"/account/passkey/{passkey.pk}"
        asked = browser.get(f"{address}/remove")["Location"]
        assert browser.post(asked, {"password": PASSWORD})["Location"] == f"{address}/remove"
        assert 'aria-invalid="true"' in text_of(browser.post(address, {"name": " "}))
        assert browser.post(address, {"name": "My phone"})["Location"] == "/account?notice=passkey-renamed"
        assert "My phone" in text_of(browser.get(f"{address}/remove"))
        assert browser.post(f"{address}/remove")["Location"] == "/account?notice=passkey-removed"
        assert not Passkey.objects.exists()
        assert browser.get(address)["Location"] == "/account"

    def test_somebody_elses_is_not_there(self, browser: Client, ada: User) -> None:
        on()
        theirs = stored(with_passkey(create_user(by="test", username="bob")))
        prove(browser)
        for path in (f"/account/passkey/{theirs.pk}", f"/account/passkey/{theirs.pk}/remove"):
            assert browser.post(path, {"name": "Mine"})["Location"] == "/account"
        theirs.refresh_from_db()
        assert theirs.name != "Mine"

    @pytest.mark.parametrize("wanted", ["passkey:x", "passkey:1:2", "overview", "passkey:", "passkey-add:1"])
    def test_the_way_back_is_never_one_that_was_brought_along(self, browser: Client, wanted: str) -> None:
        proof = browser.post(f"/account/verify?next={wanted}", {"password": PASSWORD})
        assert proof["Location"] == "/account"


class TestApp:
    def test_set_up_replace_and_remove(self, browser: Client, ada: User) -> None:
        on()
        assert browser.get("/account/authenticator-app")["Location"] == "/account/verify?next=app"
        prove(browser)
        keys = []
        for _ in range(2):
            shown = text_of(browser.get("/account/authenticator-app"))
            secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', shown)[1]  # type: ignore[index]
            keys.append(secret)
            sent = {"secret": secret, "code": wrong(code(secret))}
            refused = text_of(browser.post("/account/authenticator-app", sent))
            assert "That is not the code" in refused
            assert secret in refused
            done = browser.post("/account/authenticator-app", {"secret": secret, "code": code(secret)})
            assert done["Location"] == "/account?notice=app-added"
            assert TotpDevice.objects.get().secret == secret
        assert keys[0] != keys[1]
        assert "Remove your authenticator app?" in text_of(browser.get("/account/authenticator-app/remove"))
        assert browser.post("/account/authenticator-app/remove")["Location"] == "/account?notice=app-removed"
        assert not TotpDevice.objects.exists()
        assert browser.get("/account/authenticator-app/remove")["Location"] == "/account"


class TestBackupCodes:
    def test_made_and_shown_once(self, browser: Client, ada: User) -> None:
        on()
        with_totp(ada)
        before = services.generate_backup_codes(by="test", user=ada)
        prove(browser)
        asked = text_of(browser.get("/account/backup-codes/generate"))
        assert "Those that you have will no longer be accepted" in asked
        shown = text_of(browser.post("/account/backup-codes/generate"))
        codes = re.findall(r"<li>([0-9a-f]{10})</li>", shown)
        assert len(codes) == 10
        assert not set(codes) & set(before)
        assert codes[0] not in text_of(browser.get("/account/backup-codes/generate"))

    def test_not_alone(self, browser: Client) -> None:
        on()
        prove(browser)
        shown = text_of(browser.post("/account/backup-codes/generate"))
        assert "Set up another factor before backup codes" in shown
        assert not BackupCode.objects.exists()


class TestServices:
    """What the Account API calls as well."""

    @pytest.fixture
    def owner(self, session: Session, browser: Client) -> Owner:
        prove(browser)
        return Owner.in_browser(session)

    @pytest.fixture
    def unproved(self, ada: User) -> Owner:
        return Owner(ada, proof="nothing", session_id="")

    def test_every_change_asks_for_a_proof(self, unproved: Owner, ada: User) -> None:
        on()
        passkey, secret = stored(with_passkey(ada)), services.start_totp()
        question = own_factors.begin_passkey(owner=unproved)
        payload = Authenticator().create(question.options)
        own_factors.check_new_passkey(owner=unproved, ceremony_id=question.id, payload=payload)
        for change in (
            lambda: own_factors.bind_passkey(owner=unproved, ceremony_id=question.id),
            lambda: own_factors.rename_passkey(owner=unproved, passkey_id=passkey.pk, name="x"),
            lambda: own_factors.bind_app(owner=unproved, secret=secret, digits=code(secret)),
            lambda: own_factors.new_backup_codes(owner=unproved),
            lambda: own_factors.remove(owner=unproved, factor=Factor.WEBAUTHN, passkey_id=passkey.pk),
        ):
            with pytest.raises(ProofRequired):
                change()
        assert services.bound_factors(ada) == [Factor.WEBAUTHN]
        assert Passkey.objects.get().name == passkey.name

    def test_what_is_off_is_not_set_up_but_may_go(self, owner: Owner, ada: User) -> None:
        passkey, secret = stored(with_passkey(ada)), services.start_totp()
        for change in (
            lambda: own_factors.begin_passkey(owner=owner),
            lambda: own_factors.bind_app(owner=owner, secret=secret, digits=code(secret)),
            lambda: own_factors.new_backup_codes(owner=owner),
        ):
            with pytest.raises(FactorNotEnabled):
                change()
        assert own_factors.remove(owner=owner, factor=Factor.WEBAUTHN, passkey_id=passkey.pk)
        assert not own_factors.remove(owner=owner, factor=Factor.WEBAUTHN, passkey_id=passkey.pk)

    @pytest.mark.parametrize("secret", ["", "short", "A" * 31 + "1", "a" * 32])
    def test_a_key_that_is_none_of_ours(self, owner: Owner, secret: str) -> None:
        on()
        with pytest.raises(InvalidTotpCode):
            own_factors.bind_app(owner=owner, secret=secret, digits="000000")

    def test_the_last_factor_stays_where_one_is_required(self, owner: Owner, ada: User) -> None:
        on(policy="Mandatory")
        passkey = stored(with_passkey(ada))
        with_totp(ada)
        own_factors.new_backup_codes(owner=owner)
        assert own_factors.remove(owner=owner, factor=Factor.TOTP)
        with pytest.raises(LastFactor):
            own_factors.remove(owner=owner, factor=Factor.WEBAUTHN, passkey_id=passkey.pk)
        assert services.bound_factors(ada) == [Factor.WEBAUTHN, Factor.BACKUP_CODE]
        on(policy="NoPrompt")
        assert own_factors.remove(owner=owner, factor=Factor.WEBAUTHN, passkey_id=passkey.pk)
        with pytest.raises(BackupCodesAlone):
            own_factors.new_backup_codes(owner=owner)

    def test_read_only_is_not_changed(self, owner: Owner, ada: User) -> None:
        on()
        with_totp(ada)
        update_account_center(by="test", fields={"mfa": "ReadOnly"})
        with pytest.raises(FieldNotEditable):
            own_factors.remove(owner=Owner(ada, owner.proof, owner.session_id), factor=Factor.TOTP)
