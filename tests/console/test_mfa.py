"""Second factors in the console: which there are, and what a person has bound."""

import re
from typing import Any

import pytest
from django.test import Client

from idp.audit.models import Event
from idp.mfa import services
from idp.mfa.factors import Factor
from idp.mfa.models import Passkey, TrustedDevice
from idp.mfa.trust import trust_device
from idp.signin.experience import update_experience
from idp.signin.models import SignInExperience
from idp.users.models import User
from idp.users.services import create_user
from tests.console.people import customer_client, save_and_confirm, staff_client
from tests.mfa.authenticator import stored, with_passkey
from tests.mfa.helpers import PASSWORD_METHODS, with_totp

pytestmark = pytest.mark.django_db
PAGE = "/console/mfa"
AS_IT_IS = {"passkey_button": "on", "passkey_autofill": "on", "trust_days": "30"}  # fields that begin switched on


@pytest.fixture
def client(db: Any) -> Client:
    return staff_client()


@pytest.fixture
def grace(db: Any) -> User:
    return create_user(by="test", username="grace")


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


class TestSettings:
    def test_saved_and_shown(self, client: Client) -> None:
        update_experience(by="test", sign_in=PASSWORD_METHODS)
        data = {"totp": "on", "phone": "on", "backup": "on", "policy": "Mandatory"}
        assert save_and_confirm(client, PAGE, {**data, **AS_IT_IS})["Location"] == PAGE
        saved = SignInExperience.load().mfa
        assert saved == {"factors": ["Totp", "PhoneVerificationCode", "BackupCode"], "policy": "Mandatory"}
        shown = text_of(client.get(PAGE))
        assert [bool(re.search(rf'name="{name}"[^>]* checked', shown)) for name in ("totp", "phone", "email", "backup")] == [
            True, True, False, True,
        ]  # fmt: skip
        assert 'value="Mandatory" selected' in shown
        assert Event.objects.latest("pk").data == {"fields": ["mfa"]}

    def test_adaptive(self, client: Client) -> None:
        update_experience(by="test", sign_in=PASSWORD_METHODS)
        data = {"totp": "on", "policy": "PromptOnlyAtSignIn", "adaptive": "on", **AS_IT_IS}
        assert save_and_confirm(client, PAGE, data)["Location"] == PAGE
        saved = SignInExperience.load()
        assert (saved.is_adaptive, saved.mfa["policy"]) == (True, "PromptOnlyAtSignInMandatory")
        shown = text_of(client.get(PAGE))
        assert 'value="PromptOnlyAtSignIn" selected' in shown
        assert 'id="id_policy_error"' in text_of(client.post(PAGE, {**data, "policy": "NoPrompt"}))
        del data["totp"]
        assert 'id="id_adaptive_error"' in text_of(client.post(PAGE, data))
        data = {"totp": "on", "policy": "PromptOnlyAtSignIn", **AS_IT_IS}
        assert client.post(PAGE, data)["Location"] == PAGE
        assert SignInExperience.load().mfa["policy"] == "PromptOnlyAtSignIn"

    def test_passkeys_and_trusted_devices(self, client: Client) -> None:
        data = {"policy": "NoPrompt", "passkey_enabled": "on", "passkey_autofill": "on", "trust_enabled": "on"}
        assert client.post(PAGE, {**data, "trust_days": "14"})["Location"] == PAGE
        saved = SignInExperience.load()
        assert saved.passkey_sign_in == {"enabled": True, "showPasskeyButton": False, "allowAutofill": True}
        assert saved.trusted_device == {"enabled": True, "durationDays": 14}
        assert 'value="14"' in text_of(client.get(PAGE))
        client.post(PAGE, {**data, "trust_days": ""})
        assert SignInExperience.load().trust_days == 30
        assert 'id="id_trust_days_error"' in text_of(client.post(PAGE, {**data, "trust_days": "366"}))

    @pytest.mark.parametrize(
        ("data", "field", "sentence"),
        [
            ({"backup": "on"}, "backup", "Backup codes stand in for another factor"),
            ({"totp": "on", "phone": "on"}, "phone", "SMS codes cannot be both"),
            ({"totp": "on", "policy": "Sometimes"}, "policy", "Select a valid choice"),
        ],
    )
    def test_what_cannot_be_saved_is_said_at_its_field(
        self, client: Client, data: dict[str, str], field: str, sentence: str
    ) -> None:
        phone = {"identifier": "phone", "password": True, "verificationCode": True, "isPasswordPrimary": True}
        update_experience(by="test", sign_in={"methods": [*PASSWORD_METHODS["methods"][:2], phone]})
        shown = text_of(client.post(PAGE, {"policy": "NoPrompt", **data}))
        error = re.search(rf'id="id_{field}_error">(.*?)</div>', shown)
        assert error
        assert sentence in error[1]
        assert SignInExperience.load().mfa["factors"] == []

    def test_a_missing_connector_has_its_link(self, client: Client, settings: Any) -> None:
        settings.PRODUCTION = True
        shown = text_of(client.post(PAGE, {"phone": "on", "policy": "NoPrompt"}))
        assert "/console/connectors/pick/sms" in shown

    def test_the_older_name_of_a_policy_stays(self, client: Client) -> None:
        client.post(PAGE, {"totp": "on", "policy": "PromptAtSignInAndSignUp"})
        assert SignInExperience.load().mfa["policy"] == "UserControlled"
        client.post(PAGE, {"totp": "on", "policy": "NoPrompt"})
        assert SignInExperience.load().mfa["policy"] == "NoPrompt"


class TestPerson:
    def url(self, user: User, action: str = "") -> str:
        return f"/console/users/{user.pk}{action}"

    def test_nothing_set_up(self, client: Client, grace: User) -> None:
        assert "Nothing is set up." in text_of(client.get(self.url(grace, "/sign-in")))

    def test_what_is_bound_without_its_secrets(self, client: Client, grace: User) -> None:
        secret = with_totp(grace)
        codes = services.generate_backup_codes(by="test", user=grace)
        services.verify_backup_code(user=grace, code=codes[0], prove=lambda: None)
        shown = text_of(client.get(self.url(grace, "/sign-in")))
        assert "Authenticator app" in shown
        assert "9 left" in shown
        assert not any(hidden in shown for hidden in (secret, *codes))

    def test_remove_one(self, client: Client, grace: User) -> None:
        with_totp(grace)
        services.generate_backup_codes(by="test", user=grace)
        client.post(self.url(grace, "/mfa/backup-codes/remove"))
        assert services.bound_factors(grace) == [Factor.TOTP]
        client.post(self.url(grace, "/mfa/totp/remove"))
        assert services.bound_factors(grace) == []
        events = Event.objects.filter(key="user.mfa_removed")
        assert {event.actor for event in events} == {User.objects.get(username="ada").audit_name}
        assert client.post(self.url(grace, "/mfa/fax/remove")).status_code == 404

    def test_remove_one_passkey(self, client: Client, grace: User) -> None:
        one, other = with_passkey(grace), with_passkey(grace)
        page = f"/console/users/{grace.pk}/sign-in"
        assert client.get(page).content.count(b'<span class="badge">Passkey</span>') == 2
        removal = f"/console/users/{grace.pk}/passkeys/{stored(one).pk}/remove"
        assert "The passkey is removed." in client.post(removal, follow=True).content.decode()
        assert "It was removed already." in client.post(removal, follow=True).content.decode()
        assert Passkey.objects.get() == stored(other)

    def test_forget_a_device(self, client: Client, grace: User) -> None:
        trust_device(by="test", user=grace, days=3)
        page = f"/console/users/{grace.pk}/sign-in"
        assert "Trusted device" in text_of(client.get(page))
        address = f"/console/users/{grace.pk}/devices/{TrustedDevice.objects.get().pk}/forget"
        assert "The device is no longer trusted." in text_of(client.post(address, follow=True))
        assert "It was not trusted any more." in text_of(client.post(address, follow=True))
        assert not TrustedDevice.objects.exists()

    def test_reset_all(self, client: Client, grace: User) -> None:
        with_totp(grace)
        services.skip_setup(by="test", user=grace)
        assert client.post(self.url(grace, "/mfa/reset"))["Location"] == self.url(grace, "/sign-in")
        assert (services.bound_factors(grace), services.has_skipped(grace)) == ([], False)

    def test_looking_changes_nothing(self, client: Client, grace: User) -> None:
        with_totp(grace)
        for action in ("/mfa/reset", "/mfa/totp/remove"):
            assert client.get(self.url(grace, action)).status_code == 405
        assert services.bound_factors(grace) == [Factor.TOTP]


def test_customers_and_strangers_stay_out(grace: User) -> None:
    with_totp(grace)
    for visitor in (customer_client(), Client()):
        for path in (PAGE, f"/console/users/{grace.pk}/mfa/reset", f"/console/users/{grace.pk}/mfa/totp/remove"):
            assert visitor.post(path, {"policy": "NoPrompt"}).status_code in (302, 303, 403)
    assert services.bound_factors(grace) == [Factor.TOTP]
