"""Who is asked what, and that nobody gets in without the proofs."""

from typing import Any

import pytest

from idp.audit.models import Event
from idp.messaging.models import OutboxMessage
from idp.signin import completion, recovery, services
from idp.signin.errors import InvalidCredentials, MethodNotEnabled, NotProved, SignUpClosed, UserNotFound
from idp.signin.experience import update_experience
from idp.signin.flow import Step, next_step
from idp.signin.models import Interaction, SignInExperience
from idp.users.errors import IdentifierTaken, UserSuspended
from idp.users.models import User
from idp.users.services import create_user
from tests.conftest import PASSWORD
from tests.signin.helpers import PHONE_ONLY, code_in_outbox, new_interaction, start

pytestmark = pytest.mark.django_db
PHONE, STRANGER = "15551234567", "15559999999"
BOTH = {
    "sign_up": {"identifiers": ["phone"], "password": False, "verify": True},
    "sign_in": {
        "methods": [
            {"identifier": "phone", "password": True, "verificationCode": True, "isPasswordPrimary": False},
            {"identifier": "username", "password": True, "verificationCode": False, "isPasswordPrimary": True},
        ]
    },
}

PHONE_AND_PASSWORD = {
    "sign_up": {"identifiers": ["phone"], "password": True, "verify": True},
    "sign_in": {
        "methods": [{"identifier": "phone", "password": True, "verificationCode": False, "isPasswordPrimary": True}]
    },
}


@pytest.fixture
def phone_only() -> SignInExperience:
    return update_experience(by="test", **PHONE_ONLY)


def step(interaction: Interaction) -> Step:
    return next_step(Interaction.objects.get(pk=interaction.pk), SignInExperience.load())


class TestCode:
    def test_a_known_number_signs_in(self, phone_only: SignInExperience, ada: User) -> None:
        interaction = start(phone=PHONE)
        assert step(interaction) is Step.CODE
        services.verify_code(interaction, phone_only, digits=code_in_outbox())
        assert step(interaction) is Step.SIGN_IN
        services.sign_in(interaction, phone_only)
        assert interaction.result["user"] == ada.pk
        assert step(interaction) is Step.FINISHED

    def test_a_new_number_is_offered_an_account(self, phone_only: SignInExperience) -> None:
        interaction = start(phone=STRANGER)
        services.verify_code(interaction, phone_only, digits=code_in_outbox())
        assert step(interaction) is Step.OFFER_ACCOUNT
        services.accept_account(interaction, phone_only)
        assert step(interaction) is Step.CREATE
        services.create_account(interaction, phone_only)
        assert OutboxMessage.objects.count() == 1  # no second message
        assert User.objects.get(primary_phone=STRANGER).application_id == "bookstore"

    def test_a_proof_for_one_number_is_none_for_another(self, phone_only: SignInExperience, ada: User) -> None:
        interaction = start(phone=STRANGER)
        services.verify_code(interaction, phone_only, digits=code_in_outbox())
        services.identify(interaction, phone_only, kind="phone", value=PHONE)
        assert step(interaction) is Step.CODE
        with pytest.raises(NotProved):
            services.sign_in(interaction, phone_only)

    def test_without_a_proof_nothing_works(self, phone_only: SignInExperience, ada: User) -> None:
        interaction = start(phone=PHONE)
        for action in (services.sign_in, services.accept_account, services.accept_sign_in, services.create_account):
            with pytest.raises((NotProved, UserNotFound)):
                action(interaction, phone_only)
        assert interaction.result == {}

    def test_a_suspended_person_is_told_after_the_proof(self, phone_only: SignInExperience, ada: User) -> None:
        User.objects.update(is_suspended=True)
        interaction = start(phone=PHONE)
        services.verify_code(interaction, phone_only, digits=code_in_outbox())
        with pytest.raises(UserSuspended):
            services.sign_in(interaction, phone_only)

    def test_where_sign_up_is_closed_a_stranger_gets_no_message(self, ada: User) -> None:
        update_experience(by="test", **PHONE_ONLY, sign_in_mode="SignIn")
        start(phone=STRANGER)
        assert not OutboxMessage.objects.exists()
        start(phone=PHONE)
        assert OutboxMessage.objects.count() == 1

    def test_the_spelling_with_a_trunk_zero_finds_the_account(self, phone_only: SignInExperience, ada: User) -> None:
        User.objects.update(primary_phone="610412345678")
        interaction = start(phone="61412345678")
        services.verify_code(interaction, phone_only, digits=code_in_outbox())
        assert step(interaction) is Step.SIGN_IN


class TestPassword:
    @pytest.fixture
    def experience(self) -> SignInExperience:
        return update_experience(by="test", **BOTH)

    def attempt(self, experience: SignInExperience, username: str, password: str) -> Interaction:
        interaction = new_interaction()
        services.identify(interaction, experience, kind="username", value=username)
        services.verify_password(interaction, experience, password=password)
        return interaction

    def test_the_right_one(self, experience: SignInExperience, ada: User) -> None:
        assert step(self.attempt(experience, "ada", PASSWORD)) is Step.SIGN_IN

    @pytest.mark.parametrize(("username", "password"), [("ada", "wrong"), ("nobody", PASSWORD)])
    def test_wrong_name_and_wrong_password_sound_the_same(
        self, experience: SignInExperience, ada: User, username: str, password: str
    ) -> None:
        with pytest.raises(InvalidCredentials) as refused:
            self.attempt(experience, username, password)
        assert refused.value.message == InvalidCredentials.message

    def test_it_proves_one_person_only(self, experience: SignInExperience, ada: User) -> None:
        interaction = self.attempt(experience, "ada", PASSWORD)

        create_user(by="x", username="bob", password=PASSWORD)
        services.identify(interaction, experience, kind="username", value="bob")
        assert step(interaction) is Step.PASSWORD

    def test_a_method_that_is_off(self, experience: SignInExperience) -> None:
        for kind, method in (("email", ""), ("username", "code")):
            with pytest.raises(MethodNotEnabled):
                services.identify(new_interaction(), experience, kind=kind, value="x", method=method)

    def test_the_preferred_method_comes_first(self, experience: SignInExperience) -> None:
        interaction = new_interaction()
        services.identify(interaction, experience, kind="phone", value=PHONE)
        assert step(interaction) is Step.CODE
        services.identify(interaction, experience, kind="phone", value=PHONE, method="password")
        assert step(interaction) is Step.PASSWORD


class TestSignUp:
    def register(self, experience: SignInExperience, kind: str, value: str) -> Interaction:
        interaction = new_interaction()
        services.begin(interaction, event="Register")
        services.identify_new(interaction, experience, kind=kind, value=value)
        return interaction

    def test_username_and_password(self) -> None:
        experience = SignInExperience.load()
        interaction = self.register(experience, "username", "ada")
        assert step(interaction) is Step.NEW_PASSWORD
        completion.choose_password(interaction, experience, password=PASSWORD)
        services.create_account(interaction, experience)
        assert User.objects.get(username="ada").check_password(PASSWORD)
        assert "password" not in Interaction.objects.get(pk=interaction.pk).draft

    def test_a_taken_username(self, ada: User) -> None:
        with pytest.raises(IdentifierTaken):
            self.register(SignInExperience.load(), "username", "ada")

    def test_a_number_with_an_account_is_offered_to_sign_in(self, phone_only: SignInExperience, ada: User) -> None:
        interaction = self.register(phone_only, "phone", PHONE)
        services.send_code(interaction, phone_only)
        assert OutboxMessage.objects.get().usage_type == "Register"
        services.verify_code(interaction, phone_only, digits=code_in_outbox())
        assert step(interaction) is Step.OFFER_SIGN_IN
        services.accept_sign_in(interaction, phone_only)
        services.sign_in(interaction, phone_only)
        assert interaction.result["user"] == ada.pk

    def test_where_people_sign_in_by_password_a_code_is_not_enough(self, ada: User) -> None:
        experience = update_experience(by="test", **PHONE_AND_PASSWORD)
        interaction = self.register(experience, "phone", PHONE)
        services.send_code(interaction, experience)
        services.verify_code(interaction, experience, digits=code_in_outbox())
        services.accept_sign_in(interaction, experience)
        assert step(interaction) is Step.PASSWORD
        with pytest.raises(NotProved):
            services.sign_in(interaction, experience)
        services.verify_password(interaction, experience, password=PASSWORD)
        services.sign_in(interaction, experience)
        assert interaction.result["amr"] == ["pwd"]

    @pytest.mark.parametrize("event", ["Register", "ForgotPassword"])
    def test_a_code_of_another_event_is_no_way_in(self, ada: User, event: str) -> None:
        experience = update_experience(by="test", **PHONE_AND_PASSWORD)
        interaction = new_interaction()
        services.begin(interaction, event=event)
        identify = services.identify_new if event == "Register" else recovery.identify_for_recovery
        identify(interaction, experience, kind="phone", value=PHONE)
        services.send_code(interaction, experience)
        services.verify_code(interaction, experience, digits=code_in_outbox())
        services.change_event(interaction, event="SignIn")
        for way in (services.acknowledge, services.sign_in):
            with pytest.raises(MethodNotEnabled):
                way(interaction, experience)
        assert step(interaction) is Step.CODE

    def test_closed(self) -> None:
        experience = update_experience(by="test", sign_in_mode="SignIn")
        with pytest.raises(SignUpClosed):
            self.register(experience, "username", "ada")

    def test_not_an_identifier_for_sign_up(self, phone_only: SignInExperience) -> None:
        with pytest.raises(SignUpClosed):
            self.register(phone_only, "email", "ada@example.com")


def test_every_outcome_is_in_the_log(phone_only: SignInExperience, ada: User, db: Any) -> None:

    interaction = start(phone=PHONE)
    services.verify_code(interaction, phone_only, digits=code_in_outbox())
    services.sign_in(interaction, phone_only)
    keys = list(Event.objects.order_by("pk").values_list("key", flat=True))
    assert keys[-2:] == ["verification.code_sent", "user.signed_in"]
