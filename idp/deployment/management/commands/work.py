"""`manage.py work`: the background half of `serve`. Running several is safe."""

import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from idp.deployment import upkeep


class Command(BaseCommand):
    help = "Deliver logout notices, promote signing keys, delete what has expired; until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: stop.set())
        todo = upkeep.tasks()
        while not stop.wait(0.5):
            close_old_connections()  # a restarted database is met with a new connection
            upkeep.run_due(todo, time.monotonic())
