"""Between the first proof and the end: nobody with a second factor gets in without it."""

from typing import Any

import pytest

from idp.audit.models import Event
from idp.messaging.models import OutboxMessage
from idp.mfa import services as mfa_services
from idp.mfa.errors import FactorNotEnabled, InvalidBackupCode, InvalidTotpCode
from idp.mfa.factors import Factor
from idp.mfa.models import TotpDevice
from idp.signin import factor_setup, recovery, second_factor, services
from idp.signin.errors import (
    BackupCodesAlone,
    ExperienceInvalid,
    MfaMissing,
    MfaRequired,
    NothingPending,
    NotProved,
    SetupNotSkippable,
)
from idp.signin.experience import update_experience
from idp.signin.flow import Step
from idp.signin.models import Interaction, SignInExperience
from idp.users.errors import UserSuspended
from idp.users.models import User
from idp.users.services import create_user
from idp.verification.errors import Blocked, CodeMismatch, CodeNotFound, ResendTooSoon
from tests.conftest import PASSWORD
from tests.mfa.helpers import code, forget_use, mfa, with_totp, wrong
from tests.signin.helpers import PHONE_ONLY, code_in_outbox, first_proof, new_interaction, register, start, step

pytestmark = pytest.mark.django_db


def experience(*factors: str, **more: Any) -> SignInExperience:
    return update_experience(by="test", **mfa(*factors, **more))


class TestVerify:
    def test_an_authenticator_app(self, ada: User) -> None:
        settings, secret = experience("Totp"), with_totp(ada)
        interaction = first_proof(settings)
        assert step(interaction) is Step.MFA_VERIFY
        with pytest.raises(MfaRequired) as required:
            services.sign_in(interaction, settings)
        assert required.value.data == {"availableFactors": ["Totp"], "maskedIdentifiers": {}}
        second_factor.verify_totp(interaction, settings, digits=code(secret))
        assert interaction.proofs["mfa"] == ada.pk
        services.sign_in(interaction, settings)
        assert interaction.result["amr"] == ["pwd", "otp", "mfa"]

    def test_a_backup_code(self, ada: User) -> None:
        settings = experience("Totp", "BackupCode")
        with_totp(ada)
        codes = mfa_services.generate_backup_codes(by="test", user=ada)
        interaction = first_proof(settings)
        second_factor.verify_backup_code(interaction, settings, code=codes[3])
        services.sign_in(interaction, settings)
        with pytest.raises(InvalidBackupCode):
            second_factor.verify_backup_code(first_proof(settings), settings, code=codes[3])

    @pytest.mark.parametrize(
        ("factor", "recipient", "amr"),
        [(Factor.PHONE, "+15551234567", "sms"), (Factor.EMAIL, "ada@example.com", "otp")],
    )
    def test_a_code_to_what_the_person_has(self, ada: User, factor: Factor, recipient: str, amr: str) -> None:
        settings = experience(factor)
        interaction = first_proof(settings)
        second_factor.send_code(interaction, settings, factor=factor)
        message = OutboxMessage.objects.get()
        assert (message.recipient, message.usage_type) == (recipient, "MfaVerification")
        right = code_in_outbox()
        with pytest.raises(CodeMismatch):
            second_factor.verify_code(interaction, settings, factor=factor, digits=wrong(right))
        second_factor.verify_code(interaction, settings, factor=factor, digits=right)
        services.sign_in(interaction, settings)
        assert interaction.result["amr"] == ["pwd", amr, "mfa"]

    def test_without_any_nothing_changes(self, ada: User) -> None:
        settings = experience("Totp")
        interaction = first_proof(settings)
        services.sign_in(interaction, settings)
        assert interaction.result["amr"] == ["pwd"]

    def test_what_is_off_is_not_asked_for(self, ada: User) -> None:
        with_totp(ada)
        assert step(first_proof(experience())) is Step.SIGN_IN

    def test_a_factor_that_is_not_the_persons(self, ada: User) -> None:
        settings = experience("Totp", "EmailVerificationCode")
        interaction = first_proof(settings)
        with pytest.raises(FactorNotEnabled):
            second_factor.verify_totp(interaction, settings, digits="000000")
        with pytest.raises(FactorNotEnabled):
            second_factor.send_code(interaction, settings, factor=Factor.PHONE)
        assert not OutboxMessage.objects.exists()

    def test_before_the_first_proof_there_is_no_second(self, ada: User) -> None:
        settings, secret = experience("Totp", "PhoneVerificationCode"), with_totp(ada)
        interaction = new_interaction()
        services.identify(interaction, settings, kind="username", value="ada")
        with pytest.raises(NotProved):
            second_factor.verify_totp(interaction, settings, digits=code(secret))
        with pytest.raises(NotProved):
            second_factor.send_code(interaction, settings, factor=Factor.PHONE)
        assert not OutboxMessage.objects.exists()

    def test_one_persons_proof_is_none_for_another(self, ada: User) -> None:
        settings, secret = experience("Totp"), with_totp(ada)
        bob = create_user(by="test", username="bob", password=PASSWORD)
        with_totp(bob)
        interaction = first_proof(settings)
        second_factor.verify_totp(interaction, settings, digits=code(secret))
        services.identify(interaction, settings, kind="username", value="bob")
        services.verify_password(interaction, settings, password=PASSWORD)
        assert step(interaction) is Step.MFA_VERIFY
        with pytest.raises(InvalidTotpCode):
            second_factor.verify_totp(interaction, settings, digits=code(secret))
        with pytest.raises(MfaRequired):
            services.sign_in(interaction, settings)

    def test_a_suspended_person(self, ada: User) -> None:
        settings, secret = experience("Totp", "PhoneVerificationCode"), with_totp(ada)
        interaction = first_proof(settings)
        User.objects.update(is_suspended=True)
        with pytest.raises(UserSuspended):
            second_factor.verify_totp(interaction, settings, digits=code(secret))
        with pytest.raises(UserSuspended):
            second_factor.send_code(interaction, settings, factor=Factor.PHONE)
        with pytest.raises(UserSuspended):
            services.sign_in(interaction, settings)
        assert not OutboxMessage.objects.exists()

    def test_guessing_stops_whatever_is_guessed(self, ada: User) -> None:
        update_experience(by="test", sentinel_policy={"maxAttempts": 3})
        settings, secret = experience("Totp", "BackupCode"), with_totp(ada)
        mfa_services.generate_backup_codes(by="test", user=ada)
        for _ in range(2):
            with pytest.raises(InvalidTotpCode):
                second_factor.verify_totp(first_proof(settings), settings, digits=wrong(code(secret)))
        with pytest.raises(InvalidBackupCode):
            second_factor.verify_backup_code(first_proof(settings), settings, code="0" * 10)
        with pytest.raises(Blocked):
            second_factor.verify_totp(first_proof(settings), settings, digits=code(secret))

    def test_every_outcome_is_in_the_log(self, ada: User) -> None:
        settings, secret = experience("Totp"), with_totp(ada)
        interaction = first_proof(settings)
        with pytest.raises(InvalidTotpCode):
            second_factor.verify_totp(interaction, settings, digits=wrong(code(secret)))
        second_factor.verify_totp(interaction, settings, digits=code(secret))
        outcomes = Event.objects.filter(key__startswith="user.mfa_").exclude(key="user.mfa_bound").order_by("pk")
        assert list(outcomes.values_list("key", "succeeded", "target")) == [
            ("user.mfa_failed", False, ada.audit_name),
            ("user.mfa_verified", True, ada.audit_name),
        ]

    def test_the_same_form_sent_twice_goes_on(self, ada: User) -> None:
        settings, secret = experience("Totp"), with_totp(ada)
        interaction = first_proof(settings)
        twin = Interaction.objects.get(pk=interaction.pk)
        second_factor.verify_totp(interaction, settings, digits=code(secret))
        second_factor.verify_totp(twin, settings, digits=code(secret))
        assert step(twin) is Step.SIGN_IN

    def test_a_new_password_by_code_does_not_get_past_it(self, ada: User) -> None:
        settings = experience("Totp")
        with_totp(ada)
        interaction = new_interaction()
        services.begin(interaction, event="ForgotPassword")
        recovery.identify_for_recovery(interaction, settings, kind="email", value="ada@example.com")
        services.send_code(interaction, settings)
        services.verify_code(interaction, settings, digits=code_in_outbox())
        recovery.reset_password(interaction, settings, password="a brand new secret")
        services.identify(interaction, settings, kind="username", value="ada")
        services.verify_password(interaction, settings, password="a brand new secret")
        assert step(interaction) is Step.MFA_VERIFY

    def test_the_code_of_the_first_proof_is_not_the_second(self, ada: User) -> None:
        """A code for a new password went out a moment ago: it does not count as the second step, nor is one sent anew."""
        settings = experience("PhoneVerificationCode")
        interaction = new_interaction()
        services.begin(interaction, event="ForgotPassword")
        recovery.identify_for_recovery(interaction, settings, kind="phone", value="15551234567")
        services.send_code(interaction, settings)
        recovery_code = code_in_outbox()
        services.begin(interaction, event="SignIn")
        services.identify(interaction, settings, kind="username", value="ada")
        services.verify_password(interaction, settings, password=PASSWORD)

        with pytest.raises(ResendTooSoon):
            second_factor.send_code(interaction, settings, factor=Factor.PHONE)
        with pytest.raises(CodeNotFound):
            second_factor.verify_code(interaction, settings, factor=Factor.PHONE, digits=recovery_code)

    def test_a_sign_in_by_code_needs_it_too(self, ada: User) -> None:
        settings = update_experience(by="test", **PHONE_ONLY, mfa={"factors": ["Totp"], "policy": "NoPrompt"})
        secret = with_totp(ada)
        interaction = start(phone="15551234567")
        services.verify_code(interaction, settings, digits=code_in_outbox())
        assert step(interaction) is Step.MFA_VERIFY
        second_factor.verify_totp(interaction, settings, digits=code(secret))
        services.sign_in(interaction, settings)
        assert interaction.result["amr"] == ["sms", "otp", "mfa"]


class TestSetUp:
    def bind(self, interaction: Interaction, settings: SignInExperience) -> str:
        secret = factor_setup.start_totp(interaction, settings)[1].secret
        factor_setup.check_new_totp(interaction, settings, digits=code(secret))
        factor_setup.bind_totp(interaction, settings)
        return secret

    def test_bind_keep_codes_and_go(self, ada: User) -> None:
        settings = experience("Totp", "BackupCode", policy="Mandatory")
        interaction = first_proof(settings)
        assert step(interaction) is Step.MFA_SETUP
        self.bind(interaction, settings)
        assert step(interaction) is Step.BACKUP_CODES
        _, codes = factor_setup.backup_codes(interaction, settings)
        assert factor_setup.backup_codes(interaction, settings)[1] == codes  # a reload shows the same
        stored = Interaction.objects.get(pk=interaction.pk).draft
        assert not any(one in repr(stored) for one in codes)
        factor_setup.keep_backup_codes(interaction, settings)
        with pytest.raises(BackupCodesAlone):
            factor_setup.backup_codes(interaction, settings)
        services.sign_in(interaction, settings)
        assert interaction.result["amr"] == ["pwd", "otp", "mfa"]
        again = first_proof(settings)
        second_factor.verify_backup_code(again, settings, code=codes[0])
        assert step(again) is Step.SIGN_IN

    def test_a_pending_secret_is_no_factor_and_not_readable(self, ada: User) -> None:
        settings = experience("Totp", policy="Mandatory")
        interaction = first_proof(settings)
        _, new = factor_setup.start_totp(interaction, settings)
        assert factor_setup.start_totp(interaction, settings)[1] == new
        assert new.secret not in repr(Interaction.objects.get(pk=interaction.pk).draft)
        assert not TotpDevice.objects.exists()
        with pytest.raises(NothingPending):
            factor_setup.bind_totp(interaction, settings)
        with pytest.raises(InvalidTotpCode):
            factor_setup.check_new_totp(interaction, settings, digits=wrong(code(new.secret)))
        with pytest.raises(NothingPending):
            factor_setup.bind_totp(interaction, settings)

    def test_nobody_adds_an_app_beside_the_one_there_is(self, ada: User) -> None:
        settings = experience("Totp", policy="Mandatory")
        secret = with_totp(ada)
        interaction = first_proof(settings)
        for action in (factor_setup.start_totp, factor_setup.bind_totp, factor_setup.skip_setup):
            with pytest.raises(NotProved):
                action(interaction, settings)
        assert TotpDevice.objects.get().secret == secret

    def test_a_secret_of_one_interaction_is_none_of_another(self, ada: User) -> None:
        settings = experience("Totp", policy="Mandatory")
        first, second = first_proof(settings), first_proof(settings)
        secrets = {factor_setup.start_totp(one, settings)[1].secret for one in (first, second)}
        assert len(secrets) == 2

    @pytest.mark.parametrize(
        ("policy", "at_sign_up", "at_sign_in", "skippable"),
        [
            ("UserControlled", True, True, True),
            ("PromptAtSignInAndSignUp", True, True, True),
            ("PromptOnlyAtSignIn", False, True, True),
            ("NoPrompt", False, False, True),
            ("Mandatory", True, True, False),
        ],
    )
    def test_policies(self, ada: User, policy: str, at_sign_up: bool, at_sign_in: bool, skippable: bool) -> None:
        settings = experience("Totp", policy=policy)
        for interaction, asked, rest in (
            (first_proof(settings), at_sign_in, Step.SIGN_IN),
            (register(settings), at_sign_up, Step.FINISHED),
        ):
            assert step(interaction) is (Step.MFA_SETUP if asked else rest)
            if not asked:
                continue
            with pytest.raises(MfaMissing) as missing:
                services.sign_in(interaction, settings)
            assert missing.value.data == {"availableFactors": ["Totp"], "skippable": skippable}
            if not skippable:
                with pytest.raises(SetupNotSkippable):
                    factor_setup.skip_setup(interaction, settings)
                continue
            factor_setup.skip_setup(interaction, settings)
            services.sign_in(interaction, settings)
        if skippable:
            assert step(first_proof(settings)) is Step.SIGN_IN or not at_sign_in  # not asked twice
        experience("Totp", policy="Mandatory")
        assert step(first_proof(settings)) is Step.MFA_SETUP  # a skip does not outlive its policy

    def test_at_sign_up_the_account_is_made_first_and_nobody_is_signed_in(self) -> None:
        settings = experience("Totp", policy="Mandatory")
        interaction = register(settings)
        grace = User.objects.get(username="grace")
        assert interaction.result == {}
        assert "password" not in interaction.draft
        self.bind(interaction, settings)
        services.sign_in(interaction, settings)
        assert interaction.result["user"] == grace.pk
        assert interaction.result["amr"] == ["pwd", "otp", "mfa"]
        forget_use(grace)
        assert step(first_proof(settings, "grace")) is Step.MFA_VERIFY

    def test_mandatory_without_anything_to_set_up_lets_nobody_in(self) -> None:
        settings = experience("PhoneVerificationCode", policy="Mandatory")
        create_user(by="test", username="bob", password=PASSWORD)
        interaction = first_proof(settings, "bob")
        assert step(interaction) is Step.MFA_SETUP
        with pytest.raises(MfaMissing):
            services.sign_in(interaction, settings)

    def test_a_prompt_without_anything_to_set_up_is_none(self) -> None:
        settings = experience("PhoneVerificationCode", policy="UserControlled")
        create_user(by="test", username="bob", password=PASSWORD)
        assert step(first_proof(settings, "bob")) is Step.SIGN_IN


CODES = {
    "methods": [
        {"identifier": kind, "password": True, "verificationCode": kind != "username", "isPasswordPrimary": True}
        for kind in ("username", "email", "phone")
    ]
}


@pytest.mark.parametrize(
    ("mfa", "code", "field"),
    [
        ({"factors": ["BackupCode"], "policy": "NoPrompt"}, "backup_code_cannot_be_enabled_alone", "$.mfa.factors"),
        ({"factors": ["Totp", "Totp"], "policy": "NoPrompt"}, "duplicated_mfa_factors", "$.mfa.factors"),
        ({"factors": ["EmailVerificationCode"], "policy": "NoPrompt"}, "email_verification_code_cannot_be_used_for_mfa", "$.mfa.factors"),
        ({"factors": ["PhoneVerificationCode"], "policy": "NoPrompt"}, "phone_verification_code_cannot_be_used_for_mfa", "$.mfa.factors"),
        ({"factors": ["Totp"], "policy": "PromptOnlyAtSignInMandatory"}, "non_adaptive_mfa_requires_skippable_policy", "$.mfa.policy"),
        ({"factors": ["Totp"], "policy": "Sometimes"}, "invalid_input", "$.mfa.policy"),
        ({"factors": ["Fax"], "policy": "NoPrompt"}, "invalid_input", "$.mfa"),
        ({"factors": "Totp", "policy": "NoPrompt"}, "invalid_input", "$.mfa"),
        ({"factors": ["Totp"]}, "invalid_input", "$.mfa"),
    ],
)  # fmt: skip
def test_what_cannot_be_saved(mfa: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(ExperienceInvalid) as refused:
        update_experience(by="test", sign_in=CODES, mfa=mfa)
    assert (refused.value.code, refused.value.field) == (f"sign_in_experiences.{code}", field)


def test_codes_need_their_connector_in_production(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(ExperienceInvalid) as refused:
        experience("PhoneVerificationCode")
    assert (refused.value.code, refused.value.field, refused.value.connector_type) == (
        "sign_in_experiences.enabled_connector_not_found", "$.mfa.factors[0]", "Sms",
    )  # fmt: skip
