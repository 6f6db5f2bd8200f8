"""What goes wrong at the keyboard: nothing is lost, and the page says what to do."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.harness import documents
from tests.journeys.harness.databases import KINDS
from tests.journeys.harness.eyes import Eyes, assert_accessible
from tests.journeys.harness.hosted import HostedPages, authorization_url
from tests.journeys.harness.inbox import Inbox, wrong
from tests.journeys.harness.live_server import LiveServer

# What is refused before anything is written is the same on every database.
on_one_database = pytest.mark.parametrize("live_server_process", KINDS[-1:], indirect=True)


@pytest.fixture
def server(live_server_process: LiveServer) -> LiveServer:
    live_server_process.apply({"signInExperience": documents.PHONE_CODE})
    return live_server_process


@pytest.fixture
def hosted(server: LiveServer, page: Page) -> HostedPages:
    """The sign-in page, as an app opened it."""
    page.goto(authorization_url(server))
    hosted = HostedPages(page)
    hosted.heading("Sign in")
    return hosted


def test_a_wrong_code_shows_the_tries_left_and_the_right_one_still_works(hosted: HostedPages, inbox: Inbox) -> None:
    number = inbox.new_phone_number()
    hosted.give_phone_number(number)
    hosted.heading("Check your messages")
    hosted.type_code(wrong(inbox.code_texted_to(number)))
    expect(hosted.page.get_by_text("You have 9 tries left")).to_be_visible()
    hosted.heading("Check your messages")
    hosted.type_code(inbox.code_texted_to(number))
    hosted.heading("You are new here")


def test_after_ten_wrong_codes_the_right_one_is_refused_too(hosted: HostedPages, inbox: Inbox) -> None:
    number = inbox.new_phone_number()
    hosted.give_phone_number(number)
    expect(hosted.code_field).to_be_visible()
    code = inbox.code_texted_to(number)
    for left in range(9, 0, -1):
        hosted.type_code(wrong(code))
        expect(hosted.page.get_by_text(f"You have {left} tr")).to_be_visible()
    hosted.type_code(wrong(code))
    expect(hosted.page.get_by_text("Too many wrong tries")).to_be_visible()
    hosted.type_code(code)
    expect(hosted.page.get_by_text("Too many wrong tries")).to_be_visible()
    hosted.heading("Check your messages")


@on_one_database
def test_letters_are_no_code(hosted: HostedPages, inbox: Inbox) -> None:
    number = inbox.new_phone_number()
    hosted.give_phone_number(number)
    hosted.code_field.fill("12 ab")
    hosted.press("Continue")
    expect(hosted.page.get_by_text("A code has six digits.")).to_be_visible()
    expect(hosted.code_field).to_have_attribute("aria-invalid", "true")
    hosted.type_code(inbox.code_texted_to(number))
    hosted.heading("You are new here")


@on_one_database
@pytest.mark.parametrize("typed", ["not a number", "12", "+1 206 555 01999999999"])
def test_what_is_no_phone_number_is_kept_and_named(hosted: HostedPages, inbox: Inbox, typed: str) -> None:
    sent = len(inbox.twilio.messages)
    hosted.give_phone_number(typed)
    expect(hosted.phone_field).to_have_attribute("aria-invalid", "true")
    expect(hosted.phone_field).to_have_value(typed)
    hosted.heading("Sign in")
    assert len(inbox.twilio.messages) == sent


@on_one_database
def test_an_empty_field_says_what_to_enter(hosted: HostedPages) -> None:
    hosted.press("Continue")
    expect(hosted.page.get_by_text("Enter your phone number.")).to_be_visible()
    assert_accessible(hosted.page)


def test_reloading_and_going_back_lose_nothing(hosted: HostedPages, inbox: Inbox) -> None:
    number = inbox.new_phone_number()
    hosted.give_phone_number(number)
    expect(hosted.code_field).to_be_visible()
    hosted.page.reload()
    expect(hosted.code_field).to_be_visible()
    hosted.page.go_back()
    hosted.heading("Sign in")
    hosted.give_phone_number(number)
    expect(hosted.code_field).to_be_visible()
    assert len(inbox.texts_to(number)) == 1, "the code that is on its way is good enough"
    hosted.type_code(inbox.code_texted_to(number))
    hosted.heading("You are new here")
    hosted.page.go_back()
    hosted.heading("You are new here")
    with hosted.goes_back_to_the_app() as answer:
        hosted.press("Create account")
    assert answer["code"]


def test_a_new_code_can_be_asked_for_after_the_countdown_and_the_server_keeps_the_pace(
    server: LiveServer, page: Page, inbox: Inbox, eyes: Eyes
) -> None:
    page.clock.install()
    number = inbox.new_phone_number()
    page.goto(authorization_url(server))
    hosted = HostedPages(page)
    hosted.give_phone_number(number)
    resend = page.get_by_role("button", name="Send a new code")
    expect(resend).to_be_disabled()
    expect(page.get_by_text("available in")).to_be_visible()
    page.clock.run_for(61_000)
    expect(resend).to_be_enabled()
    eyes.expect_error("429")
    resend.click()  # in this browser a minute has passed, on the server it has not
    expect(hosted.alert()).to_contain_text("You can ask for another one in")
    assert len(inbox.texts_to(number)) == 1
    expect(resend).to_be_disabled()
    hosted.type_code(inbox.code_texted_to(number))
    hosted.heading("You are new here")


def test_sending_the_same_form_twice_creates_one_account(hosted: HostedPages, inbox: Inbox) -> None:
    number = inbox.new_phone_number()
    hosted.give_phone_number(number)
    hosted.type_code(inbox.code_texted_to(number))
    hosted.heading("You are new here")
    page = hosted.page
    twin = page.context.request
    form = {"csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").first.input_value()}
    headers = {"Origin": page.url.split("/sign-in")[0]}
    assert twin.post(page.url, form=form, headers=headers, max_redirects=0).status == 303
    with hosted.goes_back_to_the_app() as answer:
        hosted.press("Create account")
    assert answer["code"], "whoever comes second goes on as if nothing had happened"


def test_a_double_click_is_one_sign_in(hosted: HostedPages, inbox: Inbox) -> None:
    number = inbox.new_phone_number()
    hosted.page.get_by_label("Country of the phone number").select_option("US")
    hosted.phone_field.fill(number)
    hosted.page.get_by_role("button", name="Continue").dblclick()
    expect(hosted.code_field).to_be_visible()
    assert len(inbox.texts_to(number)) == 1


def test_a_link_that_was_used_already_says_so(hosted: HostedPages, server: LiveServer, page: Page, eyes: Eyes) -> None:
    page.context.clear_cookies()
    eyes.expect_error("40[04]")
    page.goto(f"{server.url}/sign-in")
    hosted.heading("Session not found")


@on_one_database
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "nobodyknowsthisapp001"}, "invalid_client"),
        ({"redirect_uri": "com.evil.app://callback"}, "invalid_redirect_uri"),
    ],
)
def test_a_broken_link_is_a_page_for_people_and_json_for_programs(
    server: LiveServer, page: Page, eyes: Eyes, changes: dict[str, str], error: str
) -> None:
    eyes.expect_error("400")
    url = authorization_url(server, **changes)
    response = page.goto(url)
    assert response
    assert response.status == 400
    HostedPages(page).heading("This link does not work")
    page.get_by_text("Details for developers").click()
    expect(page.get_by_text(error, exact=True)).to_be_visible()
    assert_accessible(page)

    answer = page.context.request.get(url, headers={"Accept": "*/*"})
    assert answer.status == 400
    body = answer.json()
    assert (body["error"], body["code"]) == (error, f"oidc.{error}")
    assert body["message"]
    assert body["error_description"]
