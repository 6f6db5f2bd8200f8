"""`manage.py preflight`: may this version be started on that database, and migrate it? (docs/operations.md)"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

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
        if note := preflight.note_on_newer():
            self.stdout.write(note)
