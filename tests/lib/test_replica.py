from collections.abc import Iterator

import pytest
from django.db import connection, connections, transaction

from idp.audit.models import Event
from idp.lib import replica
from idp.statistics.models import DailyCount
from idp.tokens.models import RefreshToken
from idp.users.models import User

router = replica.Router()


@pytest.fixture
def _there() -> Iterator[None]:
    connections.settings[replica.ALIAS] = connection.settings_dict
    yield
    del connections.settings[replica.ALIAS]


@pytest.mark.usefixtures("_there")
class TestReading:
    @pytest.mark.parametrize("model", [User, Event, DailyCount])
    def test_what_grows_is_read_from_it_when_asked_for(self, model: type) -> None:
        assert router.db_for_read(model) == "default"
        with replica.reading():
            assert router.db_for_read(model) == "replica"
        assert router.db_for_read(model) == "default"

    def test_tokens_never_are(self) -> None:
        with replica.reading():
            assert router.db_for_read(RefreshToken) == "default"

    @pytest.mark.django_db
    def test_a_transaction_sees_what_it_wrote(self) -> None:
        with replica.reading(), transaction.atomic():
            assert router.db_for_read(User) == "default"


def test_without_one_everything_is_read_from_the_database() -> None:
    with replica.reading():
        assert router.db_for_read(User) == "default"


def test_it_is_neither_written_nor_migrated() -> None:
    assert router.db_for_write(User) == "default"
    assert router.allow_migrate("replica", "users") is False
    assert router.allow_migrate("default", "users") is None
