"""A person in front of the dashboard: Chromium on the page of a gateway, and everything that goes wrong in it."""

import asyncio
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.e2e.gateway import ROOT, Gateway

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PATIENCE = 20_000  # milliseconds; a machine under load draws slowly
DESK, TELEPHONE = (1366, 768), (400, 800)
LOADING = re.compile("Загружается…|Loading…")
Scheme = Literal["light", "dark"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Skips, or fails where Chromium must be there, if it is not."""
    if not CHROMIUM.exists():
        give_up = pytest.fail if os.environ.get("TESTS_NEED_CHROMIUM") == "1" else pytest.skip
        give_up(f"there is no {CHROMIUM}: apt-get install chromium")
    with plain_asyncio(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def plain_asyncio() -> Iterator[None]:
    """Playwright works by an event loop of asyncio; where trio-asyncio was imported, new loops are of its kind."""
    asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())
    try:
        yield
    finally:
        asyncio.set_event_loop_policy(None)


@dataclass
class Visit:
    """`faults`: errors of the page, requests that failed, answers that were errors, and whatever left the machine."""

    page: Page
    shop: Gateway
    faults: list[str] = field(default_factory=list)

    def show(self, part: str = "") -> None:
        """Goes to a part of the page, and waits until it has its figures."""
        self.page.goto(f"{self.shop.url}/#/{part}")
        expect(self.page.locator("main")).to_have_attribute("data-page", part.partition("/")[0] or "overview")
        expect(self.page.locator(".status:not(.stale)")).to_be_visible()
        expect(self.page.get_by_text(LOADING)).to_have_count(0)

    def picture(self, name: str) -> None:
        folder = Path(os.environ.get("TESTS_SCREENSHOTS", ROOT / ".screenshots"))
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{name}.png")

    def watch(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"page: {error}"))
        self.page.on("requestfailed", lambda request: self.faults.append(f"failed: {request.url} {request.failure}"))
        self.page.on("request", self._see)

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.faults.append(f"console: {said.text}")

    def _see(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.hostname != "127.0.0.1":
            self.faults.append(f"it left the machine: {request.url}")


@contextmanager
def visit(
    browser: Browser,
    shop: Gateway,
    size: tuple[int, int] = DESK,
    scheme: Scheme = "light",
    *,
    may_say: Sequence[str] = (),
) -> Iterator[Visit]:
    """At the end there must have been no fault but those that have one of `may_say` in them."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    visitor = Visit(context.new_page(), shop)
    visitor.watch()
    try:
        yield visitor
    finally:
        context.close()
    assert [fault for fault in visitor.faults if not any(words in fault for words in may_say)] == []


def ofd_behaves(shop: Gateway, **how: Any) -> None:
    shop.client.post(f"{shop.emulators['ofd']}/ofd/v1/_test/behave", json=how).raise_for_status()
