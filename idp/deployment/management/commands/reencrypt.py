"""`manage.py reencrypt`: secrets at rest under the newest of ENCRYPTION_KEYS (docs/operations.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from idp.audit.services import record
from idp.deployment.reencryption import ages, encrypted_columns, reencrypt
from idp.lib.encryption import Age


class Command(BaseCommand):
    help = "Encrypt what is stored under an older key of ENCRYPTION_KEYS with the newest one. It may be stopped and started again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only count; ends with 1 while a value is not under the newest key"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            self._reencrypt()
        older = lost = 0
        for column in encrypted_columns():
            found = ages(column)
            older, lost = older + found[Age.OLDER], lost + found[Age.LOST]
            self.stdout.write(
                f"{column}: {found[Age.NEWEST]} under the newest key, {found[Age.OLDER]} under older ones"
                + (f", {found[Age.LOST]} that no key opens" if found[Age.LOST] else "")
            )
        if lost:
            raise CommandError(
                f"No key in ENCRYPTION_KEYS opens {lost} values. Put the key that they were written with back."
            )
        if older and options["check"]:
            raise CommandError(f"{older} values are under older keys. Run `manage.py reencrypt`.")
        if older:
            raise CommandError(
                f"{older} values were written under an older key meanwhile: some process has other ENCRYPTION_KEYS. Start all of "
                "them anew with the new key in front, then run this again."
            )
        self.stdout.write(
            "Everything is under the newest key. The others may be removed when sign-ins under way are over: in an hour."
        )

    def _reencrypt(self) -> None:
        renewed = sum(reencrypt(column) for column in encrypted_columns())
        if renewed:
            record("encryption.renewed", by="system:reencrypt", values=renewed)
        self.stdout.write(f"{renewed} values were encrypted anew.")
