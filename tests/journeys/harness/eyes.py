"""Eyes on every page: console errors and policy violations, accessibility, and a picture when a test fails."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from tests.journeys.harness import sdk

ARTIFACTS = Path(__file__).resolve().parents[1] / "artifacts"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS = ((DESK, "light"), (PHONE, "dark"))  # colours do not depend on the size, nor what there is to see on the colours
# Chromium says this of every redirect to an app that is not installed on this machine.
NO_SUCH_APP = re.compile(r"Failed to launch 'com\.example\.app:")
# Ids, addresses, secrets and numbers, which another server or person has others of.
OF_ITS_OWN = re.compile(
    r"""\b(?:value|href|action|src|content|id|for|data-[\w-]+|hx-[\w-]+|aria-(?:describedby|labelledby|controls))="[^"]*"
    |\b(?=[a-z_-]*\d)\w{8,}\b|\d+""",
    re.VERBOSE | re.IGNORECASE,
)
_seen: set[int] = set()


@dataclass
class Eyes:
    contexts: list[BrowserContext] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> BrowserContext:
        context.set_default_timeout(15_000)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.errors.append(f"exception: {error.error}"))
        self.contexts.append(context)
        return context

    def expect_error(self, pattern: str) -> None:
        """The browser will complain about this, and rightly so."""
        self.expected.append(pattern)

    def complaints(self) -> list[str]:
        return [error for error in self.errors if not any(re.search(pattern, error) for pattern in self.expected)]

    def take_pictures(self, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        pages = [page for context in self.contexts for page in context.pages if not page.is_closed()]
        for number, page in enumerate(pages):
            page.screenshot(path=ARTIFACTS / f"{name}-{number}.png", full_page=True)

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not NO_SUCH_APP.search(message.text):
            self.errors.append(f"{message.location.get('url', '')}: {message.text}")


def assert_accessible(page: Page) -> None:
    """axe-core finds nothing, on a desk by day and on a phone by night. The same page is not looked at twice."""
    page.wait_for_load_state("load")
    expect(page.locator(".htmx-request")).to_have_count(0)  # a button whose request is on its way is pale
    look = _look(page)
    if look in _seen:
        return
    before = page.viewport_size
    for viewport, scheme in LOOKS:
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found = _axe(page)
        assert not found, f"{page.url}, {viewport['width']} px, {scheme}:\n" + "\n".join(found)
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)
    _seen.add(look)


def _look(page: Page) -> int:
    """What the page is made of, whoever it is shown to and wherever it is stored."""
    return hash(OF_ITS_OWN.sub("", page.content()))


def _axe(page: Page) -> list[str]:
    page.evaluate(sdk.package_file("axe-core/axe.min.js"))
    violations: list[dict[str, Any]] = page.evaluate("axe.run().then((results) => results.violations)")
    return [
        f"{violation['id']}: {node['failureSummary']}\n  {node['html']}"
        for violation in violations
        for node in violation["nodes"]
    ]
