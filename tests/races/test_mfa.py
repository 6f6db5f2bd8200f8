"""One code lets one in, however many bring it at the same moment."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from idp.mfa import passkeys
from idp.mfa import services as mfa_services
from idp.mfa.errors import TotpInUse
from idp.mfa.factors import Factor
from idp.signin import own_factors, second_factor
from idp.signin.experience import update_experience
from idp.signin.models import Interaction, SignInExperience
from idp.signin.proofs import Owner
from idp.users.models import User
from idp.verification import person
from tests.mfa.authenticator import Authenticator, with_passkey
from tests.mfa.helpers import code, mfa, now, with_totp
from tests.signin.helpers import first_proof

AtOnce = Callable[..., list[Any]]


def outcomes(answers: list[Any]) -> dict[str, int]:
    return dict(Counter("let in" if answer is None else getattr(answer, "code", repr(answer)) for answer in answers))


def visits(count: int) -> list[Interaction]:
    settings = update_experience(by="test", **mfa("Totp", "BackupCode"))
    return [first_proof(settings) for _ in range(count)]


def test_one_totp_code_lets_one_in(at_once: AtOnce, ada: User) -> None:
    secret, waiting = with_totp(ada), visits(12)
    digits = code(secret)
    answers = at_once(
        lambda number: second_factor.verify_totp(waiting[number], SignInExperience.load(), digits=digits), times=12
    )
    assert outcomes(answers) == {"let in": 1, "session.mfa.invalid_totp_code": 11}


def test_one_backup_code_lets_one_in(at_once: AtOnce, ada: User) -> None:
    with_totp(ada)
    codes, waiting = mfa_services.generate_backup_codes(by="test", user=ada), visits(12)
    answers = at_once(
        lambda number: second_factor.verify_backup_code(waiting[number], SignInExperience.load(), code=codes[0]),
        times=12,
    )
    assert outcomes(answers) == {"let in": 1, "session.mfa.invalid_backup_code": 11}


@pytest.mark.parametrize("kind", ["totp", "backup"])
def test_the_statement_itself_has_one_winner(at_once: AtOnce, ada: User, kind: str) -> None:
    """The proof takes its time, so that everybody has looked before the first is through."""
    secret = with_totp(ada)
    codes, digits = mfa_services.generate_backup_codes(by="test", user=ada), code(secret)

    def use(_: int) -> None:
        if kind == "totp":
            mfa_services.verify_totp(user=ada, digits=digits, prove=lambda: time.sleep(0.3))
        else:
            mfa_services.verify_backup_code(user=ada, code=codes[0], prove=lambda: time.sleep(0.3))

    assert outcomes(at_once(use, times=12))["let in"] == 1


def test_one_question_gives_one_proof(at_once: AtOnce, ada: User) -> None:
    """The same answer of a passkey that does not count, twelve times at once."""
    authenticator = with_passkey(ada, counts=False)
    question = passkeys.begin_verification(user=ada, holder="here")
    payload, proved = authenticator.get(question.options), list[object]()

    def use(_: int) -> None:
        passkeys.verify_passkey(
            user=ada, holder="here", ceremony_id=question.id, payload=payload,
            prove=lambda passkey: (time.sleep(0.3), proved.append(passkey))[1],
        )  # fmt: skip

    assert outcomes(at_once(use)) == {"let in": 1, "session.verification_session_not_found": 11}
    assert len(proved) == 1


def test_one_count_of_signatures_lets_one_in(at_once: AtOnce, ada: User) -> None:
    """Twelve questions, answered by copies of one key that all count the same."""
    authenticator = with_passkey(ada)
    questions = [passkeys.begin_verification(user=ada, holder="here") for _ in range(12)]
    payloads = [replace(authenticator).get(question.options) for question in questions]

    def use(number: int) -> None:
        passkeys.verify_passkey(
            user=ada, holder="here", ceremony_id=questions[number].id, payload=payloads[number],
            prove=lambda _: time.sleep(0.1),
        )  # fmt: skip

    assert outcomes(at_once(use)) == {"let in": 1, "session.mfa.webauthn_verification_failed": 11}


def test_one_passkey_is_bound_once(at_once: AtOnce, ada: User) -> None:
    question = passkeys.begin_registration(user=ada, holder="here", name="ada")
    facts = {"user": ada, "holder": "here", "ceremony_id": question.id}
    passkeys.check_new_passkey(**facts, payload=Authenticator().create(question.options))
    answers = at_once(lambda _: passkeys.bind_passkey(by="test", agent="", **facts) and None)
    assert outcomes(answers) == {"let in": 1, "session.verification_session_not_found": 11}


def test_one_form_sent_many_times_proves_once_and_its_twins_go_on(at_once: AtOnce, ada: User) -> None:
    secret, (waiting,) = with_totp(ada), visits(1)
    digits, twins = code(secret), [Interaction.objects.get(pk=waiting.pk) for _ in range(12)]

    def verify(number: int) -> None:
        second_factor.verify_totp(twins[number], SignInExperience.load(), digits=digits)
        assert twins[number].proofs["mfa"] == ada.pk

    assert outcomes(at_once(verify, times=12)) == {"let in": 12}


def test_one_app_is_bound(at_once: AtOnce, ada: User) -> None:
    answers = at_once(
        lambda _: mfa_services.confirm_totp(by="test", user=ada, secret=mfa_services.start_totp(), step=now()), times=12
    )
    assert sum(isinstance(answer, TotpInUse) for answer in answers) == 11, answers


def test_of_two_last_factors_one_stays(at_once: AtOnce, ada: User) -> None:
    """Where one is required, two removals at the same moment do not both find the other."""
    update_experience(by="test", **mfa("Totp", "WebAuthn", policy="Mandatory"))
    with_totp(ada)
    with_passkey(ada)
    person.remember(name="here", user_id=ada.pk, method="password")
    owners = [Owner(User.objects.get(pk=ada.pk), proof="here", session_id="") for _ in range(2)]
    factors = (Factor.TOTP, Factor.WEBAUTHN)
    answers = at_once(lambda number: own_factors.remove(owner=owners[number], factor=factors[number]) and None, times=2)
    assert outcomes(answers) == {"let in": 1, "session.mfa.mfa_policy_not_user_controlled": 1}
    assert len(mfa_services.bound_factors(ada)) == 1
