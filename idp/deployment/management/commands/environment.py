"""`manage.py environment`: every environment variable, its default and its meaning, as the README has it."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from idp.lib.environment import table

BEGIN, END = "<!-- made by `manage.py environment --write README.md` -->\n\n", "\n\n<!-- end -->"


class Command(BaseCommand):
    help = "Print the table of environment variables."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", type=Path, metavar="FILE", help="put it between the marks in this file instead")

    def handle(self, *args: Any, **options: Any) -> None:
        written = table(settings.ENVIRONMENT)
        if options["write"] is None:
            self.stdout.write(written)
            return
        text = options["write"].read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        options["write"].write_text(before + BEGIN + written + END + rest.partition(END)[2], encoding="utf-8")
