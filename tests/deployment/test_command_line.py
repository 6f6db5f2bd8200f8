"""What `manage.py` says when there is no database."""

import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core import management
from django.db import OperationalError

from idp.deployment import command_line

REASON = "connection failed: port 1 failed: Connection refused\n\tIs the server running on that host?"


@pytest.fixture
def _down(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError(REASON)

    monkeypatch.setattr(management.ManagementUtility, "execute", fail)


@pytest.mark.usefixtures("_down")
def test_one_sentence() -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(["manage.py", "rotatekeys"])
    assert ended.value.code == (
        "CommandError: The database cannot be used: connection failed: port 1 failed: Connection refused. "
        "Check DATABASE_URL and whether it runs."
    )


@pytest.mark.usefixtures("_down")
def test_where_it_happened_when_that_is_asked_for() -> None:
    with pytest.raises(OperationalError):
        command_line.main(["manage.py", "rotatekeys", "--traceback"])


def test_errors_of_ours_stay_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(management.ManagementUtility, "execute", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        command_line.main(["manage.py", "rotatekeys"])


def test_a_command_without_a_database() -> None:
    """From the outside, once: every command goes this way."""
    nowhere = {"PATH": "", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    ended = subprocess.run(
        [sys.executable, "manage.py", "rotatekeys"], cwd=settings.BASE_DIR, env=nowhere, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("CommandError: The database cannot be used: ")
    assert ended.stderr.count("\n") == 1
