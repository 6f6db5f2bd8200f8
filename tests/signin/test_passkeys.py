"""Passkeys in the flow: the second factor, the only one, and one for the next time."""

from typing import Any

import pytest

from idp.audit.models import Event
from idp.mfa import services as mfa_services
from idp.mfa.errors import CeremonyOver, FactorNotEnabled, InvalidPasskey
from idp.mfa.models import Passkey
from idp.signin import completion, factor_setup, flow, passkeys, second_factor, services
from idp.signin.errors import (
    ExperienceInvalid,
    MethodNotEnabled,
    NotProved,
    PasskeyPreferred,
    PasskeysNotEnabled,
    SignUpClosed,
)
from idp.signin.experience import update_experience
from idp.signin.flow import Step
from idp.signin.models import Interaction, SignInExperience
from idp.signin.state import State
from idp.users.errors import UserSuspended
from idp.users.models import User
from idp.users.services import create_user
from tests.conftest import PASSWORD
from tests.mfa.authenticator import Authenticator, with_passkey
from tests.mfa.helpers import mfa, with_totp
from tests.signin.helpers import first_proof, new_interaction, register, step

pytestmark = pytest.mark.django_db
ON = {"enabled": True}


def experience(*factors: str, passkey_sign_in: Any = None, **more: Any) -> SignInExperience:
    return update_experience(by="test", passkey_sign_in=passkey_sign_in or {}, **mfa(*factors, **more))


def verify(interaction: Interaction, settings: SignInExperience, authenticator: Authenticator) -> None:
    question = passkeys.begin_verification(interaction, settings)
    payload = authenticator.get(question.options)
    passkeys.verify(interaction, settings, ceremony_id=question.id, payload=payload)


def sign_in(interaction: Interaction, settings: SignInExperience, authenticator: Authenticator) -> None:
    question = passkeys.begin_sign_in(interaction, settings)
    payload = authenticator.get(question.options)
    passkeys.sign_in(interaction, settings, ceremony_id=question.id, payload=payload)


def create(interaction: Interaction, settings: SignInExperience) -> Authenticator:
    question, authenticator = passkeys.begin_registration(interaction, settings), Authenticator()
    payload = authenticator.create(question.options)
    passkeys.check_new(interaction, settings, ceremony_id=question.id, payload=payload)
    passkeys.bind(interaction, settings, ceremony_id=question.id)
    return authenticator


class TestSecondFactor:
    def test_it_is_asked_for_first_and_proves(self, ada: User) -> None:
        settings, authenticator = experience("Totp", "WebAuthn", "PhoneVerificationCode"), with_passkey(ada)
        with_totp(ada)
        interaction = first_proof(settings)
        assert State(interaction, settings).second_factors == ["WebAuthn", "Totp", "PhoneVerificationCode"]
        verify(interaction, settings, authenticator)
        services.sign_in(interaction, settings)
        assert interaction.result["amr"] == ["pwd", "hwk", "user", "mfa"]

    def test_another_persons_is_none(self, ada: User) -> None:
        settings, bob = experience("WebAuthn"), create_user(by="test", username="bob", password=PASSWORD)
        theirs = with_passkey(bob)
        with_passkey(ada)
        interaction = first_proof(settings)
        with pytest.raises(InvalidPasskey):
            verify(interaction, settings, theirs)
        assert "mfa" not in Interaction.objects.get(pk=interaction.pk).proofs
        assert Event.objects.get(key="user.mfa_failed").target == ada.audit_name

    def test_not_before_the_first_proof(self, ada: User) -> None:
        settings = experience("WebAuthn")
        with_passkey(ada)
        interaction = new_interaction()
        services.identify(interaction, settings, kind="username", value="ada")
        with pytest.raises(NotProved):
            passkeys.begin_verification(interaction, settings)

    def test_the_question_of_another_visit(self, ada: User) -> None:
        settings, authenticator = experience("WebAuthn"), with_passkey(ada)
        question = passkeys.begin_verification(first_proof(settings), settings)
        payload = authenticator.get(question.options)
        with pytest.raises(CeremonyOver):
            passkeys.verify(first_proof(settings), settings, ceremony_id=question.id, payload=payload)

    def test_the_same_form_twice_goes_on(self, ada: User) -> None:
        settings, authenticator = experience("WebAuthn"), with_passkey(ada)
        interaction = first_proof(settings)
        twin = Interaction.objects.get(pk=interaction.pk)
        question = passkeys.begin_verification(interaction, settings)
        answer: dict[str, Any] = {"ceremony_id": question.id, "payload": authenticator.get(question.options)}
        passkeys.verify(interaction, settings, **answer)
        passkeys.verify(twin, settings, **answer)
        assert step(twin) is Step.SIGN_IN

    def test_set_up_and_keep_codes(self, ada: User) -> None:
        settings = experience("WebAuthn", "Totp", "BackupCode", policy="Mandatory")
        interaction = first_proof(settings)
        assert State(interaction, settings).new_factors == ["WebAuthn", "Totp"]
        create(interaction, settings)
        assert step(interaction) is Step.BACKUP_CODES
        factor_setup.backup_codes(interaction, settings)
        factor_setup.keep_backup_codes(interaction, settings)
        services.sign_in(interaction, settings)
        assert interaction.result["amr"] == ["pwd", "hwk", "user", "mfa"]

    def test_it_is_not_set_up_where_it_is_off(self, ada: User) -> None:
        settings = experience("Totp", policy="Mandatory")
        with pytest.raises(FactorNotEnabled):
            passkeys.begin_registration(first_proof(settings), settings)


class TestSignIn:
    def test_nothing_else_is_asked(self, ada: User) -> None:
        settings = experience("Totp", "WebAuthn", policy="Mandatory", passkey_sign_in=ON)
        authenticator = with_passkey(ada, synchronised=True)
        with_totp(ada)
        interaction = new_interaction()
        sign_in(interaction, settings, authenticator)
        services.sign_in(interaction, settings)
        assert interaction.result["user"] == ada.pk
        assert (interaction.result["method"], interaction.result["amr"]) == ("passkey", ["swk", "user", "mfa"])

    def test_it_satisfies_a_policy_whose_factors_are_others(self, ada: User) -> None:
        settings = experience("Totp", policy="Mandatory", passkey_sign_in=ON)
        interaction = new_interaction()
        sign_in(interaction, settings, with_passkey(ada))
        assert step(interaction) is Step.SIGN_IN

    def test_it_may_come_after_something_else_was_typed(self, ada: User) -> None:
        settings, authenticator = experience(passkey_sign_in=ON), with_passkey(ada)
        interaction = new_interaction()
        question = passkeys.begin_sign_in(interaction, settings)  # the page with autofill, still open in a tab
        services.begin(interaction, event="Register")
        services.identify_new(interaction, settings, kind="username", value="grace")
        payload = authenticator.get(question.options)
        passkeys.sign_in(interaction, settings, ceremony_id=question.id, payload=payload)
        assert (interaction.event, step(interaction)) == ("SignIn", Step.SIGN_IN)

    def test_a_suspended_person(self, ada: User) -> None:
        settings, authenticator = experience(passkey_sign_in=ON), with_passkey(ada)
        User.objects.update(is_suspended=True)
        interaction = new_interaction()
        sign_in(interaction, settings, authenticator)
        with pytest.raises(UserSuspended):
            services.sign_in(interaction, settings)

    @pytest.mark.parametrize("off", [{}, {"enabled": False}])
    def test_where_it_is_off(self, ada: User, off: dict[str, Any]) -> None:
        with pytest.raises(PasskeysNotEnabled):
            sign_in(new_interaction(), experience("WebAuthn", passkey_sign_in=off), with_passkey(ada))

    def test_it_resets_no_password(self, ada: User) -> None:
        settings, authenticator = experience(passkey_sign_in=ON), with_passkey(ada)
        interaction = new_interaction()
        question = passkeys.begin_sign_in(interaction, settings)
        services.begin(interaction, event="ForgotPassword")
        with pytest.raises(PasskeysNotEnabled):
            passkeys.sign_in(
                interaction, settings, ceremony_id=question.id, payload=authenticator.get(question.options)
            )

    def test_it_creates_no_account(self, ada: User) -> None:
        settings, interaction = experience(passkey_sign_in=ON), new_interaction()
        sign_in(interaction, settings, with_passkey(ada))
        services.change_event(interaction, event="Register")
        with pytest.raises(SignUpClosed):
            services.create_account(interaction, settings)
        with pytest.raises(MethodNotEnabled):
            services.send_code(interaction, settings)
        completion.choose_password(interaction, settings, password="a long walk by the river")
        assert User.objects.count() == 1

    def test_an_identifier_names_who_may_answer(self, ada: User) -> None:
        settings, authenticator = experience(passkey_sign_in=ON), with_passkey(ada)
        create_user(by="test", username="bob")
        for name, is_right in (("ada", True), ("bob", False), ("grace", False)):
            interaction = new_interaction()
            question = passkeys.begin_sign_in(interaction, settings, kind="username", value=name)
            answer: dict[str, Any] = {"ceremony_id": question.id, "payload": authenticator.get(question.options)}
            if is_right:
                passkeys.sign_in(interaction, settings, **answer)
            else:
                with pytest.raises(InvalidPasskey):
                    passkeys.sign_in(interaction, settings, **answer)


class TestForTheNextTime:
    def test_it_is_offered_once(self, ada: User) -> None:
        settings, interaction = experience(passkey_sign_in=ON), new_interaction()
        interaction = first_proof(settings)
        with pytest.raises(PasskeyPreferred):
            services.sign_in(interaction, settings)
        passkeys.skip(interaction, settings)
        services.sign_in(interaction, settings)
        assert step(first_proof(settings)) is Step.SIGN_IN
        with pytest.raises(NotProved):
            passkeys.skip(first_proof(settings), settings)

    def test_one_that_was_created_signs_in_the_next_time(self, ada: User) -> None:
        settings = experience(passkey_sign_in=ON)
        interaction = first_proof(settings)
        authenticator = create(interaction, settings)
        services.sign_in(interaction, settings)
        assert interaction.result["amr"] == ["pwd"]  # here it is no second factor
        again = new_interaction()
        sign_in(again, settings, authenticator)
        assert step(again) is Step.SIGN_IN

    def test_where_it_is_a_factor_it_counts_as_one(self, ada: User) -> None:
        settings = experience("WebAuthn", "BackupCode", policy="Mandatory", passkey_sign_in=ON)
        interaction = first_proof(settings)
        assert step(interaction) is Step.CREATE_PASSKEY
        create(interaction, settings)
        assert step(interaction) is Step.BACKUP_CODES

    def test_backup_codes_stay_when_there_are_some(self, ada: User) -> None:
        settings = experience("WebAuthn", "Totp", "BackupCode", passkey_sign_in=ON)
        with_totp(ada)
        codes = mfa_services.generate_backup_codes(by="test", user=ada)
        interaction = first_proof(settings)
        assert step(interaction) is Step.MFA_VERIFY  # never before the second factor
        with pytest.raises(NotProved):
            passkeys.begin_registration(interaction, settings)
        second_factor.verify_backup_code(interaction, settings, code=codes[0])
        create(interaction, settings)
        assert step(interaction) is Step.SIGN_IN
        assert mfa_services.backup_codes_left(ada) == 9

    def test_a_new_account_may_have_one(self) -> None:
        settings = experience(passkey_sign_in=ON)
        interaction = register(settings)
        assert step(interaction) is Step.CREATE_PASSKEY
        create(interaction, settings)
        services.sign_in(interaction, settings)
        assert Passkey.objects.get().user.username == "grace"

    def test_where_nobody_may_sign_in_it_is_not_offered(self, ada: User) -> None:
        settings = update_experience(by="test", passkey_sign_in=ON, sign_in_mode="Register")
        assert not settings.offers_passkeys


@pytest.mark.parametrize("wrong", [{"enabled": "yes"}, {"colour": True}])
def test_settings_have_their_shape(db: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ExperienceInvalid):
        update_experience(by="test", passkey_sign_in=wrong)


def test_every_step_after_the_first_proof_is_known() -> None:
    assert flow.AFTER_FIRST_PROOF == (
        Step.ADD_IDENTIFIER_CODE, Step.ADD_IDENTIFIER, Step.NEW_PASSWORD, Step.EXTRA_PROFILE,
        Step.MFA_VERIFY, Step.RENEW_PASSWORD, Step.CREATE_PASSKEY, Step.MFA_SETUP, Step.BACKUP_CODES, Step.SIGN_IN,
    )  # fmt: skip
