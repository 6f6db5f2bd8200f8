from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker


@pytest.fixture
def second_database(transactional_db: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For what goes from one database to another: a test case allows the first one only."""
    with django_db_blocker.unblock():
        yield
