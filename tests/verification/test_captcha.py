"""People only: the proof of work, the patience of those without scripts, and a provider that gives no answer."""

import time
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from pytest_django import Settings

from idp.audit.caller import Caller, set_caller
from idp.audit.models import Event
from idp.verification import captcha, proof_of_work
from idp.verification.errors import CaptchaFailed, CaptchaInvalid, CaptchaRequired, CaptchaTooEarly
from idp.verification.models import CaptchaProvider, UsedChallenge
from tests.support.captcha_server import CaptchaServer
from tests.verification.solving import solved

pytestmark = pytest.mark.django_db


def verify(answer: str, interaction_id: str = "one") -> None:
    captcha.verify(interaction_id=interaction_id, answer=answer)


class TestProofOfWork:
    def test_a_solution_is_good_once(self) -> None:
        answer = solved(captcha.question("one").challenge)
        verify(answer)
        with pytest.raises(CaptchaFailed):
            verify(answer)
        assert UsedChallenge.objects.count() == 1

    def test_nothing_is_stored_for_a_challenge_that_nobody_answers(self, django_assert_num_queries: object) -> None:
        captcha.question("one")
        assert not UsedChallenge.objects.exists()

    def test_it_belongs_to_one_visit(self) -> None:
        with pytest.raises(CaptchaFailed):
            verify(solved(captcha.question("one").challenge), "two")

    @pytest.mark.parametrize("spoil", ["number", "missing", "mac", "time", "negative", "letters"])
    def test_what_is_no_solution(self, spoil: str) -> None:
        challenge = captcha.question("one").challenge
        nonce, moment, mac, *numbers = solved(challenge).split(".")
        wrong = next(n for n in range(100) if not proof_of_work._has_zeros(f"{mac}:0:{n}"))
        answers = {
            "number": [nonce, moment, mac, str(wrong), *numbers[1:]],
            "missing": [nonce, moment, mac, *numbers[1:]],
            "mac": [nonce, moment, "0" * 32, *numbers],
            "time": [nonce, str(int(moment) + 60), mac, *numbers],
            "negative": [nonce, moment, mac, "-1", *numbers[1:]],
            "letters": [nonce, moment, mac, "x", *numbers[1:]],
        }
        with pytest.raises(CaptchaFailed):
            verify(".".join(answers[spoil]))

    @pytest.mark.parametrize("answer", ["x", "a.b.c", "..", "a.1.ü", "." * 50])
    def test_nonsense(self, answer: str) -> None:
        with pytest.raises(CaptchaFailed):
            verify(answer)

    def test_nothing(self) -> None:
        with pytest.raises(CaptchaRequired):
            verify("")

    def test_it_is_over_after_an_hour(self) -> None:
        answer = solved(captcha.question("one").challenge)
        with time_machine.travel(time.time() + 3601), pytest.raises(CaptchaFailed):
            verify(answer)


class TestPatience:
    @pytest.fixture(autouse=True)
    def _caller(self) -> Iterator[None]:
        set_caller(Caller("203.0.113.9"))
        yield
        set_caller(Caller())

    def test_waiting_is_an_answer_too(self) -> None:
        challenge = captcha.question("one").challenge
        with pytest.raises(CaptchaTooEarly) as refused:
            verify(challenge)
        assert 10 <= refused.value.data["seconds"] <= 12
        assert captcha.question("one", answered=challenge).challenge == challenge  # the wait goes on
        with time_machine.travel(time.time() + 13):
            verify(challenge)
            with pytest.raises(CaptchaFailed):
                verify(challenge)
            assert captcha.question("one", answered=challenge).challenge != challenge

    def test_an_address_may_wait_only_a_few_times(self) -> None:
        challenges = [captcha.question("one").challenge for _ in range(7)]
        with time_machine.travel(time.time() + 13):
            for challenge in challenges[:6]:
                verify(challenge)
            with pytest.raises(CaptchaFailed):
                verify(challenges[6])
            set_caller(Caller("203.0.113.10"))
            verify(challenges[6])


class TestProvider:
    @pytest.fixture
    def server(self, settings: Settings) -> Iterator[CaptchaServer]:
        with CaptchaServer() as server:
            settings.TURNSTILE_API_BASE_URL = server.base_url
            captcha.save_provider(by="test", type="Turnstile", config={"siteKey": "site", "secretKey": "hush"})
            yield server

    def test_it_decides(self, server: CaptchaServer) -> None:
        verify("token")
        server.answer = (200, {"success": False})
        with pytest.raises(CaptchaFailed):
            verify("token")

    def test_in_trouble_it_lets_people_through_and_that_is_recorded(self, server: CaptchaServer) -> None:
        server.answer = (503, "")
        verify("token")
        assert Event.objects.get(key="captcha.unavailable").succeeded is False
        with pytest.raises(CaptchaRequired):
            verify("")

    def test_with_wrong_keys_nobody_passes(self, server: CaptchaServer) -> None:
        server.answer = (200, {"success": False, "error-codes": ["invalid-input-secret"]})
        with pytest.raises(CaptchaFailed):
            verify("token")

    def test_what_a_page_needs(self, server: CaptchaServer) -> None:
        asked = captcha.question("one")
        assert (asked.type, asked.site_key, asked.challenge) == ("Turnstile", "site", "")
        assert asked.sources == {
            "script-src": ("https://challenges.cloudflare.com",), "frame-src": ("https://challenges.cloudflare.com",),
        }  # fmt: skip

    def test_the_secret_is_not_readable_in_the_database(self, server: CaptchaServer) -> None:

        with connection.cursor() as cursor:
            cursor.execute("SELECT config FROM verification_captchaprovider")
            assert "hush" not in cursor.fetchone()[0]

    def test_wrong_settings(self) -> None:
        with pytest.raises(CaptchaInvalid):
            captcha.save_provider(by="test", type="Turnstile", config={"siteKey": "site", "secretKey": ""})
        assert not CaptchaProvider.objects.exists()

    def test_back_to_our_own(self, server: CaptchaServer) -> None:
        captcha.use_own(by="user:admin")
        assert captcha.question("one").type == "ProofOfWork"
        assert Event.objects.filter(key="captcha.provider_removed").count() == 1
