"""`manage.py cleartokens`: the toolkit's name for what `work` does every ten minutes."""

from typing import Any

from django.core.management.base import BaseCommand

from idp.deployment.upkeep import purge


class Command(BaseCommand):
    help = "Delete expired tokens, codes, sessions and interactions now."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{purge()} rows deleted")
