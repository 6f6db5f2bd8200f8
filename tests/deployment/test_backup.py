"""`manage.py backup` and `restore`: everything or nothing."""

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone
from pytest_django import Settings

from idp.audit.models import Event
from idp.deployment.models import Heartbeat
from idp.deployment.transfer import archive, sealing, state, tables
from idp.lib.encryption import encrypt
from idp.messaging.models import Connector
from idp.users import search_index
from idp.users.models import User
from idp.users.services import create_user
from tests.deployment.rows import everything, populate

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
PASSPHRASE = "correct horse battery"


@pytest.fixture(autouse=True)
def _cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_COST", 4)
    monkeypatch.setenv("BACKUP_PASSPHRASE", PASSPHRASE)


def backup(file: Path, *options: str) -> str:
    out = StringIO()
    call_command("backup", str(file), *options, stdout=out)
    return out.getvalue()


def restore(file: Path, *options: str) -> str:
    out = StringIO()
    call_command("restore", str(file), "--replace", "--no-input", *options, stdout=out)
    return out.getvalue()


def refused(file: Path, *options: str) -> str:
    with pytest.raises(CommandError) as error:
        restore(file, *options)
    return str(error.value)


def rewritten(file: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The backup with its members changed; None takes one out."""
    new = file.with_name(f"{file.name}.changed")
    with tarfile.open(file, "r:gz") as old, tarfile.open(new, "w:gz") as tar:
        for member in old:
            content = old.extractfile(member)
            assert content
            changed = change(member.name, content.read())
            if changed is not None:
                member.size = len(changed)
                tar.addfile(member, io.BytesIO(changed))
    return new


def test_every_kind_of_column_has_a_form_in_a_row() -> None:
    """One that JSON does not know stops a backup, but only once somebody has such a row."""
    plain = {
        "AutoField", "BigAutoField", "BigIntegerField", "CharField", "IntegerField", "JSONField", "PositiveBigIntegerField",
        "PositiveIntegerField", "PositiveSmallIntegerField", "TextField",
    }  # fmt: skip
    kinds = {column.kind for table in tables.tables(connection) for column in table.columns}
    assert kinds - plain == set(tables._WIRE) == set(tables._ADAPTERS)


def head_with(**changes: Any) -> Callable[[str, bytes], bytes]:
    def change(name: str, content: bytes) -> bytes:
        return json.dumps(json.loads(content) | changes).encode() if name == "head.json" else content

    return change


@pytest.mark.parametrize("options", [(), ("--passphrase-env", "BACKUP_PASSPHRASE")])
def test_what_was_there_is_there_again(tmp_path: Path, options: tuple[str, ...]) -> None:
    populate()
    before, events = everything(), list(Event.objects.order_by("pk").values_list("pk", "key", "data"))
    said = backup(tmp_path / "b", *options)
    assert ("not encrypted" in said) is (not options)
    User.objects.all().delete()
    create_user(by="test", username="eve")
    Connector.objects.all().update(connector_id="other")
    assert "every row was compared" in restore(tmp_path / "b", *options)
    assert everything() == before
    assert (
        list(Event.objects.exclude(key__startswith="backup.").order_by("pk").values_list("pk", "key", "data")) == events
    )
    assert Event.objects.get(key="backup.restored").pk > max(pk for pk, *_ in events)
    assert Connector.objects.get().config == {"authToken": "secret", "n": [1, None]}


def test_people_are_found_again(tmp_path: Path) -> None:
    ada = populate()
    backup(tmp_path / "b")
    restore(tmp_path / "b")
    assert search_index.is_installed(connection)
    assert list(User.objects.search("lovelace")) == [ada]
    eve = create_user(by="test", username="evelyn")
    assert list(User.objects.search("velyn")) == [eve]


def test_it_is_one_moment_and_nobody_waits() -> None:
    populate()
    with tables.snapshot(connection) as reader:
        before = everything(of=reader, besides=())
        create_user(
            by="test", username="late"
        )  # would wait for twenty seconds, and fail, if the snapshot were in its way
        assert everything(of=reader, besides=()) == before
    assert everything(besides=()) != before


def test_the_file_is_for_its_owner_and_overwrites_none(tmp_path: Path) -> None:
    backup(tmp_path / "b")
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="not overwritten"):
        backup(tmp_path / "b")
    with pytest.raises(CommandError, match="cannot be written"):
        backup(tmp_path / "no" / "b")


def test_what_fails_half_way_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Iterator[Any]:
        yield from ()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tables, "read", broken)
    with pytest.raises(CommandError, match="No space left"):
        backup(tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options", [(), ("--passphrase-env", "BACKUP_PASSPHRASE")])
@pytest.mark.parametrize("kept", [0, 10, 0.2, 0.5, 0.9, -1])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, options: tuple[str, ...], kept: float) -> None:
    populate()
    backup(tmp_path / "b", *options)
    before = everything(besides=())
    whole = (tmp_path / "b").read_bytes()
    (tmp_path / "b").write_bytes(whole[: int(len(whole) * kept) if isinstance(kept, float) else kept])
    assert "damaged" in refused(tmp_path / "b", *options)
    assert everything(besides=()) == before


@pytest.mark.parametrize("options", [(), ("--passphrase-env", "BACKUP_PASSPHRASE")])
@pytest.mark.parametrize("place", [0.1, 0.3, 0.6, 0.95])
def test_a_file_that_was_changed_is_refused(tmp_path: Path, options: tuple[str, ...], place: float) -> None:
    populate()
    backup(tmp_path / "b", *options)
    before = everything(besides=())
    changed = bytearray((tmp_path / "b").read_bytes())
    changed[int(len(changed) * place)] ^= 1
    (tmp_path / "b").write_bytes(changed)
    assert refused(tmp_path / "b", *options)
    assert everything(besides=()) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda name, content: content.replace(b'"ada"', b'"eve"') if "users_user/" in name else content,
        lambda name, content: content.splitlines(keepends=True)[0] if "audit_event/" in name else content,
        lambda name, content: None if "audit_event/" in name else content,
        lambda name, content: b"[1]\n" if "audit_event/" in name else content,
        lambda name, content: None if name == "end.json" else content,
        lambda name, content: None if name == "head.json" else content,
    ],
)
def test_rows_must_add_up(tmp_path: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    populate()
    backup(tmp_path / "b")
    before = everything(besides=())
    assert "Nothing was restored." in refused(rewritten(tmp_path / "b", change))
    assert everything(besides=()) == before


def test_a_passphrase_is_needed_and_must_be_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    populate()
    (tmp_path / "key").write_text(f"{PASSPHRASE}\n")
    backup(tmp_path / "b", "--key-file", str(tmp_path / "key"))
    assert b"Lovelace" not in (tmp_path / "b").read_bytes()
    assert "is encrypted" in refused(tmp_path / "b")
    restore(tmp_path / "b", "--passphrase-env", "BACKUP_PASSPHRASE")
    monkeypatch.setenv("BACKUP_PASSPHRASE", "another horse battery")
    assert "passphrase is wrong" in refused(tmp_path / "b", "--passphrase-env", "BACKUP_PASSPHRASE")
    assert "fewer than 12" in refused(tmp_path / "b", "--passphrase-env", "NOT_SET")
    assert "cannot be read" in refused(tmp_path / "b", "--key-file", str(tmp_path / "nothing"))


def test_a_database_with_rows_is_not_touched_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    populate()
    backup(tmp_path / "b")
    before = everything(besides=())
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", str(tmp_path / "b"), stdout=StringIO())
    monkeypatch.setattr("builtins.input", lambda: "yes")
    with pytest.raises(CommandError, match="not the name"):
        call_command("restore", str(tmp_path / "b"), "--replace", stdout=StringIO())
    assert everything(besides=()) == before
    monkeypatch.setattr("builtins.input", lambda: str(connection.settings_dict["NAME"]))
    call_command("restore", str(tmp_path / "b"), "--replace", stdout=StringIO())


def test_while_it_runs_nothing_is_restored(tmp_path: Path) -> None:
    backup(tmp_path / "b")
    Heartbeat.objects.create(id="worker", seen_at=timezone.now())
    assert "Stop it first" in refused(tmp_path / "b")


def test_without_the_keys_it_is_of_no_use(tmp_path: Path, settings: Settings) -> None:
    populate()
    backup(tmp_path / "b")
    before = everything()
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    assert "ENCRYPTION_KEYS do not open" in refused(tmp_path / "b")
    assert everything() == before


def before_administrators(names: list[str]) -> list[str]:
    """Without what came to the people since `users.0007_administrators`."""
    return [name for name in names if not name.startswith("users.") or name < "users.0007"]


def test_another_version_is_named(tmp_path: Path) -> None:
    backup(tmp_path / "b")
    names = state.applied(connection)
    assert "newer version of Latchkey (9.1)" in refused(rewritten(tmp_path / "b", head_with(format=2, version="9.1")))
    newer = rewritten(tmp_path / "b", head_with(migrations=[*names, "users.9999_more"]))
    assert "users.9999_more is not known here" in refused(newer)
    older = rewritten(tmp_path / "b", head_with(migrations=before_administrators(names)))
    assert "manage.py migrate users 0006_ways_to_read_and_imports" in refused(older)


def test_no_backup_at_all(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    with gzip.open(tmp_path / "packed", "wb") as file:
        file.write(b"hello" * 1000)
    assert "no backup" in refused(tmp_path / "text")
    assert "no backup" in refused(tmp_path / "packed")
    assert "cannot be read" in refused(tmp_path / "missing")


@pytest.fixture
def older(second_database: None, tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """A database before the migrations of administrators, with a row in it."""
    settings = connections.configure_settings(
        {"default": {}, "older": {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "older.sqlite3"}}
    )
    connections.settings["older"] = settings["older"]
    names = before_administrators(state.applied(connection))
    state.bring_to(connections["older"], names)
    try:
        yield "older", names
    finally:
        connections["older"].close()
        del connections["older"], connections.settings["older"]


def test_an_older_backup_goes_into_an_empty_database(
    older: tuple[str, list[str]], tmp_path: Path, settings: Settings
) -> None:
    alias, _ = older
    with connections[alias].cursor() as cursor:
        cursor.execute("INSERT INTO users_installation (id, claimed_at) VALUES (1, '2026-01-01 00:00:00')")
        values = ["Sms", 0, "twilio", encrypt("{}"), "2026-01-01 00:00:00", "2026-01-01 00:00:00"]
        columns = "type, position, connector_id, config, created_at, updated_at, id"
        cursor.execute(f"INSERT INTO messaging_connector ({columns}) VALUES (%s, %s, %s, %s, %s, %s, 'c')", values)
    with (tmp_path / "b").open("wb") as file, tables.snapshot(connections[alias]) as reader:
        archive.write(file, reader)
    environment = {
        "PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data"), "ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS)
    }  # fmt: skip

    def manage(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "run `python manage.py migrate` now" in manage("restore", str(tmp_path / "b"))
    manage("migrate")
    seen = manage(
        "shell", "-v0", "-c",
        "from idp.users.models import *; from idp.messaging.models import *;"
        "print(Installation.is_claimed(), Connector.objects.get().config, Invitation.objects.count())",
    )  # fmt: skip
    assert seen == "True {} 0\n"
