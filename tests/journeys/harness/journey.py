"""Whole stretches of a sign-in, for journeys that are about what comes after it."""

from playwright.sync_api import Page

from tests.journeys.harness.hosted import HostedPages
from tests.journeys.harness.inbox import Inbox


def sign_up_by_text(page: Page, inbox: Inbox, number: str) -> None:
    """A new number: the page takes it, a text arrives, the person types the code and wants an account."""
    hosted = HostedPages(page)
    sign_in_by_text(page, inbox, number)
    hosted.heading("You are new here")
    hosted.press("Create account")


def sign_in_by_text(page: Page, inbox: Inbox, number: str) -> None:
    """A number that has an account: one code, and that is all."""
    hosted = HostedPages(page)
    hosted.heading("Sign in")
    hosted.give_phone_number(number)
    hosted.heading("Check your messages")
    hosted.type_code(inbox.code_texted_to(number))
