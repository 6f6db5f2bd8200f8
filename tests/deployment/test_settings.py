"""The one settings file, read by a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).parents[2]


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def test_production_on_sqlite_makes_the_folder_of_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    done = manage(
        "migrate", "--verbosity=0", DATA_DIR=str(folder), DEBUG="false", SECRET_KEY="s" * 50,
        ENCRYPTION_KEYS=Fernet.generate_key().decode(), ENDPOINT="https://id.example.com",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (folder / "db.sqlite3").exists()
    assert not (folder / "secret_key").exists()


def test_production_without_keys_refuses_and_says_what_to_set(tmp_path: Path) -> None:
    done = manage("migrate", DATA_DIR=str(tmp_path), DEBUG="false", ENDPOINT="http://id.example.com")
    assert done.returncode != 0
    for name in ("SECRET_KEY", "ENCRYPTION_KEYS", "ENDPOINT"):
        assert name in done.stderr
