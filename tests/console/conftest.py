import pytest
from django.test import Client

from tests.console.people import staff_client


@pytest.fixture
def staff(db: None) -> Client:
    """The browser of the first administrator, who is an owner."""
    return staff_client()
