"""`manage.py rotatekeys`: replace the signing keys, without a restart."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from idp.tokens.keys import ALGORITHMS
from idp.tokens.rotation import GRACE, rotate


class Command(BaseCommand):
    help = "Publish a new signing key that takes over after the grace period."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--algorithm", choices=ALGORITHMS, help="both when left out")
        parser.add_argument(
            "--grace", type=int, default=int(GRACE.total_seconds()), help="seconds until the new key signs (0: at once)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for algorithm in [options["algorithm"]] if options["algorithm"] else ALGORITHMS:
            key = rotate(by="system:rotatekeys", algorithm=algorithm, grace=timedelta(seconds=options["grace"]))
            self.stdout.write(f"{algorithm}: key {key.pk} takes over at {key.effective_at:%Y-%m-%d %H:%M:%S} UTC")
