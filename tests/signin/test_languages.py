"""Which language a page is in, and sentences in other words."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from idp.audit.models import Event
from idp.lib import languages as tags
from idp.signin import kept, languages, phrases
from idp.signin.errors import LanguageUnknown, PhraseInvalid
from idp.signin.experience import update_experience

pytestmark = pytest.mark.django_db
HEADING = "This is a sign-in service"


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    for code, _ in settings.LANGUAGES:
        phrases.install(code, {})
    translation.activate("en")


def language_of(answer: object) -> str:
    return answer["Content-Language"]  # type: ignore[index, no-any-return]


class TestChoice:
    def test_the_browsers_language(self, client: Client) -> None:
        answer = client.get("/", headers={"Accept-Language": "xx, de-AT;q=0.9, fr;q=0.5"})
        assert language_of(answer) == "de"
        assert '<html lang="de" dir="ltr"' in answer.content.decode()

    def test_right_to_left(self, client: Client) -> None:
        answer = client.get("/", headers={"Accept-Language": "ar"})
        assert '<html lang="ar" dir="rtl"' in answer.content.decode()

    @pytest.mark.parametrize(
        ("asked", "code"),
        [
            ("zh-CN", "zh-hans"),
            ("zh-TW", "zh-hant"),
            ("pt", "pt-br"),
            ("PT-br", "pt-br"),
            ("zh-Hant-HK", "zh-hant"),
            ("xx", None),
        ],
    )
    def test_tags_of_elsewhere(self, asked: str, code: str | None) -> None:
        assert tags.supported([asked]) == code

    def test_ui_locales_win_and_stay(self, client: Client) -> None:
        answer = client.get("/?ui_locales=xx+fr", headers={"Accept-Language": "de"})
        assert language_of(answer) == "fr"
        assert language_of(client.get("/", headers={"Accept-Language": "de"})) == "fr"

    def test_a_choice_wins_over_what_the_app_asked_for(self, client: Client) -> None:
        client.get("/?ui_locales=fr")
        answer = client.post("/language", {"language": "ja", "next": "/device?ui_locales=fr&user_code=X"})
        assert (answer.status_code, answer["Location"]) == (303, "/device?user_code=X")
        assert language_of(client.get("/")) == "ja"

    @pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
    def test_the_way_back_is_ours(self, client: Client, address: str) -> None:
        assert client.post("/language", {"language": "de", "next": address})["Location"] == "/"

    def test_no_such_language(self, client: Client) -> None:
        answer = client.post("/language", {"language": "xx", "next": "/"})
        assert tags.COOKIE not in answer.cookies

    def test_detection_can_be_off(self, client: Client) -> None:
        update_experience(by="", language_info={"autoDetect": False, "fallbackLanguage": "nl"})
        kept.forget()
        assert language_of(client.get("/", headers={"Accept-Language": "de"})) == "nl"

    def test_the_console_is_english(self, client: Client) -> None:
        client.get("/?ui_locales=ar")
        assert 'lang="en"' in client.get("/console/sign-in", follow=True).content.decode()

    def test_a_thread_does_not_keep_it(self, client: Client) -> None:
        client.get("/?ui_locales=de")
        client.post("/oidc/token")
        assert translation.get_language() == "en"


class TestPhrases:
    def test_said_in_other_words_at_once(self, client: Client) -> None:
        languages.save_phrases(by="user:1", language="en", changes={HEADING: "See you soon"})
        kept.forget()
        assert "See you soon" in client.get("/").content.decode()
        event = Event.objects.get(key="custom_phrases.updated")
        assert (event.actor, event.target, event.data) == ("user:1", "language:en", {"count": 1})

    def test_and_as_before_when_taken_back(self, client: Client) -> None:
        for text in ("See you soon", ""):
            languages.save_phrases(by="", language="en", changes={HEADING: text})
            kept.forget()
            page = client.get("/").content.decode()
            assert ("See you soon" in page) is bool(text)
        assert HEADING in page

    def test_what_is_filled_in_stays(self) -> None:
        key = "This password is too long. Use at most %(count)d character."
        assert key not in phrases.catalog("en")  # it has plural forms
        with pytest.raises(PhraseInvalid, match="Keep what is filled in"):
            languages.save_phrases(by="", language="en", changes={"Sign in to %(application)s": "Sign in"})

    @pytest.mark.parametrize("text", ["<form action=https://evil.example ", "See <b>you</b", "a < b"])
    def test_a_tag_without_an_end_is_refused(self, text: str) -> None:
        with pytest.raises(PhraseInvalid):
            languages.save_phrases(by="", language="en", changes={HEADING: text})

    def test_unknown_ones(self) -> None:
        with pytest.raises(PhraseInvalid, match="no such sentence"):
            languages.save_phrases(by="", language="en", changes={"Nobody says this": "x"})
        with pytest.raises(LanguageUnknown):
            languages.save_phrases(by="", language="xx", changes={})
