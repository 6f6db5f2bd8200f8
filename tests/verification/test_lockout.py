"""Identifier lockout: guessing stops."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from idp.audit.caller import Caller, set_caller
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


@pytest.fixture
def origin() -> Iterator[Callable[[str, str], None]]:
    yield lambda address, device: set_caller(Caller(address, "", device))
    set_caller(Caller())


@pytest.mark.parametrize(("limit", "address", "device"), [
    ("FAILURES_PER_ADDRESS", "203.0.113.9", ""), ("FAILURES_PER_DEVICE", "10.0.0.7", "browser"),
])  # fmt: skip
def test_one_password_tried_on_everybody(
    settings: Settings, origin: Callable[[str, str], None], limit: str, address: str, device: str
) -> None:
    setattr(settings, limit, 3)
    origin(address, device)
    for number in range(3):
        fail(value=f"person{number}")
    Attempt.objects.update(created_at=timezone.now() - timedelta(minutes=40))
    with pytest.raises(Blocked) as refused:
        succeed()
    assert refused.value.minutes == 20
    assert Attempt.objects.count() == 3
    assert Event.objects.get(key="attempts.limited").data["limit"] == limit.rpartition("_")[2].lower()
    origin("203.0.113.10", "another")
    succeed()


def test_nobody_is_counted_together_behind_a_proxy_of_our_own(
    settings: Settings, origin: Callable[[str, str], None]
) -> None:
    settings.FAILURES_PER_ADDRESS = settings.FAILURES_PER_DEVICE = 1
    origin("10.0.0.7", "")
    for number in range(3):
        fail(value=f"person{number}")


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
