"""The client packages: installed by `npm ci` from their lock, bundled unmodified, run by the real Node."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "sdk"
MODULES = FOLDER / "node_modules"


@cache
def bundle(source: str) -> str:
    """One of our small sources with the packages that it imports, as a browser loads it."""
    options = ("--bundle", "--format=esm", "--target=es2022", "--log-level=error")
    command = [str(MODULES / ".bin/esbuild"), source, *options]
    return subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=True).stdout


def package_file(path: str) -> str:
    return (MODULES / path).read_text()


@contextmanager
def node_server(*, endpoint: str, app_id: str, app_secret: str) -> Iterator[str]:
    """A web app on @logto/node; its address."""
    settings = {"LOGTO_ENDPOINT": endpoint, "LOGTO_APP_ID": app_id, "LOGTO_APP_SECRET": app_secret}
    process = subprocess.Popen(
        ["node", "node_server.js"], cwd=FOLDER, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()
