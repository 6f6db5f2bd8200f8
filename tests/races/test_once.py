"""What is consumed once is consumed once, however many ask at the same moment."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from idp.applications.errors import SecretShown
from idp.applications.services import create_application, reveal_secret
from idp.messaging.models import OutboxMessage
from idp.signin import services as signin
from idp.signin.experience import update_experience
from idp.signin.models import Interaction, SignInExperience
from idp.tokens.models import Grant, RefreshToken
from idp.users.errors import AdministratorExists
from idp.users.models import User
from idp.users.services import create_administrator
from idp.verification.models import VerificationCode
from tests.conftest import PASSWORD
from tests.protocol.client import App
from tests.signin.helpers import PHONE_ONLY, code_in_outbox, start

AtOnce = Callable[..., list[Any]]


def test_one_code_gives_tokens_once(at_once: AtOnce, app: App, ada: User) -> None:
    code = app.sign_in_with_password("ada", PASSWORD)["code"]
    app.browser.cookies.clear()
    answers = at_once(lambda _: App(app.client_id, app.redirect_uri, verifier=app.verifier).exchange(code), times=20)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: 19}
    assert Grant.objects.get().revoked_at is not None  # and the replays ended the grant


def test_parallel_refreshes_are_all_answered(at_once: AtOnce, app: App, signed_in: dict[str, Any]) -> None:
    answers = at_once(lambda _: App(app.client_id, app.redirect_uri).refresh(signed_in["refresh_token"]))
    assert {answer.status_code for answer in answers} == {200}
    assert RefreshToken.objects.filter(consumed_at=None).count() == 12
    assert Grant.objects.get().revoked_at is None


def test_guesses_share_no_try(at_once: AtOnce, db: Any) -> None:
    update_experience(by="test", **PHONE_ONLY)
    interaction = start(phone="15551234567")
    right = code_in_outbox()
    wrong = "000000" if right != "000000" else "111111"

    def guess(_: int) -> str:
        try:
            signin.verify_code(Interaction.objects.get(pk=interaction.pk), SignInExperience.load(), digits=wrong)
        except Exception as error:
            return getattr(error, "code", repr(error))
        return "let in"

    answers = Counter(at_once(guess, times=16))
    assert answers.keys() <= {"verification_code.code_mismatch", "verification_code.exceed_max_try"}, answers
    assert VerificationCode.objects.get().tries == 10


def test_a_right_code_proves_once_and_twins_go_on(at_once: AtOnce, db: Any) -> None:
    update_experience(by="test", **PHONE_ONLY)
    interaction = start(phone="15551234567")
    digits = code_in_outbox()

    def verify(_: int) -> None:
        signin.verify_code(Interaction.objects.get(pk=interaction.pk), SignInExperience.load(), digits=digits)

    answers = at_once(verify)
    assert answers == [None] * 12
    assert VerificationCode.objects.get().consumed_at is not None


def test_one_account_from_a_form_sent_many_times(at_once: AtOnce, db: Any) -> None:
    update_experience(by="test", **PHONE_ONLY)
    interaction = start(phone="15551234567")
    experience = SignInExperience.load()
    signin.verify_code(interaction, experience, digits=code_in_outbox())
    signin.accept_account(interaction, experience)

    def create(_: int) -> None:
        signin.create_account(Interaction.objects.get(pk=interaction.pk), SignInExperience.load())

    answers = at_once(create)
    assert answers.count(None) == 1, answers
    assert User.objects.count() == 1


def test_only_one_first_administrator(at_once: AtOnce, db: Any) -> None:
    answers = at_once(
        lambda number: create_administrator(by="", username=f"admin{number}", password=PASSWORD, only_first=True),
        times=6,
    )
    assert sum(isinstance(answer, User) for answer in answers) == 1
    assert sum(isinstance(answer, AdministratorExists) for answer in answers) == 5


def test_the_send_limit_holds(at_once: AtOnce, db: Any) -> None:
    update_experience(by="test", **PHONE_ONLY)
    at_once(lambda _: start(phone="15551234567"), times=16)
    assert OutboxMessage.objects.count() <= 10


def test_the_first_secret_of_an_application_is_shown_once(at_once: AtOnce, db: Any) -> None:
    secret = create_application(by="test", name="Shop", type="Traditional").secrets.get()
    answers = at_once(lambda _: reveal_secret(by="test", secret=secret), times=6)
    assert answers.count(secret.value) == 1, answers
    assert sum(isinstance(answer, SecretShown) for answer in answers) == 5
