"""The pictures of the README and the documents: `python -m tests.journeys.screenshots` writes docs/images/*.png.

A server of its own, filled with made-up data, and Chromium.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.harness.demo_names import ADMINISTRATOR, CAPACITOR, PASSWORD
from tests.journeys.harness.live_server import ROOT, running_server

IMAGES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}

# name: (address, appearance)
CONSOLE = {
    "console-guide": (f"/console/applications/{CAPACITOR}/guide/native-capacitor", "light"),
    "console-dashboard": ("/console/dashboard", "light"),
    "console-dashboard-dark": ("/console/dashboard", "dark"),
    "console-sign-in-experience": ("/console/sign-in-experience", "light"),
}
HOSTED = {"sign-in-phone": "light"}


def main(target: Path = IMAGES) -> list[Path]:
    """Write every picture into this directory; returns their paths."""
    target.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as directory,
        running_server(Path(directory)) as server,
        sync_playwright() as play,
    ):
        fill = "from tests.journeys.harness import demo_data; demo_data.fill(); demo_data.count()"
        server.manage("shell", "-c", fill)
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        written = [*_console(browser, server.url, target), *_hosted(browser, server.url, target)]
        browser.close()
        server.assert_healthy()
    return written


def _console(browser: Browser, url: str, target: Path) -> list[Path]:
    page = browser.new_page(viewport=DESK, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto(f"{url}/console/sign-in")
    page.get_by_role("textbox", name="Username").fill(ADMINISTRATOR)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/get-started")
    return [_take(page, url + path, scheme, target / f"{name}.png") for name, (path, scheme) in CONSOLE.items()]


def _hosted(browser: Browser, url: str, target: Path) -> list[Path]:
    """The first page of the demo app's sign-in."""
    written = []
    for name, scheme in HOSTED.items():
        page = browser.new_page(viewport=PHONE, reduced_motion="reduce", color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"{url}/demo-app")
        if not page.url.startswith(f"{url}/sign-in"):
            page.get_by_role("button").or_(page.get_by_role("link", name="Sign in")).first.click()
        page.wait_for_url("**/sign-in**")
        written.append(_take(page, page.url, scheme, target / f"{name}.png"))
    return written


def _take(page: Page, address: str, scheme: str, file: Path) -> Path:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file)
    return file


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
