"""The code of a guide in a new project of its framework, with the packages of its lock: somebody signs in and out."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.frameworks import TEMPLATES
from tests.journeys.harness import guides
from tests.journeys.harness.eyes import Eyes
from tests.journeys.harness.guides import Project
from tests.journeys.harness.inbox import Inbox
from tests.journeys.harness.live_server import LiveServer

# Pages that the guide adds, and what they say to somebody who is signed in.
MORE = {"web-nuxt": {"/orders": "The server may call the API."}}
SOMEBODY = re.compile(r"Signed in as (Ada Lovelace|[a-z0-9]{12})\b")  # by name or by `sub`
A_MINUTE = 60_000  # the first request makes the server compile


@pytest.mark.framework
@pytest.mark.timeout(600)
@pytest.mark.parametrize("guide_id", TEMPLATES)
def test_somebody_signs_in_and_out(
    guide_id: str, tmp_path: Path, guided_server: LiveServer, inbox: Inbox, page: Page, eyes: Eyes
) -> None:
    eyes.expect_error("favicon.ico: Failed to load")
    project = guides.start(guide_id, tmp_path, guided_server, inbox)
    project.install(TEMPLATES[guide_id])
    project.write()
    page.set_default_timeout(A_MINUTE)
    with project.running("bash", "-c", _development_server(project)) as address:
        page.goto(address, wait_until="networkidle")
        _press(page, "Sign in")
        guides.sign_in(page)
        expect(page.get_by_text(SOMEBODY)).to_be_visible(timeout=A_MINUTE)
        page.reload(wait_until="networkidle")
        expect(page.get_by_text(SOMEBODY)).to_be_visible()
        for path, text in MORE.get(guide_id, {}).items():
            page.goto(address + path)
            expect(page.get_by_text(text)).to_be_visible()
            page.goto(address, wait_until="networkidle")
        _press(page, "Sign out")
        expect(_control(page, "Sign in")).to_be_visible(timeout=A_MINUTE)
        page.wait_for_load_state("networkidle")
        assert page.url.rstrip("/") == address
        expect(page.get_by_text("Signed in as")).to_have_count(0)


def _development_server(project: Project) -> str:
    """What the last step of the guide says, with secrets in it, at our port."""
    command = project.with_secrets(project.command("Checkpoint"))
    return f"{command}{' --' if command.endswith('npm run dev') else ''} --port {project.port}"


def _control(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))


def _press(page: Page, name: str) -> None:
    _control(page, name).click()
