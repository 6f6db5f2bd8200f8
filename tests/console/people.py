"""Who visits the console in these tests."""

from typing import Any

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


def save_and_confirm(client: Client, address: str, data: dict[str, Any], **more: Any) -> Any:
    """Save what the console asks about once more, and agree."""
    asked = client.post(address, data)
    assert "Is this what you want?" in asked.content.decode()
    return client.post(address, {**data, "confirmed": asked.context["answer"]}, **more)
