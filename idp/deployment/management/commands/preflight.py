"""`manage.py preflight`: may this version be started on that database, and migrate it? (docs/operations.md)"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from idp.deployment import preflight, schema


class Command(BaseCommand):
    help = "Look at the database before an upgrade; changes nothing, and ends with 1 when something is in the way."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--accept-locks", action="store_true", help="others may wait while a migration goes through a big table"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = preflight.problems(will_migrate=True, accept_locks=options["accept_locks"])
        missing = schema.missing_migrations() if not found else []
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write(f"Nothing is in the way. Migrations that are missing: {', '.join(missing) or 'none'}.")
        if newer := schema.unknown_migrations(MigrationLoader(connection)):
            self.stdout.write(
                f"The database is newer than this version, which runs on it all the same: {', '.join(newer)}."
            )
