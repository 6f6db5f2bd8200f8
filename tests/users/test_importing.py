"""Files of people: read, mapped, tried without writing, added by the worker exactly once."""

import json
from typing import Any

import pytest
from django.db import DataError
from django.utils import timezone

from console.user_export import FORMATS
from idp.audit.models import Event
from idp.users import import_files, importing, passwords
from idp.users.errors import ImportNotReady, ImportUnreadable, ImportValueInvalid
from idp.users.models import User, UserImport
from idp.users.services import create_user

BCRYPT = "$2b$04$2PE4u6PD53BDTTnFkFAl.u2x3/8INVd5scq6kQ3gOoq5Z4BjjLPba"


class TestFiles:
    @pytest.mark.parametrize(
        "content",
        [
            b"email,name\nada@example.com,Ada\n\n",
            "\ufeffemail;name\nada@example.com;Ada".encode(),
            b"email\tname\r\nada@example.com\tAda\r\n",
            b'[{"email": "ada@example.com", "name": "Ada"}]',
            b'{"email": "ada@example.com", "name": "Ada"}\n\n',
        ],
    )
    def test_forms(self, content: bytes) -> None:
        rows = import_files.read(content)
        assert rows == [{"email": "ada@example.com", "name": "Ada"}]
        assert import_files.columns(rows) == ["email", "name"]

    def test_what_an_export_wrote(self) -> None:
        """A phone number begins like a formula, and a name may hold what Python takes for the end of a line."""
        user = User(primary_phone="491701234567", name="Ada\u2028King\x85!", created_at=timezone.now())
        for write in FORMATS.values():
            (row,) = import_files.read("".join(write([user])).encode())
            assert (row["primaryPhone"], row["name"]) == ("+491701234567", user.name)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "must name the columns"),
            (b"email,name\n", "no people"),
            (b"email,email\na,b", "Two columns have the name"),
            (b"email\na,b", "Line 2 has more cells"),
            (b'email\n"a', "is not CSV"),
            (b"\xff\xfe", "not UTF-8"),
            (b'[{"email": 1}, 2]', "Entry 2 is not an object"),
            (b"[", "not JSON"),
            (b'{"email": 1}\n{', "Line 2 is not JSON"),
            (b"[" * 100_000, "nested too deeply"),
            (b'[{"email": "a"}, {"email": "\\u0000"}]', "Row 2 cannot be stored"),
            (b'{"\\ud800": 1}', "Row 1 cannot be stored"),
            (b'{"email": 1e999}', "Row 1 cannot be stored"),
            (b"a\n" + b"x\n" * 20_001, "20,001 rows"),
            (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
            (",".join(f"c{number}" for number in range(101)).encode() + b"\nx", "101 columns"),
        ],
    )
    def test_what_cannot_be_read(self, content: bytes, words: str) -> None:
        with pytest.raises(ImportUnreadable, match=words):
            import_files.columns(import_files.read(content))


def draft(rows: list[dict[str, Any]], **mapping: str) -> UserImport:
    made = importing.upload(by="user:admin", name="people.json", content=json.dumps(rows).encode())
    if mapping:
        importing.set_mapping(draft=made, mapping=mapping)
    return made


def run(made: UserImport) -> UserImport:
    importing.start(by="user:admin", draft=made)
    importing.advance()
    made.refresh_from_db()
    return made


@pytest.mark.django_db
class TestImport:
    def test_columns_are_guessed(self) -> None:
        names = ["Primary Email", "mail", "given_name", "password_hash", "Phone-Number", "shoe size"]
        guess = draft([dict.fromkeys(names, "x")]).mapping
        assert guess == {
            "Primary Email": "email", "mail": "", "given_name": "profile.givenName", "password_hash": "passwordDigest",
            "Phone-Number": "phone", "shoe size": "",
        }  # fmt: skip

    @pytest.mark.parametrize("mapping", [{"a": "name"}, {"a": "email", "b": "email"}, {}])
    def test_without_an_identifier_or_with_two_of_one_kind_it_cannot_begin(self, mapping: dict[str, str]) -> None:
        with pytest.raises(ImportNotReady):
            importing.set_mapping(draft=draft([{"a": "1", "b": "2"}]), mapping=mapping)

    def test_everything_arrives(self) -> None:
        row = {
            "mail": "Ada@Example.com", "tel": "+49 170 1234567", "first": "Ada", "hash": BCRYPT, "kind": "Bcrypt", "shoes": 38,
            "more": {"shelf": 7}, "secret": "left out",
        }  # fmt: skip
        mapping = {
            "mail": "email", "tel": "phone", "first": "profile.givenName", "hash": "passwordDigest",
            "kind": "passwordAlgorithm", "shoes": "custom", "more": "customData",
        }  # fmt: skip
        made = run(draft([row], **mapping))
        assert (made.status, made.created, made.problem_count, made.rows) == ("done", 1, 0, [])
        ada = User.objects.get()
        assert (ada.primary_email, ada.primary_phone) == ("ada@example.com", "491701234567")
        assert (ada.profile, ada.custom_data) == ({"givenName": "Ada"}, {"shoes": 38, "shelf": 7})
        assert ada.password == f"bcrypt${BCRYPT}"
        assert not passwords.verify(ada, "wrong")
        assert set(Event.objects.filter(key__startswith="user.").values_list("key", flat=True)) == {
            "user.created", "user.import_started", "user.import_finished",
        }  # fmt: skip

    def test_a_try_names_what_the_run_leaves_out(self) -> None:
        create_user(by="test", email="taken@example.com")
        rows = [
            {"email": "one@example.com", "more": ""},
            {"email": "nonsense", "more": ""},
            {"email": "taken@example.com", "more": ""},
            {"email": "ONE@example.com", "more": ""},
            {"email": "", "more": "{}"},
            {"email": "two@example.com", "more": "[1]"},
            {"email": "three@example.com", "more": '{"a": 1}'},
            {"email": "four@example.com", "more": '{"a": "\\u0000"}'},
            {"email": "five@example.com", "more": "", "name": "x" * 129},
            {"email": "six@example.com", "more": "", "picture": "mine.png"},
        ]
        made = draft(rows, email="email", more="customData", name="name", picture="avatar")
        tried = [number for number, _ in importing.check(made)]
        assert tried == [2, 4, 5, 6, 8, 9, 10, 3]
        assert User.objects.count() == 1
        made = run(made)
        assert made.created == 2
        assert sorted(number for number, _ in made.problems) == [2, 3, 4, 5, 6, 8, 9, 10]
        assert User.objects.count() == 3

    def test_a_row_that_the_database_refuses_keeps_nobody_waiting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(**_: Any) -> None:
            raise DataError("value too long")

        monkeypatch.setattr(importing, "create_user", refuse)
        made = run(draft([{"email": "a@example.com"}], email="email"))
        assert (made.status, made.problems) == ("done", [[1, "The database does not take this row."]])

    def test_a_cell_that_no_parser_reads_is_named(self) -> None:
        with pytest.raises(ImportValueInvalid, match="more is not JSON"):
            importing.read_row({"mail": "a@example.com", "more": "[" * 5000}, {"mail": "email", "more": "customData"})

    def test_a_hash_that_is_none_is_named(self) -> None:
        made = draft([{"email": "a@example.com", "hash": "secret"}], email="email", hash="passwordDigest")
        assert [number for number, _ in importing.check(made)] == [1]

    def test_one_hundred_at_a_time_and_a_worker_that_dies_in_between_loses_and_doubles_nobody(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = draft([{"email": f"p{number}@example.com"} for number in range(250)], email="email")
        importing.start(by="user:admin", draft=made)
        stale = UserImport.objects.get()
        assert importing._advance(stale) == 100
        assert importing._advance(stale) == 0  # another worker that read the same
        with monkeypatch.context() as patch:
            patch.setattr(importing, "_add", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                importing.advance()
        assert UserImport.objects.get().position == 100
        assert importing.advance() == 150
        assert User.objects.count() == 250
        assert importing.advance() == 0

    def test_started_once_and_not_thrown_away_afterwards(self) -> None:
        made = draft([{"email": "a@example.com"}], email="email")
        importing.start(by="user:admin", draft=made)
        importing.start(by="user:other", draft=made)
        assert Event.objects.filter(key="user.import_started").count() == 1
        assert not importing.discard(by="user:admin", draft=made)
        assert importing.discard(by="user:admin", draft=draft([{"email": "b@example.com"}]))
