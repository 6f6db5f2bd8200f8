"""`manage.py backup FILE`: everything in one file, while Latchkey runs (docs/operations.md)."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from idp.audit.services import record
from idp.deployment import schema
from idp.deployment.transfer import archive, tables
from idp.deployment.transfer.passphrase import add_arguments, passphrase_of


class Command(BaseCommand):
    help = "Write everything in the database to one file: a consistent picture, taken while Latchkey runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the new file; one that exists is not overwritten")
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        passphrase, file = passphrase_of(options), options["file"]
        unfinished = file.with_name(f"{file.name}.unfinished")
        if file.exists():
            raise CommandError(f"{file} exists; a backup is not overwritten.")
        try:
            # For its owner alone: personal data are not encrypted in the columns.
            unfinished.unlink(missing_ok=True)
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                with tables.snapshot(connection) as reader:
                    held = archive.write(stream, reader, passphrase=passphrase)
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.rename(file)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        finally:
            unfinished.unlink(missing_ok=True)
        if not schema.missing_migrations():
            record("backup.made", by="system:backup", encrypted=bool(passphrase))
        self._tell(file, held, is_encrypted=bool(passphrase))

    def _tell(self, file: Path, held: dict[str, Any], *, is_encrypted: bool) -> None:
        rows = sum(tally["rows"] for tally in held.values())
        size = file.stat().st_size / 1_000_000
        self.stdout.write(f"{file}: {rows} rows of {len(held)} tables, {size:.1f} MB.")
        if not is_encrypted:
            self.stdout.write("It is not encrypted: names, addresses and numbers of people can be read in it.")
        self.stdout.write(
            "Keep ENCRYPTION_KEYS and SECRET_KEY elsewhere: they are not in it, and it is of no use without them."
        )
