"""The first page remembers how somebody signed in here, and nothing about who it was; apps choose the first page."""

import pytest
from django.test import Client

from idp.signin import cookies
from idp.signin.experience import update_experience
from idp.signin.models import Interaction
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.protocol.client import App

pytestmark = pytest.mark.django_db
SENTENCE = "Last time you signed in with your username."


def first_page(app: App) -> str:
    return str(app.browser.get(app.authorize(prompt="login")["Location"]).content.decode())


def ways(*identifiers: str) -> None:
    methods = [
        {"identifier": one, "password": True, "verificationCode": False, "isPasswordPrimary": True}
        for one in identifiers
    ]
    update_experience(by="", sign_in={"methods": methods}, sign_in_mode="SignIn")


def test_the_way_of_the_last_time(app: App, ada: User) -> None:
    ways("username", "email")
    assert "Last time" not in first_page(app)
    app.sign_in_with_password("ada", PASSWORD)
    assert SENTENCE in first_page(app)
    assert app.browser.cookies[cookies.LAST_WAY].value == "username"


def test_not_where_there_is_no_choice(app: App, ada: User) -> None:
    ways("username")
    app.sign_in_with_password("ada", PASSWORD)
    assert "Last time" not in first_page(app)


@pytest.mark.parametrize("value", ["phone", "<b>", "ada@example.com", ""])
def test_nor_what_is_not_offered(app: App, ada: User, value: str) -> None:
    ways("username", "email")
    app.browser.cookies[cookies.LAST_WAY] = value
    assert "Last time" not in first_page(app)


@pytest.mark.parametrize(
    ("asked", "page", "event"),
    [
        ({"first_screen": "register"}, "/register", "Register"),
        ({"first_screen": "identifier:register"}, "/register", "Register"),
        ({"first_screen": "signIn"}, "/sign-in", "SignIn"),
        ({"first_screen": "reset_password"}, "/forgot-password", "ForgotPassword"),
        ({"first_screen": "single_sign_on"}, "/sign-in", "SignIn"),
        ({"interaction_mode": "signUp"}, "/register", "Register"),
        ({"direct_sign_in": "social:google"}, "/sign-in", "SignIn"),
    ],
)
def test_the_app_chooses_the_first_page(app: App, client: Client, asked: dict[str, str], page: str, event: str) -> None:
    location = app.authorize(**asked)["Location"]
    assert location.partition("?")[0] == page
    assert Interaction.objects.get().event == event
    assert app.browser.get(location).status_code == 200
