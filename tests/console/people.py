"""Who visits the console in these tests."""

from django.test import Client

from idp.users.models import User
from idp.users.services import create_administrator, create_user

PASSWORD = "correct horse battery"


def administrator(username: str = "ada") -> User:
    return create_administrator(by="test", username=username, password=PASSWORD)


def staff_client() -> Client:
    client = Client()
    client.force_login(administrator())
    return client


def customer_client() -> Client:
    """Somebody who uses an app; not staff."""
    client = Client()
    client.force_login(create_user(by="test", username="carl", password=PASSWORD))
    return client
