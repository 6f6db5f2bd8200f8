"""The one settings file, read by a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import environ
import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from idp.deployment.management.commands.environment import BEGIN, END
from idp.lib import databases
from idp.lib.environment import Environment, table

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


@pytest.mark.parametrize(
    ("kind", "value"), [("number", "x"), ("database", "nonsense"), ("database", "gopher://x"), ("cache", "nonsense"), ("cache", "gopher://x")]
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Engine not recognized")
def test_a_variable_that_cannot_be_read_is_named(kind: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", value)
    with pytest.raises(ImproperlyConfigured, match="OURS"):
        getattr(Environment(), kind)("OURS", "what it means", default="1", shown="")


class TestDatabaseUrl:
    def read(self, url: str) -> dict[str, Any]:
        return databases.complete(environ.Env.db_url_config(url))

    def test_postgresql_keeps_connections_and_plans(self) -> None:
        database = self.read("postgres://ada:pw@db.example.com:5433/latchkey")
        assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example.com", 5433, "latchkey")
        assert database["OPTIONS"] == {"server_side_binding": True, "prepare_threshold": 5}
        assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)

    def test_a_pool_and_a_pooler(self) -> None:
        url = "postgres://db/latchkey?pool_max_size=6&prepare_threshold=off&server_side_binding=off&sslmode=require"
        database = self.read(url)
        assert database["OPTIONS"] == {
            "sslmode": "require",
            "server_side_binding": False,
            "prepare_threshold": None,
            "pool": {"min_size": 1, "max_size": 6, "timeout": 3, "reconnect_timeout": 2},
        }
        assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (0, True)

    def test_sqlite_queues_writers(self, tmp_path: Path) -> None:
        database = self.read(f"sqlite:///{tmp_path}/new/db.sqlite3")
        assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        assert (tmp_path / "new").is_dir()


def test_the_readme_lists_every_variable() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert table(settings.ENVIRONMENT) in readme, "Run: .venv/bin/python manage.py environment --write README.md"


def test_every_variable_is_declared_once() -> None:
    names = [one.name for one in settings.ENVIRONMENT]
    assert len(names) == len(set(names))
    for file in (ROOT / "idp").rglob("*.py"):
        if file.name not in ("settings.py", "environment.py", "wsgi.py"):
            assert "os.environ" not in file.read_text(encoding="utf-8"), file


def test_the_table_is_written_between_its_marks(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text(f"before\n{BEGIN}old{END}\nafter\n")
    call_command("environment", write=file)
    assert file.read_text() == f"before\n{BEGIN}{table(settings.ENVIRONMENT)}{END}\nafter\n"
