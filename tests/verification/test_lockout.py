"""Identifier lockout: guessing stops."""

from datetime import timedelta

import pytest
from django.utils import timezone

from idp.audit.models import Event
from idp.signin import services
from idp.signin.errors import InvalidCredentials
from idp.signin.experience import update_experience
from idp.signin.models import SignInExperience
from idp.users.models import User
from idp.verification import lockout
from idp.verification.errors import Blocked, CodeMismatch
from idp.verification.lockout import LockoutPolicy, guarded
from idp.verification.models import Attempt, Lockout
from tests.conftest import PASSWORD
from tests.signin.helpers import PHONE_ONLY, code_in_outbox, new_interaction, start

pytestmark = pytest.mark.django_db
THREE = LockoutPolicy(max_attempts=3, duration=timedelta(minutes=5))


def fail(kind: str = "username", value: str = "ada", policy: LockoutPolicy = THREE) -> None:
    with pytest.raises(InvalidCredentials), guarded(kind, value, policy):
        raise InvalidCredentials


def succeed(policy: LockoutPolicy = THREE) -> None:
    with guarded("username", "ada", policy):
        pass


def test_after_three_failures_even_the_right_one_is_refused() -> None:
    for _ in range(3):
        fail()
    with pytest.raises(Blocked) as refused:
        succeed()
    assert refused.value.minutes == 5
    assert lockout.is_blocked("username", "ADA")
    assert Event.objects.filter(key="identifier.locked_out").count() == 1


def test_it_passes() -> None:
    for _ in range(3):
        fail()
    with pytest.raises(Blocked):
        succeed()
    Lockout.objects.update(until=timezone.now())
    Attempt.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    succeed()


def test_success_costs_nothing_and_others_are_not_concerned() -> None:
    for _ in range(10):
        succeed()
    for _ in range(3):
        fail(value="bob")
    succeed()


def test_an_administrator_unblocks() -> None:
    for _ in range(3):
        fail()
    with pytest.raises(Blocked):
        succeed()
    lockout.unblock(by="user:admin", identifiers=[("username", "ada")])
    succeed()


def test_passwords_are_guarded(ada: User) -> None:
    update_experience(by="x", sentinel_policy={"maxAttempts": 2})
    experience = SignInExperience.load()

    def attempt(password: str) -> None:
        interaction = new_interaction()
        services.identify(interaction, experience, kind="username", value="ada")
        services.verify_password(interaction, experience, password=password)

    for _ in range(2):
        with pytest.raises(InvalidCredentials):
            attempt("wrong")
    with pytest.raises(Blocked):
        attempt(PASSWORD)


def test_codes_are_guarded(db: None) -> None:
    experience = update_experience(by="x", **PHONE_ONLY, sentinel_policy={"maxAttempts": 2})
    interaction = start(phone="15551234567")
    wrong = "000000" if code_in_outbox() != "000000" else "111111"
    for _ in range(2):
        with pytest.raises(CodeMismatch):
            services.verify_code(interaction, experience, digits=wrong)
    with pytest.raises(Blocked):
        services.verify_code(interaction, experience, digits=code_in_outbox())
