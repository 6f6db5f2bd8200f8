"""`manage.py work`: the background half of `serve`. Running several is safe."""

import os
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from idp.deployment import telemetry, upkeep
from idp.lib import bell

_PAUSE = 0.5  # seconds


class Command(BaseCommand):
    help = (
        "Send messages that were left over, deliver logout notices, promote signing keys, delete what has expired; until "
        "stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--beside", type=int, metavar="PID", help="end when this process, which began it, is gone")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: stop.set())
        telemetry.start()
        todo = upkeep.tasks()
        while not stop.is_set() and options["beside"] in (None, os.getppid()):
            if bell.wait(_PAUSE, stop):
                upkeep.hurry(todo)
            close_old_connections()  # a restarted database is met with a new connection
            upkeep.run_due(todo, time.monotonic())
