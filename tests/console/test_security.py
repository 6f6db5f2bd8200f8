"""Security: password policy and lockout."""

from typing import Any

import pytest
from django.test import Client

from idp.signin.models import SignInExperience
from idp.users.models import User
from idp.users.services import create_administrator

pytestmark = pytest.mark.django_db
URL = "/console/security"
VALUES = {
    "min_length": "12", "character_types": "3", "reject_breached": "on", "words": "Bookstore\n\n Books ",
    "max_attempts": "20", "lockout_minutes": "15",
}  # fmt: skip


@pytest.fixture
def staff(client: Client) -> User:
    user = create_administrator(by="", username="admin", password="correct horse battery")
    client.force_login(user)
    return user


def test_only_staff(client: Client) -> None:
    assert client.get(URL).status_code == 302
    assert client.post(URL, VALUES).status_code == 302
    assert not SignInExperience.objects.exists()


def test_the_page_shows_what_holds(client: Client, staff: User) -> None:
    assert 'name="min_length" value="8"' in client.get(URL).content.decode()


def test_saved_and_in_force(client: Client, staff: User) -> None:
    assert client.post(URL, VALUES).status_code == 302
    experience = SignInExperience.load()
    assert (experience.passwords.min_length, experience.passwords.character_types) == (12, 3)
    assert experience.passwords.reject_words == ("Bookstore", "Books")
    assert not experience.passwords.reject_user_info
    assert experience.lockout.max_attempts == 20


@pytest.mark.parametrize(
    "changes",
    [
        {"min_length": "0"},
        {"min_length": ""},
        {"character_types": "9"},
        {"max_attempts": "0"},
        {"lockout_minutes": "x"},
    ],
)
def test_out_of_range(client: Client, staff: User, changes: dict[str, Any]) -> None:
    answer = client.post(URL, VALUES | changes)
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not SignInExperience.objects.exists()
