"""Guessing does not get anywhere: not by patience, and not by looking at how answers differ."""

import time
from collections import Counter
from statistics import median

import pytest

from idp.lib.errors import DomainError
from idp.messaging import sending
from idp.messaging.models import PendingMessage
from idp.signin import services
from idp.signin.experience import update_experience
from idp.signin.models import Interaction, SignInExperience
from idp.users.models import User
from idp.verification import pace
from idp.verification.models import Attempt, VerificationCode
from tests.conftest import PASSWORD
from tests.signin.helpers import PHONE_ONLY, code_in_outbox, new_interaction

pytestmark = pytest.mark.django_db
PHONE = "15551234567"


def answer_to(interaction: Interaction, experience: SignInExperience, digits: str) -> str:
    try:
        services.verify_code(interaction, experience, digits=digits)
    except DomainError as error:
        return error.code
    return "let in"


def test_ten_thousand_wrong_codes_against_one_account(ada: User) -> None:
    """Every code in the space of a patient attacker, over as many interactions and new codes as the limits give out."""
    experience = update_experience(by="test", **PHONE_ONLY)
    answers: Counter[str] = Counter()
    interaction, rights = new_interaction(), set()
    services.identify(interaction, experience, kind="phone", value=PHONE)
    services.send_code(interaction, experience)
    for number in range(10_000):
        if number and number % (10 if number < 200 else 100) == 0:
            interaction = new_interaction()
            services.identify(interaction, experience, kind="phone", value=PHONE)
            try:
                services.send_code(interaction, experience)
            except DomainError as error:
                answers[error.code] += 1
        if number < 100:
            rights.add(code_in_outbox())
        guess = f"{number:06}"
        if guess in rights:
            continue
        answers[answer_to(interaction, experience, guess)] += 1
    assert "let in" not in answers
    # A hundred failures, and the number is locked; ten codes, and no more are sent.
    assert answers["verification_code.code_mismatch"] + answers["verification_code.exceed_max_try"] <= 100
    assert answers["session.verification_blocked_too_many_attempts"] > 9_000
    assert VerificationCode.objects.filter(counts_as_send=True).count() <= 10
    assert Attempt.objects.count() <= 101


def test_known_and_unknown_people_get_the_same_answers(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody new is welcome, a number without an account looks, counts and takes as long as one with."""
    experience = update_experience(by="test", **PHONE_ONLY, sign_in_mode="SignIn")
    original = sending.send

    def slow(row: PendingMessage) -> None:
        time.sleep(0.05)
        original(row)

    monkeypatch.setattr(sending, "send", slow)
    monkeypatch.setattr(pace, "_recent", {})
    times: dict[str, list[float]] = {PHONE: [], "15559876543": []}
    answers: dict[str, list[str]] = {PHONE: [], "15559876543": []}
    for _ in range(6):
        for phone in times:
            interaction = new_interaction()
            services.identify(interaction, experience, kind="phone", value=phone)
            started = time.perf_counter()
            services.send_code(interaction, experience)
            times[phone].append(time.perf_counter() - started)
            answers[phone].append(answer_to(interaction, experience, "000000"))
    known, unknown = answers.values()
    assert known == unknown
    known_time, unknown_time = map(median, times.values())
    assert 0.5 < unknown_time / known_time < 2


def test_a_password_for_nobody_is_refused_like_a_wrong_one(ada: User) -> None:
    experience = SignInExperience.load()
    refused = []
    for name, password in (("ada", "wrong" + PASSWORD), ("nobody", PASSWORD)):
        interaction = new_interaction()
        services.identify(interaction, experience, kind="username", value=name)
        with pytest.raises(DomainError) as error:
            services.verify_password(interaction, experience, password=password)
        refused.append((error.value.code, error.value.message, error.value.data))
    assert refused[0] == refused[1]
