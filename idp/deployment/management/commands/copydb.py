"""`manage.py copydb --to URL`: from SQLite to PostgreSQL, or back (docs/operations.md)."""

import warnings
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection, connections

from idp.deployment.transfer import copying, loading
from idp.deployment.transfer.errors import TransferError
from idp.lib import databases
from idp.lib.environment import named

TARGET = "copy"


class Command(BaseCommand):
    help = (
        "Copy everything from the database of DATABASE_URL into another, empty one, and compare every row. A copy that was "
        "stopped goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--to", metavar="URL", help="as DATABASE_URL is written")
        where.add_argument(
            "--to-env", metavar="NAME", help="the variable that holds the URL: a command line is seen by others"
        )
        parser.add_argument(
            "--while-running", action="store_true",
            help="copy ahead while Latchkey runs; the same command without this ends the copy when it is stopped",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        self._connect(named(options["to_env"]) if options["to"] is None else options["to"])
        try:
            if loading.is_in_use(connection) and not options["while_running"]:
                raise TransferError(
                    "Latchkey runs on the source (a background worker was seen within the last half minute), and what people do "
                    "from now on would be lost. Stop it first, or copy ahead with --while-running."
                )
            copying.copy(connection, TARGET, report=self.stdout.write)
        except (TransferError, OperationalError) as error:
            raise CommandError(f"The copy stopped. {error}") from error
        finally:
            connections[TARGET].close()
            del connections[TARGET], connections.settings[TARGET]
        self.stdout.write(
            "Everything is copied, and every row was compared. Set DATABASE_URL to the new database and start Latchkey."
        )

    def _connect(self, url: str) -> None:
        try:
            with warnings.catch_warnings(action="ignore"):  # an unknown engine is refused below
                settings = databases.complete(environ.Env.db_url_config(url))
        except (ImproperlyConfigured, KeyError, ValueError) as error:
            raise CommandError(
                "That is not the URL of a database, such as postgres://user:password@host/latchkey."
            ) from error
        if not settings["ENGINE"].endswith((".sqlite3", ".postgresql")):
            raise CommandError(
                "Latchkey runs on SQLite and PostgreSQL: sqlite:///path or postgres://user:password@host/name."
            )
        place = ("ENGINE", "NAME", "HOST", "PORT")
        if all(str(settings.get(part) or "") == str(connection.settings_dict.get(part) or "") for part in place):
            raise CommandError("That is the database to copy from.")
        connections.settings[TARGET] = connections.configure_settings({"default": {}, TARGET: settings})[TARGET]
