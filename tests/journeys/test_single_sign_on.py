"""One person, one phone, several apps."""

from tests.journeys.harness import documents
from tests.journeys.harness.android import Phone
from tests.journeys.harness.documents import BOOKSTORE, CALLBACK, READING_CLUB
from tests.journeys.harness.hosted import HostedPages
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.journey import sign_up_by_text
from tests.journeys.harness.live_server import LiveServer

ORIGIN = "https://localhost"


def test_a_second_app_of_the_same_person_signs_in_without_asking(
    live_server_process: LiveServer, phone: Phone, inbox: Inbox
) -> None:
    live_server_process.apply({"signInExperience": documents.PHONE_CODE})
    bookstore = phone.app(origin=ORIGIN, endpoint=live_server_process.url, app_id=BOOKSTORE)
    with bookstore.asks("signIn", CALLBACK) as tab:
        sign_up_by_text(tab, inbox, inbox.new_phone_number())
    assert bookstore.answer() == {"value": None}

    reading_club = phone.app(origin=ORIGIN, endpoint=live_server_process.url, app_id=READING_CLUB)
    texts = len(inbox.twilio.messages)
    reading_club.begin("signIn", CALLBACK)
    assert reading_club.answer() == {"value": None}
    assert len(inbox.twilio.messages) == texts
    assert reading_club.call("getIdTokenClaims")["sub"] == bookstore.call("getIdTokenClaims")["sub"]

    bookstore.begin("signOut", documents.SIGNED_OUT)
    assert bookstore.answer() == {"value": None}
    reading_club.cold_start()
    with reading_club.asks("signIn", CALLBACK) as tab:
        HostedPages(tab).heading("Sign in")
        reading_club.close_tab()
    assert reading_club.answer()["error"]["code"] == "user_cancelled"
