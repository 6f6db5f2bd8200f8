"""A backup: a gzipped tar, sealed when there is a passphrase.

    head.json                      {format, version, createdAt, migrations, tables: {name: [columns]}, secrets: {column: a value}}
    tables/<name>/000001.jsonl     one row in each line, in parts of some megabytes
    end.json                       {tables: {name: {rows, checksum}}}

It is written and read in one go, so it may be as large as it likes. The end holds what the parts must add up to; a file without
it was cut off. `secrets` has one encrypted value of each column, to find out whether ENCRYPTION_KEYS open it.
"""
# ruff: noqa: S608  names of tables and columns come from our models

import gzip
import io
import json
import tarfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from idp.deployment.schema import own_version
from idp.deployment.transfer import sealing, state, tables
from idp.deployment.transfer.errors import TransferError
from idp.deployment.transfer.tables import Row, Table, Tally
from idp.lib.encryption import Age, age

FORMAT = 1
_PART = 4 * 1024 * 1024  # bytes of rows in one member
_BROKEN = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError)


def write(file: IO[bytes], connection: BaseDatabaseWrapper, *, passphrase: str = "") -> dict[str, Any]:
    """Everything that the connection sees; returns the tallies of the tables."""
    sealer = sealing.Sealer(file, passphrase) if passphrase else None
    target: Any = sealer or file
    found = tables.tables(connection)
    with (
        gzip.GzipFile(fileobj=target, mode="wb", compresslevel=5) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        _add(tar, "head.json", json.dumps(_head(connection, found), indent=1).encode())
        end = {table.name: _write_table(tar, connection, table).as_json() for table in found}
        _add(tar, "end.json", json.dumps({"tables": end}, indent=1).encode())
    if sealer:
        sealer.finish()
    return end


def _head(connection: BaseDatabaseWrapper, found: list[Table]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": own_version(),
        "createdAt": timezone.now().isoformat(timespec="seconds"),
        "migrations": state.applied(connection),
        "tables": {table.name: table.column_names for table in found},
        "secrets": samples(connection, found),
    }


def samples(connection: BaseDatabaseWrapper, found: list[Table]) -> dict[str, str]:
    """One value of each encrypted column that has any."""
    samples = {}
    for table in found:
        for column in table.columns:
            if column.is_encrypted and (value := _first(connection, table, column.name)) is not None:
                samples[f"{table.name}.{column.name}"] = value
    return samples


def first_lost(found: dict[str, str]) -> str:
    """The column of a sample that no key opens; empty when all open."""
    return next((column for column, value in found.items() if age(value) is Age.LOST), "")


def _first(connection: BaseDatabaseWrapper, table: Table, column: str) -> str | None:
    name = connection.ops.quote_name(column)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {connection.ops.quote_name(table.name)} WHERE {name} IS NOT NULL LIMIT 1")
        row = cursor.fetchone()
    return str(row[0]) if row else None


def _write_table(tar: tarfile.TarFile, connection: BaseDatabaseWrapper, table: Table) -> Tally:
    tally, part, number = Tally(table), bytearray(), 1
    for row in tables.read(connection, table):
        line = tables.to_line(row)
        tally.add(row, line)
        part += line.encode() + b"\n"
        if len(part) >= _PART:
            _add(tar, f"tables/{table.name}/{number:06d}.jsonl", part)
            part, number = bytearray(), number + 1
    if part:
        _add(tar, f"tables/{table.name}/{number:06d}.jsonl", part)
    return tally


def _add(tar: tarfile.TarFile, name: str, content: bytes | bytearray) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(content), 0o600, int(time.time())
    tar.addfile(member, io.BytesIO(content))


class Archive:
    """A backup while it is read: first `head`, then `rows` of each table in its order, then `end`."""

    def __init__(self, tar: tarfile.TarFile, packed: gzip.GzipFile) -> None:
        self._tar = tar
        self._packed = packed
        self._member = tar.next()
        self.head = self._document("head.json")
        if not {"format", "version", "createdAt", "migrations", "tables", "secrets"} <= set(self.head):
            raise TransferError("This is no backup of Latchkey, or it is damaged.")
        if self.head["format"] > FORMAT:
            raise TransferError(
                f"It was made by a newer version of Latchkey ({self.head['version']}), in a form that is not known here."
            )

    def check_secrets(self) -> None:
        if column := first_lost(self.head["secrets"]):
            raise TransferError(
                f"ENCRYPTION_KEYS do not open what the backup holds in {column}. Set the keys of the installation that it was "
                "made of; without them its connectors, signing keys and second factors cannot be used."
            )

    def check_columns(self, found: list[Table]) -> None:
        if self.head["tables"] != {table.name: table.column_names for table in found}:
            raise TransferError(
                "Its tables are not those of this version, although their migrations have the same names."
            )

    def rows(self, table: Table) -> Iterator[Row]:
        prefix = f"tables/{table.name}/"
        while self._member is not None and self._member.name.startswith(prefix):
            for line in self._content().splitlines():
                row: Row = json.loads(line)
                if len(row) != len(table.columns):
                    raise TransferError(f"A row of {table.name} is damaged.")
                yield row
            self._member = self._tar.next()

    def end(self) -> dict[str, Any]:
        """What each table must hold. The file is read to its very end: gzip and the seal have theirs after that of tar."""
        tallies: dict[str, Any] = self._document("end.json")["tables"]
        while self._packed.read(1024 * 1024):
            pass
        return tallies

    def _document(self, name: str) -> dict[str, Any]:
        if self._member is None or self._member.name != name:
            raise TransferError("This is no backup of Latchkey, or it is damaged or cut off.")
        document: dict[str, Any] = json.loads(self._content())
        self._member = self._tar.next()
        return document

    def _content(self) -> bytes:
        stream = self._tar.extractfile(self._member) if self._member else None
        return stream.read() if stream else b""


@contextmanager
def opened(path: Path, *, passphrase: str = "") -> Iterator[Archive]:
    """Raises TransferError for a file that is none, is damaged, or needs a passphrase that was not given."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise TransferError(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        is_sealed = file.read(len(sealing.MAGIC)) == sealing.MAGIC
        file.seek(0)
        if is_sealed and not passphrase:
            raise TransferError("The backup is encrypted. Name its passphrase with --passphrase-env or --key-file.")
        try:
            source: Any = sealing.Opener(file, passphrase) if is_sealed else file
            with gzip.GzipFile(fileobj=source, mode="rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
                yield Archive(tar, packed)
        except _BROKEN as error:
            raise TransferError(f"{path} is no backup of Latchkey, or it is damaged or cut off ({error}).") from error
