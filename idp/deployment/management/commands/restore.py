"""`manage.py restore FILE`: what `backup` wrote, into an empty database (docs/operations.md)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from idp.deployment import schema
from idp.deployment.transfer import archive, loading, restoring
from idp.deployment.transfer.errors import TransferError
from idp.deployment.transfer.passphrase import add_arguments, passphrase_of


class Command(BaseCommand):
    help = "Fill the database from a backup: everything or nothing, checked row by row."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="delete what the database holds, after a question")
        parser.add_argument("--no-input", action="store_true", help="do not ask: --replace is meant")
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with archive.opened(options["file"], passphrase=passphrase_of(options)) as opened:
                self.stdout.write(f"Backup of {opened.head['createdAt']}, made by version {opened.head['version']}.")
                found = restoring.prepare(opened)
                if not loading.is_unused(connection, found):
                    self._may_replace(options)
                restoring.restore(opened, found, report=self._report(options["verbosity"]))
        except TransferError as error:
            raise CommandError(f"Nothing was restored. {error}") from error
        self.stdout.write("Everything in the backup is in the database, and every row was compared.")
        if schema.missing_migrations():
            self.stdout.write("It was made by an older version: run `python manage.py migrate` now.")
        self.stdout.write("Start Latchkey anew, all processes of it.")

    def _may_replace(self, options: dict[str, Any]) -> None:
        if not options["replace"]:
            raise TransferError("The database is not empty. With --replace, what it holds is deleted.")
        if options["no_input"]:
            return
        name = str(connection.settings_dict["NAME"])
        self.stdout.write(f"Everything in {name} will be deleted. Type its name to go on: ", ending="")
        try:
            answer = input()
        except EOFError as error:
            raise TransferError("Nobody is there to ask; --no-input goes on without.") from error
        if answer.strip() != name:
            raise TransferError("That is not the name of the database.")

    def _report(self, verbosity: int) -> restoring.Report:
        return self.stdout.write if verbosity > 1 else lambda _: None
