"""People are found by any part of their names, quickly however many there are, and come a page at a time."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from idp.users import search_index
from idp.users.finding import UserFilter
from idp.users.models import User

pytestmark = pytest.mark.django_db


def found(text: str) -> set[str]:
    return {user.name for user in User.objects.search(text)}


@pytest.fixture
def people() -> None:
    User.objects.create(id="000000000ada", name="Ada Lovelace", primary_email="countess@analytical.example")
    User.objects.create(name="Grace Hopper", username="amazing_grace", primary_phone="491701234567")
    User.objects.create(name="Émilie du Châtelet", username="marquise", primary_phone="33612345678")


@pytest.mark.usefixtures("people")
class TestSearch:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("love", {"Ada Lovelace"}),
            ("ADA LOVE", {"Ada Lovelace"}),
            ("hopper grace", {"Grace Hopper"}),
            ("analytical.example", {"Ada Lovelace"}),
            ("ng_gr", {"Grace Hopper"}),
            ("ngxgr", set()),
            ("châtelet", {"Émilie du Châtelet"}),
            ("emilie or ada", set()),
            ("000000000ada", {"Ada Lovelace"}),
            ("+49 (170) 123-45", {"Grace Hopper"}),
            ("0170 1234567", {"Grace Hopper"}),
            ("0033 6 12", {"Émilie du Châtelet"}),
            ("du châ", {"Émilie du Châtelet"}),
            ("ma", {"Émilie du Châtelet"}),  # too short for the index: the beginning of an identifier
            ("33", {"Émilie du Châtelet"}),
            ('"', set()),
            ("'; --", set()),
            ("lovelace%", set()),
            ("+", set()),
            ("0", set()),
        ],
    )
    def test_by_any_part(self, text: str, names: set[str]) -> None:
        assert found(text) == names

    def test_what_changes_is_found_by_its_new_name_only(self) -> None:
        User.objects.filter(name="Ada Lovelace").update(name="Augusta King")
        assert found("augusta") == {"Augusta King"}
        assert found("lovelace") == set()
        User.objects.filter(username="marquise").delete()
        assert found("marquise") == set()

    def test_one_statement(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        found("love")  # looks once whether there is an index
        with django_assert_num_queries(1):
            found("love")

    @pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps its index")
    def test_triggers_that_a_migration_took_away_come_back_and_nobody_is_missing(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER users_search_added")
        User.objects.create(name="Mary Somerville")
        assert found("somerville") == set()
        call_command("migrate", verbosity=0)
        assert found("somerville") == {"Mary Somerville"}
        User.objects.create(name="Mary Shelley")
        assert found("shelley") == {"Mary Shelley"}


def test_the_index_is_there() -> None:
    assert search_index.is_installed(connection)


class TestPages:
    @pytest.fixture
    def five(self) -> list[User]:
        """Newest first; the middle three of one moment."""
        people = [User.objects.create(id=f"{number:012}") for number in range(5)]
        now = timezone.now()
        for person, minutes in zip(people, (0, 5, 5, 5, 9), strict=True):
            User.objects.filter(pk=person.pk).update(created_at=now - timedelta(minutes=minutes))
        return list(User.objects.order_by("-created_at", "-pk"))

    def test_there_and_back(self, five: list[User]) -> None:
        first = User.objects.page(2)
        assert (first.users, first.has_newer, first.has_older) == (five[:2], False, True)
        second = User.objects.page(2, before=first.users[-1])
        assert (second.users, second.has_newer, second.has_older) == (five[2:4], True, True)
        last = User.objects.page(2, before=second.users[-1])
        assert (last.users, last.has_newer, last.has_older) == (five[4:], True, False)
        assert User.objects.page(2, after=last.users[0]).users == five[2:4]
        assert User.objects.page(2, after=five[1]).users == five[:2]

    def test_everybody_one_batch_after_the_other(self, five: list[User]) -> None:
        assert list(User.objects.all().walk(batch=2)) == five
        assert list(User.objects.none().walk(batch=2)) == []

    def test_filters(self, five: list[User]) -> None:
        User.objects.filter(pk=five[1].pk).update(is_suspended=True, application_id="bookstore", name="Ada Lovelace")
        User.objects.filter(pk=five[2].pk).update(last_sign_in_at=timezone.now(), name="Ada King")

        def wanted(**by: object) -> list[User]:
            return User.objects.wanted(UserFilter(**by)).page(10).users  # type: ignore[arg-type]

        assert wanted() == five
        assert wanted(suspended=True) == [five[1]]
        assert wanted(has_signed_in=True) == [five[2]]
        assert wanted(has_signed_in=False, suspended=False) == [five[0], *five[3:]]
        assert wanted(application="bookstore") == [five[1]]
        assert wanted(text="ada") == five[1:3]
        assert wanted(text="ada", suspended=False) == [five[2]]
        assert wanted(since=five[3].created_at, until=five[0].created_at) == five[1:4]
