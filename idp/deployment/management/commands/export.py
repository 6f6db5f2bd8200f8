"""`manage.py export FILE`: the configuration as `manage.py apply` reads it (docs/apply.md)."""

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from idp.audit.services import record
from idp.deployment.configuration.exporting import Exporter


class Command(BaseCommand):
    help = "Write applications, connectors, the sign-in experience and everything else that is set up as the file that `apply` reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file, or - for standard output")
        parser.add_argument(
            "--with-secrets", action="store_true", help="secrets too; the file is then for its owner alone (mode 600)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name, with_secrets = options["file"], options["with_secrets"]
        if with_secrets and name == "-":
            raise CommandError("Secrets are written to a file only.")
        exporter = Exporter(with_secrets=with_secrets)
        text = json.dumps(exporter.document(), indent=2, ensure_ascii=False) + "\n"
        if name == "-":
            self.stdout.write(text, ending="")
        else:
            _write(Path(name), text, mode=0o600 if with_secrets else 0o644)
        record("configuration.exported", by="system:export", with_secrets=with_secrets)
        for path in exporter.left_out:
            self.stderr.write(f"left out: {path}")


def _write(path: Path, text: str, *, mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with open(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(descriptor, mode)
            file.write(text)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
