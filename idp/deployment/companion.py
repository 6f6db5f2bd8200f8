import atexit
import os
import subprocess
import sys
import threading

_PAUSE = 2.0  # seconds before a new one, so that one that cannot start does not keep a core busy
_GRACE = 15.0  # seconds for what it has begun to send


class Companion:
    """`manage.py work` beside the server: begun with it, begun again when it breaks down, ended with it."""

    def __init__(self) -> None:
        self._parent = os.getpid()
        self._stopping = threading.Event()
        self._process = self._start()
        threading.Thread(target=self._watch, name="companion", daemon=True).start()
        atexit.register(self.stop)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, sys.argv[0], "work", f"--beside={self._parent}"]
        return subprocess.Popen(command)  # noqa: S603  this program itself

    def _watch(self) -> None:
        while True:
            self._process.wait()
            if self._stopping.wait(_PAUSE):
                return
            self._process = self._start()

    def stop(self) -> None:
        """Gunicorn's own workers inherit the exit hook and must leave the process alone."""
        if os.getpid() != self._parent:
            return
        self._stopping.set()
        self._process.terminate()
        try:
            self._process.wait(timeout=_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()  # what it had begun is tried again by the next
