"""The first administrator: one, and only the first."""

from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from idp.deployment import setup_token
from idp.users.models import User
from tests.console.people import PASSWORD, administrator

pytestmark = pytest.mark.django_db
GOOD = {"username": "ada", "password": PASSWORD, "password_again": PASSWORD, "name": "Ada", "email": "ada@example.com"}


def submit(**changes: str) -> Any:
    return Client().post(reverse("console:setup"), GOOD | changes)


def test_creates_the_administrator_and_signs_in() -> None:
    client = Client()
    response = client.post(reverse("console:setup"), GOOD)
    assert response["Location"] == reverse("console:get-started")
    assert client.get(response["Location"]).status_code == 200
    user = User.objects.get()
    assert (user.username, user.name, user.primary_email, user.is_staff) == ("ada", "Ada", "ada@example.com", True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password_again": "something else"}, "The two passwords are not the same."),
        ({"password": "short", "password_again": "short"}, "too short"),
        ({"username": ""}, "This field is required."),
        ({"username": "4da"}, "username"),
        ({"email": "nowhere"}, "valid email"),
    ],
)
def test_says_what_is_wrong(changes: dict[str, str], sentence: str) -> None:
    response = submit(**changes)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not User.objects.exists()


def test_the_summary_of_what_is_wrong_has_the_focus() -> None:
    """Of several elements with autofocus the browser takes the first."""
    text = submit(password="short").content.decode()
    assert text.index('role="alert" tabindex="-1" autofocus') < text.index(" autofocus", text.index("<input"))


def test_is_gone_afterwards() -> None:
    administrator()
    assert Client().get(reverse("console:setup"))["Location"] == reverse("console:sign-in")
    assert submit(username="eve").status_code == 403
    assert User.objects.count() == 1


def test_two_first_visitors_at_once() -> None:
    """Both saw the form; the second one's claim comes too late."""
    with patch("console.views.session.Installation.is_claimed", return_value=False):
        assert submit().status_code == 302
        response = submit(username="eve", email="")
    assert response.status_code == 403
    assert not User.objects.filter(username="eve").exists()


def test_production_needs_the_link_from_the_log(settings: Any) -> None:
    settings.PRODUCTION = True
    url = reverse("console:setup")
    assert Client().get(url).status_code == 403
    assert Client().post(f"{url}?token=guess", GOOD).status_code == 403
    assert Client().get(f"{url}?token={setup_token.current()}").status_code == 200
    assert Client().post(f"{url}?token={setup_token.current()}", GOOD).status_code == 302
