"""`manage.py preflight`, and what `serve` refuses by it."""

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import NotSupportedError, connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState
from pytest_django import Settings

from idp.deployment import preflight
from idp.deployment.preflight import problems, slow_table
from idp.deployment.transfer import copying
from idp.tokens.keys import ensure_keys
from idp.users.models import User

pytestmark = pytest.mark.django_db


def test_nothing_is_in_the_way() -> None:
    ensure_keys()
    out = StringIO()
    call_command("preflight", stdout=out)
    assert out.getvalue() == "Nothing is in the way. Migrations that are missing: none.\n"


def test_a_database_that_the_next_release_migrated() -> None:
    """It only added something: who is replaced later, starts anew meanwhile or goes back finds everything."""
    ensure_keys()
    newer = MigrationRecorder(connection)
    newer.record_applied("users", "9998_from_the_future")
    newer.record_applied("users", f"9999_name_unused_since_{preflight.schema.own_version().replace('.', '_')}")
    out = StringIO()
    call_command("preflight", stdout=out)
    assert (
        "newer than this version, which runs on it all the same: users.9998_from_the_future, users.9999"
        in out.getvalue()
    )


def test_a_database_from_which_a_later_release_took_what_this_one_uses() -> None:
    MigrationRecorder(connection).record_applied("users", "9999_name_unused_since_100_0_0")
    with pytest.raises(CommandError, match=r"needs what is gone: users\.9999_name_unused_since_100_0_0"):
        call_command("preflight")


def test_keys_that_do_not_open_what_is_stored(settings: Settings) -> None:
    ensure_keys()
    old = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    (problem,) = problems(will_migrate=False)
    assert problem.startswith("ENCRYPTION_KEYS do not open what is stored in tokens_signingkey.pem.")
    settings.ENCRYPTION_KEYS = [*settings.ENCRYPTION_KEYS, *old]
    assert problems(will_migrate=False) == []


def test_an_old_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise NotSupportedError("PostgreSQL 14 or later is required (found 9.6)")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    assert problems(will_migrate=False) == [
        "The database server is too old: PostgreSQL 14 or later is required (found 9.6). Update it first."
    ]


def test_an_unfinished_copy() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {copying.UNFINISHED} (id integer)")
    assert "not finished" in problems(will_migrate=False)[0]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {copying.UNFINISHED}")


def test_a_big_table_is_not_gone_through_without_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.create(username="ada")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE users_user")
    step = operations.AddIndex("user", models.Index(fields=["name"], name="by_name"))
    pending = type("Migration", (Migration,), {"operations": [step]})("9999_index", "users")
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [(pending, False)])
    assert problems(will_migrate=True) == []
    monkeypatch.setattr(preflight, "BIG", 1)
    (problem,) = problems(will_migrate=True)
    assert problem.startswith("users.9999_index would keep others waiting: it goes through users_user")
    assert problems(will_migrate=True, accept_locks=True) == problems(will_migrate=False) == []


@pytest.mark.parametrize(
    ("step", "is_slow"),
    [
        (operations.AlterField("thing", "a", models.CharField(max_length=30, choices=[("x", "X")])), False),
        (operations.AlterField("thing", "a", models.IntegerField()), True),
        (operations.AlterField("thing", "a", models.CharField(max_length=20, db_index=True)), True),
        (operations.AddField("thing", "b", models.CharField(max_length=20, unique=True, null=True)), True),
        (operations.RemoveField("thing", "a"), False),
        (operations.CreateModel("Other", []), False),
    ],
)
def test_what_is_slow(step: Any, is_slow: bool) -> None:
    state = ProjectState()
    state.add_model(ModelState("users", "Thing", [("a", models.CharField(max_length=20))]))
    assert slow_table(step, Migration("9999_x", "users"), state) == ("users_thing" if is_slow else "")
