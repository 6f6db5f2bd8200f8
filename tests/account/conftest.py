"""Ada at her account pages, signed in with her password."""

from typing import Any

import pytest
from django.test import Client

from idp.signin.experience import update_experience
from idp.signin.models import Session
from idp.users.models import User
from tests.conftest import PASSWORD

METHODS = [
    {"identifier": kind, "password": True, "verificationCode": kind != "username", "isPasswordPrimary": True}
    for kind in ("username", "email", "phone")
]


@pytest.fixture(autouse=True)
def _every_way_to_sign_in(db: Any) -> None:
    update_experience(by="test", sign_in={"methods": METHODS})


@pytest.fixture
def browser(ada: User) -> Client:
    """Ada's browser, signed in through the pages."""
    return sign_in("ada")


@pytest.fixture
def proved(browser: Client) -> Client:
    """Ada's browser, after she has proved that it is her."""
    assert browser.post("/account/verify", {"password": PASSWORD})["Location"] == "/account"
    return browser


@pytest.fixture
def session(browser: Client) -> Session:
    return Session.objects.get()


def sign_in(username: str, page: str = "/account", password: str = PASSWORD) -> Client:
    browser = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"})
    first = browser.get(page)["Location"]
    browser.post(first, {"identifier": username, "country": "US"})
    done = browser.post("/sign-in/password?app_id=account-center", {"password": password})
    back = browser.get(done["Location"])
    assert back["Location"] == page, back["Location"]
    return browser
