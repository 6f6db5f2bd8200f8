"""Addresses that nobody meant to open: those of forms, and those that browsers ask for by themselves."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.protocol.client import App

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html,*/*"}


@pytest.mark.parametrize("address", ["/language", "/console/sign-out"])
def test_people_get_a_page_at_the_address_of_a_form(address: str) -> None:
    answer = Client().get(address, headers=HTML)
    assert (answer.status_code, "POST" in answer["Allow"]) == (405, True)
    assert 'href="/">Continue</a>' in answer.content.decode()
    assert answer["Content-Security-Policy"]


def test_a_sign_in_that_is_under_way_goes_on(app: App) -> None:
    app.authorize()
    page = app.browser.get("/language", headers=HTML).content.decode()
    assert 'href="/sign-in">Continue</a>' in page
    assert app.browser.get("/sign-in").status_code == 200


def test_programs_get_the_status_alone() -> None:
    answer = Client().get("/language")
    assert (answer.status_code, answer["Allow"], answer.content) == (405, "POST", b"")


@pytest.mark.parametrize(("address", "kind"), [("/favicon.ico", "image/"), ("/apple-touch-icon.png", "image/png")])
def test_icons_that_browsers_ask_for_by_themselves(address: str, kind: str) -> None:
    answer: Any = Client().get(address)
    assert (answer.status_code, answer["Content-Type"].startswith(kind)) == (200, True)


def test_icons_that_pages_name() -> None:
    named = re.findall(r'<link rel="[a-z-]*icon" href="([^"]+)"', Client().get("/").content.decode())
    assert len(named) == 2
    assert [Client().get(address).status_code for address in named] == [200, 200]
