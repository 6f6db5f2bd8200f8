"""The disk under SQLite is full: what only reads goes on, what writes is told to come again, and nothing is lost when there is room."""

import contextlib
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.journeys.faults.conftest import ADA, PRODUCTION
from tests.journeys.faults.storm import VERIFIER, token
from tests.journeys.harness import documents
from tests.journeys.harness.hosted import authorization_url
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import DISCOVERY, LiveServer, running_server
from tests.journeys.harness.person import PASSWORD, Person
from tests.journeys.test_faults import children

Full = Callable[[LiveServer], AbstractContextManager[None]]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system in memory of 48 MB, where that may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@contextlib.contextmanager
def nothing_fits(server: LiveServer) -> Iterator[None]:
    """Fill what is left."""
    filling = server.directory / "filling"
    with filling.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        _fill(file)
    yield
    filling.unlink()


def _fill(file: IO[bytes]) -> None:
    while True:
        file.write(b"x" * 4096)


@contextlib.contextmanager
def files_may_not_grow(server: LiveServer) -> Iterator[None]:
    """What a quota does: the web worker may not write beyond the first page of a file."""
    (pid,) = children(server, background=False)
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def test_a_full_disk(small_disk: Path, tmp_path: Path, inbox: Inbox) -> None:
    with running_server(small_disk, "--migrate", STATIC_ROOT=str(tmp_path / "static"), **PRODUCTION) as server:
        _walk_through(server, inbox, nothing_fits)


def test_a_quota(tmp_path: Path, inbox: Inbox) -> None:
    with running_server(tmp_path, "--migrate", **PRODUCTION) as server:
        _walk_through(server, inbox, files_may_not_grow)


def _walk_through(server: LiveServer, inbox: Inbox, full: Full) -> None:
    server.apply(
        documents.everything_but_the_experience(inbox.smtp)
        | {"signInExperience": documents.USERNAME_PASSWORD, "users": [ADA]}
    )
    ada = Person(server.url, ADA["username"])
    ada.browser.headers["Accept"] = "text/html"
    tokens = _redeem(server, ada.goes_to(authorization_url(server))).json()
    waiting = ada.goes_to(authorization_url(server))
    newcomer = Person(server.url, ADA["username"])
    newcomer.browser.headers["Accept"] = "text/html"
    page = newcomer.browser.get(authorization_url(server))

    with full(server):
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert [
            requests.get(server.url + path, headers=bearer).status_code
            for path in (DISCOVERY, "/oidc/jwks", "/oidc/me", "/livez")
        ] == [200] * 4
        for refusal in (_refresh(server, tokens["refresh_token"]), _redeem(server, waiting)):
            assert (refusal.status_code, refusal.headers["Retry-After"]) == (503, "5"), refusal.text
        for shown in (
            newcomer.browser.get(authorization_url(server)),
            newcomer.submits(page, identifier=ADA["username"], password=PASSWORD),
        ):
            assert (shown.status_code, shown.headers["Retry-After"]) == (503, "5"), shown.text[:1000]
            assert "We cannot answer just now" in shown.text

    assert _refresh(server, tokens["refresh_token"]).status_code == 200
    assert _redeem(server, waiting).status_code == 200
    answer = newcomer.submits(page, identifier=ADA["username"], password=PASSWORD)
    assert _redeem(server, newcomer.goes_to(server.url + answer.headers["Location"])).status_code == 200


def _refresh(server: LiveServer, refresh_token: str) -> requests.Response:
    return token(server, grant_type="refresh_token", refresh_token=refresh_token)


def _redeem(server: LiveServer, callback: str) -> requests.Response:
    code = parse_qs(urlsplit(callback).query)["code"][0]
    return token(
        server, grant_type="authorization_code", code=code, code_verifier=VERIFIER, redirect_uri=documents.CALLBACK
    )
