"""`manage.py copydb`: from one database to another, and again when it was stopped."""

import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import environ
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from idp.audit.models import Event
from idp.deployment.models import Heartbeat
from idp.deployment.transfer import copying, loading, state
from idp.lib import databases
from idp.users import search_index
from idp.users.models import User
from idp.users.services import create_user
from tests.deployment.rows import everything, populate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("second_database")]
ROOT = Path(__file__).parents[2]


def copy(url: str, *options: str) -> str:
    out = StringIO()
    call_command("copydb", "--to", url, *options, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def tables_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test leaves a database that is migrated and empty, for the others."""
    return tmp_path_factory.mktemp("tables") / "db.sqlite3"


@pytest.fixture
def target(tmp_path: Path, tables_alone: Path) -> str:
    url = f"sqlite:///{tables_alone}"
    if not tables_alone.exists():
        with opened(url) as empty:
            state.bring_to(empty, state.applied(connection))
    shutil.copy(tables_alone, tmp_path / "copy.sqlite3")
    return f"sqlite:///{tmp_path}/copy.sqlite3"


@contextmanager
def opened(url: str, alias: str = "look") -> Iterator[Any]:
    settings = databases.complete(environ.Env.db_url_config(url))
    connections.settings[alias] = connections.configure_settings({"default": {}, alias: settings})[alias]
    try:
        yield connections[alias]
    finally:
        connections[alias].close()
        del connections[alias], connections.settings[alias]


def held(url: str) -> dict[str, Any]:
    with opened(url) as look:
        return everything(of=look, besides=())


def test_everything_arrives(tmp_path: Path) -> None:
    populate()
    target = f"sqlite:///{tmp_path}/new.sqlite3"
    said = copy(target)
    assert "users_user: 1 rows copied and compared, checksum " in said
    assert held(target) == everything(besides=())
    with opened(target) as look:
        assert search_index.is_installed(look)
        assert not copying.is_unfinished(look)
        assert [user.username for user in User.objects.using("look").search("lovelace")] == ["ada"]
        assert Event.objects.using("look").create(key="next").pk > Event.objects.latest("pk").pk


def test_what_is_there_is_not_written_over(target: str) -> None:
    populate()
    copy(target)
    with pytest.raises(CommandError, match="holds other data"):
        copy(target)


class Stopped(BaseException):
    pass


def test_a_copy_that_was_stopped_goes_on(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    populate()
    real = loading._insert

    def stop(target: Any, table: Any, rows: Any) -> None:
        def some() -> Iterator[Any]:
            yield next(rows)
            raise Stopped

        real(target, table, some() if table.name == "users_user" else rows)

    with monkeypatch.context() as patch:
        patch.setattr(loading, "_insert", stop)
        with pytest.raises(Stopped):
            copy(target)
    half = held(target)
    assert half["users_user"]["rows"] == 0
    assert half["audit_event"] == everything(besides=())["audit_event"]
    with opened(target) as look:
        assert copying.is_unfinished(look)
    said = copy(target)
    assert f"audit_event: {Event.objects.count()} rows are there already" in said
    assert held(target) == everything(besides=())


def test_what_changed_between_two_runs_is_copied_again(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = populate()
    with monkeypatch.context() as patch:
        patch.setattr(loading, "finish", _stop)
        with pytest.raises(Stopped):
            copy(target)
    User.objects.filter(pk=ada.pk).update(name="Countess")  # others refer to her
    create_user(by="test", username="eve")
    copy(target)
    assert held(target) == everything(besides=())


def _stop(*_: Any, **__: Any) -> None:
    raise Stopped


def test_a_source_that_is_written_meanwhile_is_told(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    populate()
    real, written = copying._table, []

    def write(*args: Any) -> Any:
        if not written:
            written.append(create_user(by="test", username="late"))
        return real(*args)

    monkeypatch.setattr(copying, "_table", write)
    with pytest.raises(CommandError, match="written while it was copied"):
        copy(target)
    assert held(target)["users_user"]["rows"] == 1  # the moment at which it began
    copy(target)
    assert held(target) == everything(besides=())


def test_it_waits_for_latchkey_to_stop(target: str) -> None:
    populate()
    Heartbeat.objects.create(id="worker", seen_at=timezone.now())
    with pytest.raises(CommandError, match="Latchkey runs on the source"):
        copy(target)
    copy(target, "--while-running")
    assert held(target) == everything(besides=())


@pytest.mark.parametrize("url", ["nonsense", "", "gopher://x/y"])
def test_no_database(url: str) -> None:
    with pytest.raises(CommandError, match=r"sqlite:///path|the URL of a database"):
        copy(url)


def test_itself() -> None:
    name, host = connection.settings_dict["NAME"], connection.settings_dict["HOST"]
    url = f"sqlite:///{name}" if connection.vendor == "sqlite" else f"postgres://postgres@{host}:5432/{name}"
    with pytest.raises(CommandError, match="the database to copy from"):
        copy(url)


def test_a_migration_for_one_database_cannot_write_to_another(target: str) -> None:
    User.objects.bulk_create([User(username="auditor", is_staff=True, staff_role="auditor")])
    copy(target)
    assert User.objects.get().staff_role == "auditor"
    with opened(target), pytest.raises(AssertionError), state._untouched(connections["look"]):
        User.objects.exists()


def test_a_killed_copy_goes_on(target: str) -> None:
    populate()
    Event.objects.bulk_create(Event(key="many", data={"n": number}) for number in range(20_000))
    settings = connection.settings_dict
    source = (
        f"sqlite:///{settings['NAME']}" if connection.vendor == "sqlite"
        else f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT'] or 5432}/{settings['NAME']}"
    )  # fmt: skip
    environment = os.environ | {"DATABASE_URL": source}
    command = [sys.executable, "-u", "manage.py", "copydb", "--to", target]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("applications_application: ")
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    rows = held(target)["audit_event"]["rows"]
    assert rows in (0, Event.objects.count())
    copy(target)
    assert held(target) == everything(besides=())


@pytest.fixture
def postgresql() -> Iterator[str]:
    """An empty database beside the one that the tests run on."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL; .ci/run has it")
    name, settings = f"latchkey_copy_{uuid.uuid4().hex[:12]}", connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT'] or 5432}/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_from_postgresql_to_sqlite_and_back(target: str, postgresql: str) -> None:
    populate()
    copy(target)
    with opened(target) as source, opened(postgresql, "back"):
        copying.copy(source, "back", report=lambda line: None)
    assert held(postgresql) == everything(besides=())
    with opened(postgresql) as look:
        assert Event.objects.using("look").create(key="next").pk > Event.objects.latest("pk").pk
        assert search_index.is_installed(look)
