"""`manage.py apply FILE`: first data without clicking (docs/apply.md)."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from idp.deployment.configuration.comparing import changes
from idp.deployment.configuration.reading import ApplyError
from idp.deployment.configuration.sections import apply_document


class Command(BaseCommand):
    help = "Create or update applications, connectors, the sign-in experience, people and resources from a JSON file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a JSON file, or - for standard input")
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--diff", action="store_true", help="only show what would change")
        only.add_argument("--check", action="store_true", help="the same, and end with 1 when anything would")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["file"]
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
            document = json.loads(text)
            if options["diff"] or options["check"]:
                self._compare(document, fail=options["check"])
                return
            lines = apply_document(document)
        except OSError as error:
            raise CommandError(f"{name} cannot be read: {error.strerror}.") from error
        except (UnicodeDecodeError, RecursionError) as error:
            raise CommandError(f"{name} is not JSON in UTF-8, or nested too deeply.") from error
        except json.JSONDecodeError as error:
            raise CommandError(f"{name}, line {error.lineno}, column {error.colno}: {error.msg}.") from error
        except ApplyError as error:
            raise CommandError(str(error)) from error
        for line in lines:
            self.stdout.write(f"ok: {line}")

    def _compare(self, document: Any, *, fail: bool) -> None:
        """`changes` names what is on the left: the installation."""
        found = changes(document)
        self.stdout.write("\n".join(found) if found else "Nothing would change.")
        if found and fail:
            raise CommandError("The installation is not as the file says.")
